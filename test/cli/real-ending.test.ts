/** How a run of the bpftrace of this machine ends when it is made to. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { beforeEach, describe, expect, it } from "vitest";
import { runScript } from "../../src/run/run.js";
import { TracerError } from "../../src/tracers/tracer-error.js";
import { script } from "../runtime/build-script.js";
import { COMMAND, faultlineBeside, ROOT } from "./faultline.js";
import { thisTracer } from "../runtime/this-tracer.js";
import { temporaryFolder } from "../temporary-folder.js";

const TIMEOUT = 60_000;
const QUERY = 'faults show pid, comm where comm == "true"';

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
    folder = temporaryFolder();
  });

  /** Waits until the recording that is being written has something that matches. */
  async function recorded(pattern: RegExp): Promise<void> {
    for (let i = 0; i < 400; i++) {
      // Something that faults.
      execFileSync("/bin/true");
      const part = readdirSync(folder).find((name) => /^x\.flrec\.\w+\.part$/.test(name));
      if (part !== undefined && pattern.test(readFileSync(join(folder, part), "utf8"))) return;
      await setTimeout(50);
    }
  }

  /** Page faults of what `recorded` starts, once some have been recorded: the whole machine may have too many. */
  async function started(out: string) {
    const record = join(folder, "x.flrec");
    const [node, ...words] = COMMAND;
    const running = execa(node, [...words, "run", QUERY, "-o", out, "--record", record], {
      cwd: ROOT,
      reject: false,
      stdin: "ignore",
      timeout: TIMEOUT,
    });
    await recorded(/ out .*"value"/);
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
      const child = spawn("/bin/sh", ["-c", "while :; do ( : ); sleep 0.02; done"]);
      const record = join(folder, "x.flrec");
      const words = ["run", "faults by comm every 100ms", "-p", String(child.pid), "--format", "csv"];
      const running = faultlineBeside([...words, "--record", record]);
      await recorded(/"sh"/);
      child.kill("SIGKILL");
      const ran = await running;
      expect(ran.err).toContain(`the process ${child.pid} has ended`);
      expect([ran.code, ran.out]).toEqual([
        0,
        expect.stringMatching(/^[\w, ()]*comm,count\(\),partial\r?\n[^\n]*sh,\d+/),
      ]);
    },
    TIMEOUT,
  );

  it.each<[command: string, execs: number]>([
    ["/bin/true", 1],
    ["/bin/true; /bin/true | /bin/true; A=1 /bin/true", 4],
    ["(/bin/true; /bin/true) & wait", 2],
    ["i=0; while [ $i -lt 100 ]; do i=$((i+1)); done", 0],
  ])(
    "is of the command, and not of the shell that starts it: %s",
    async (command, execs) => {
      const query = "faults by comm; tracepoint:sched:sched_process_exec by comm; fork by comm";
      const ran = await faultlineBeside(["run", query, "-c", command, "--format", "json"]);
      expect(ran.code).toBe(0);
      const { rows } = JSON.parse(ran.out) as { rows: { result: number; values: Record<string, unknown> }[] };
      const of = (result: number) => rows.filter((row) => row.result === result).map(({ values }) => values);
      expect(of(0).map(({ comm }) => comm)).toEqual(execs === 0 ? [] : ["true"]);
      expect(of(1)).toEqual(execs === 0 ? [] : [{ comm: "true", "count()": execs }]);
      expect(of(2)).toEqual([]);
      expect(ran.err.includes("the shell of the command")).toBe(command !== "/bin/true");
    },
    TIMEOUT,
  );

  it(
    "is reported with the script that the tracer got, and so is its replay",
    async () => {
      const [out, again, record] = ["x.html", "again.html", "x.flrec"].map((name) => join(folder, name)) as [string, string, string]; // prettier-ignore
      expect(
        (await faultlineBeside(["run", QUERY, "-c", "/bin/true", "-o", out, "--record", record])).code,
      ).toBe(0);
      expect((await faultlineBeside(["replay", record, "-o", again])).code).toBe(0);
      for (const file of [out, again]) {
        const script = readFileSync(file, "utf8").split("The script that ran")[1] ?? "";
        for (const text of [
          "tracepoint:sched:sched_process_fork",
          "tracepoint:task:task_rename",
          "@sent0 = count();",
        ])
          expect(script).toContain(text);
      }
    },
    TIMEOUT,
  );

  it(
    "says when bpftrace has come to print an interval too late",
    async () => {
      const record = join(folder, "x.flrec");
      const words = ["run", "faults by comm every 200ms for 3s", "--format", "json", "--record", record];
      const [node, ...rest] = COMMAND;
      const running = execa(node, [...rest, ...words], { cwd: ROOT, reject: false, stdin: "ignore" });
      await recorded(/ out .*"@faults/);
      const stopped = tracerOf(running.pid ?? 0) ?? 0;
      expect(stopped).toBeGreaterThan(0);
      process.kill(stopped, "SIGSTOP");
      await setTimeout(900);
      process.kill(stopped, "SIGCONT");
      const ran = await running;
      expect(ran.exitCode).toBe(0);
      expect(ran.stderr).toMatch(
        /warning: `faults by comm every 200ms for 3s`: .* printed late, and may have events of later intervals/,
      );
      expect((await faultlineBeside(["replay", record])).err).toContain("printed late");
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
