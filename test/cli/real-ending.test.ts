/** How a run of the bpftrace of this machine ends when it is made to. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runScript } from "../../src/run/run.js";
import { TracerError } from "../../src/tracers/tracer-error.js";
import { script } from "../runtime/build-script.js";
import { COMMAND, faultlineBeside, ROOT } from "./faultline.js";
import { thisTracer } from "../runtime/this-tracer.js";

const TIMEOUT = 60_000;

const { tracer } = await thisTracer();

/** Of the processes that one has started, the one of bpftrace: setpriv has become it. */
function tracerOf(parent: number): number | undefined {
  const isTracer = (pid: string): boolean => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return (
        stat.slice(stat.lastIndexOf(")")).split(" ")[2] === String(parent) &&
        command[0]?.endsWith("bpftrace") === true &&
        command.some((word) => word.endsWith(".bt"))
      );
    } catch {
      return false;
    }
  };
  const found = readdirSync("/proc").find((name) => /^\d+$/.test(name) && isTracer(name));
  return found === undefined ? undefined : Number(found);
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

describe.skipIf(!tracer)("a run of bpftrace", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "faultline-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Page faults of the whole machine, once some have been recorded. */
  async function started(out: string) {
    const record = join(folder, "x.flrec");
    const [node, ...words] = COMMAND;
    const running = execa(node, [...words, "run", "faults show pid, comm", "-o", out, "--record", record], {
      cwd: ROOT,
      reject: false,
      stdin: "ignore",
      timeout: TIMEOUT,
    });
    for (let i = 0; i < 200; i++) {
      // Something that faults.
      execFileSync("/bin/true");
      const part = readdirSync(folder).find((name) => /^x\.flrec\.\w+\.part$/.test(name));
      if (part !== undefined && / out .*"value"/.test(readFileSync(join(folder, part), "utf8"))) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const tracer = tracerOf(running.pid ?? 0);
    expect(tracer).toBeDefined();
    return { running, tracer: tracer ?? 0, record };
  }

  it(
    "is ended by SIGTERM: results and recording are whole, and bpftrace is gone",
    async () => {
      const out = join(folder, "x.csv");
      const { running, tracer, record } = await started(out);
      running.kill("SIGTERM");
      const ran = await running;
      expect([ran.exitCode, isAlive(tracer)]).toEqual([0, false]);
      const csv = readFileSync(out, "utf8");
      expect(csv).toMatch(/^pid,comm\r\n(?:\d+,[^\n]+\r\n)+$/);
      const again = await faultlineBeside(["replay", record, "--format", "csv"]);
      expect([again.code, again.out.replaceAll("\r", "").trim()]).toEqual([
        0,
        csv.replaceAll("\r", "").trim(),
      ]);
    },
    TIMEOUT,
  );

  it(
    "tells that bpftrace was killed, and keeps what it had said",
    async () => {
      const out = join(folder, "x.csv");
      const { running, tracer } = await started(out);
      process.kill(tracer, "SIGKILL");
      const ran = await running;
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toContain("bpftrace was killed by SIGKILL");
      expect(readFileSync(out, "utf8")).toMatch(/^pid,comm\r\n(?:\d+,[^\n]+\r\n)+$/);
    },
    TIMEOUT,
  );

  it(
    "ends with the process it is of",
    async () => {
      // After a fork its memory is shared, and it faults when it writes.
      const work = "i=0; while [ $i -lt 60 ]; do ( : ); sleep 0.1; i=$((i+1)); done";
      const child = spawn("/bin/sh", ["-c", work]);
      const ran = await faultlineBeside([
        "run",
        "faults by comm",
        "-p",
        String(child.pid),
        "--format",
        "csv",
      ]);
      expect(ran.err).toContain(`the process ${child.pid} has ended`);
      expect([ran.code, ran.out]).toEqual([0, expect.stringMatching(/^comm,count\(\)\r?\nsh,\d+/)]);
    },
    TIMEOUT,
  );

  it(
    "of no process is a mistake",
    async () => {
      const ran = await faultlineBeside(["run", "faults by comm", "-p", "4194305"]);
      expect([ran.code, ran.out]).toEqual([2, ""]);
      expect(ran.err).toContain("there is no process 4194305");
    },
    TIMEOUT,
  );

  it(
    "that the kernel refuses tells the verifier's cause alone",
    async () => {
      const endless = script([], {}, { text: "software:page-faults:1 { $i = 0; while (1) { @a = $i; } }" });
      const failure = await runScript(endless, { onEvent: () => undefined }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(TracerError);
      expect((failure as TracerError).message).toMatch(
        /^the kernel refuses the program for software\S*: infinite loop detected[^\n]*$/,
      );
    },
    TIMEOUT,
  );
});
