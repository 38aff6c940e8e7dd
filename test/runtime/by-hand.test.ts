/** A review script that is run by hand, with the bpftrace of this machine, gives the answers that a run gives. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { expectSame, handFigures, type RunResult } from "../by-hand.js";
import { faultlineBeside } from "../cli/faultline.js";
import { temporaryFolder } from "../temporary-folder.js";
import { thisTracer } from "./this-tracer.js";

const { tracer } = await thisTracer();
const TIMEOUT = 90_000;

/** Its reads and writes are known: 7 of 5,000 bytes each. */
const WORKLOAD = ["dd", "if=/dev/zero", "of=/dev/null", "bs=5000", "count=7"];
const OF = 'where comm == "dd"';
const READ = "tracepoint:syscalls:sys_enter_read";
const WRITE = "tracepoint:syscalls:sys_enter_write";

const QUERIES = [
  `${READ} sum(args.count), count(), max(args.count), min(args.count), avg(args.count) by comm ${OF}`,
  `${READ} stats(args.count), distinct(args.fd) by comm ${OF}`,
  `${WRITE} hist(args.count) by comm ${OF} and args.count > 4095`,
  `${WRITE} lhist(args.count, 0, 10000, 1000), count() by args.fd ${OF} and args.count > 4095`,
  `${READ} count(), sum(args.count) by args.fd ${OF} top 1`,
  `${READ} sum(args.count / 3), count() by comm, args.fd ${OF} and args.count > 4095`,
  `syscall count() by comm ${OF}`,
];

describe.skipIf(!tracer)("a review script", () => {
  it(
    "prints what a run shows, for each query",
    async () => {
      const folder = temporaryFolder();
      const script = join(folder, "x.bt");
      const query = QUERIES.join("; ");
      const compiled = await faultlineBeside(["compile", query, "--bpftrace", tracer?.version ?? ""]);
      expect(compiled.code).toBe(0);
      writeFileSync(script, compiled.out, { mode: 0o700 });
      // By its own first line, as the user would.
      const hand = spawn(script, { stdio: ["ignore", "pipe", "ignore"] });
      let printed = "";
      await new Promise<void>((resolve) => {
        hand.stdout.on("data", (chunk: Buffer) => {
          printed += chunk.toString();
          if (printed.includes("Hit Ctrl-C")) resolve();
        });
      });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const [program = "", ...words] = WORKLOAD;
      await execa(program, words);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const ended = new Promise((resolve) => void hand.once("exit", resolve));
      hand.kill("SIGINT");
      await ended;
      const ran = await faultlineBeside(["run", query, "-c", WORKLOAD.join(" "), "--format", "json"]);
      const run = JSON.parse(ran.out) as RunResult;
      // That of all system calls has those of the exec itself, too.
      const exact = { ...run, rows: run.rows.filter(({ result }) => result < QUERIES.length - 1) };
      expect(expectSame(exact, handFigures(printed))).toBeGreaterThanOrEqual(14);
      expect(run.rows[0]?.values).toMatchObject({ "max(args.count)": 5000, "sum(args.count)": expect.any(Number) as number }); // prettier-ignore
    },
    TIMEOUT,
  );
});
