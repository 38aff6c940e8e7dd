/**
 * What an event costs the traced program beside the one-liner or the tool that is run today, on this machine's own
 * processor: ratios of the CPU time that tracing adds, in rounds of all in turn.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../src/index.js";
import { openLiveKernel } from "../src/kernel/live/live-kernel.js";
import { findBinaries } from "../src/symbols/libraries.js";
import { quartiles, whyNot, withWorkload, type Tracing } from "./workload.js";

const ROUNDS = Number(process.env["FAULTLINE_ROUNDS"] ?? 9);
const VERSION = "0.17.0";
const ENTER = "tracepoint:syscalls:sys_enter_getppid";
const EXIT = "tracepoint:syscalls:sys_exit_getppid";
const CALL = `span call on tid { begin ${ENTER} {} end ${EXIT} {} }`;
const LIBC = "/lib/x86_64-linux-gnu/libc.so.6";

interface Pair {
  readonly what: string;
  readonly goal: number;
  readonly query: string;
  readonly original: string;
  readonly event: string;
}

const PAIRS: readonly Pair[] = [
  {
    what: "memleak, a malloc and a free",
    goal: 0.9,
    query: "open allocation sum(size), count() by ustack where age >= 500ms every 5s top 10 by sum(size)",
    original: `uprobe:${LIBC}:malloc { @size[tid] = arg0; } uretprobe:${LIBC}:malloc /@size[tid]/ { @sizes[retval] = @size[tid]; @stacks[retval] = ustack; delete(@size[tid]); } uprobe:${LIBC}:free /@sizes[arg0]/ { delete(@sizes[arg0]); delete(@stacks[arg0]); } END { clear(@stacks); clear(@sizes); clear(@size); }`,
    event: "mallocs 5000",
  },
  {
    what: "span with hist",
    goal: 0.95,
    query: `${CALL}\ncall hist(latency)`,
    original: `${ENTER} { @start[tid] = nsecs; } ${EXIT} /@start[tid]/ { @ = hist(nsecs - @start[tid]); delete(@start[tid]); }`,
    event: "syscalls 200000",
  },
  {
    what: "the shape of vmscan",
    goal: 1,
    query: `${CALL}\nevery 1s show sum(call.latency) in ms as "CALLms";\ncall hist(latency)`,
    original: `${ENTER} { @start[tid] = nsecs; } ${EXIT} /@start[tid]/ { $spent = nsecs - @start[tid]; @sum = @sum + $spent; @ns = hist($spent); delete(@start[tid]); } interval:s:1 { printf("%d\\n", @sum / 1000000); clear(@sum); }`,
    event: "syscalls 200000",
  },
  {
    what: "brk by ustack",
    goal: 1,
    query: "brk by ustack",
    original: "tracepoint:syscalls:sys_enter_brk { @[ustack] = count(); } END { clear(@); }",
    event: "brks 100000 12",
  },
  {
    what: "faults by comm",
    goal: 0.95,
    query: "faults by comm",
    original: "software:page-faults:1 { @[comm, pid] = count(); }",
    event: "faults 81920",
  },
  {
    what: "faults by comm, the same keys",
    goal: 1,
    query: "faults by comm",
    original: "software:page-faults:1 { @[comm] = count(); }",
    event: "faults 81920",
  },
  {
    what: "mmap, shown",
    goal: 1,
    query: "mmap show time, pid, comm, len",
    original: `tracepoint:syscalls:sys_enter_mmap { printf("%llu %d %s %d\\n", nsecs, pid, comm, args->len); }`,
    event: "mmaps 20000",
  },
];

const missing = whyNot();
if (missing !== undefined) console.log(`events beside their originals: not measured, ${missing}`);
else
  await withWorkload(({ run }, folder) => {
    const kernel = openLiveKernel();
    const binaries = findBinaries({});
    const ours = PAIRS.map(({ what, query }, i): Tracing => {
      const { script, diagnostics } = compile(query, { kernel, binaries, version: VERSION, form: "stream" });
      if (!script) throw new Error(`${what}: ${diagnostics.map((d) => d.message).join("; ")}`);
      const path = join(folder, `${i}.bt`);
      writeFileSync(path, script.text);
      return { words: ["-f", "json", path], environment: script.environment };
    });
    console.log(
      `events beside bpftrace's own one-liners: CPU time added, original = 1; ${ROUNDS} rounds in turn`,
    );
    PAIRS.forEach(({ what, goal, event, original }, i) => {
      if (event.startsWith("mallocs") && process.env["FAULTLINE_USER_PROBES"] !== "1") {
        console.log(
          `${what.padEnd(32)} not measured: it slows every process; FAULTLINE_USER_PROBES=1 does it`,
        );
        return;
      }
      const added: { own: number; other: number }[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const base = Math.min(run(event), run(event));
        const both = { own: () => run(event, ours[i]), other: () => run(event, { words: ["-e", original] }) };
        // The one first, then the other.
        const first = round % 2 === 0 ? "own" : "other";
        const one = both[first]() - base;
        const two = both[first === "own" ? "other" : "own"]() - base;
        added.push(first === "own" ? { own: one, other: two } : { own: two, other: one });
      }
      const [low, middle, high] = quartiles(added.map(({ own, other }) => own / other));
      const [own, other] = (["own", "other"] as const).map(
        (which) => quartiles(added.map((each) => each[which]))[1],
      );
      console.log(
        `${what.padEnd(32)} goal ${goal.toFixed(2)}  ${middle.toFixed(2)} (middle half ${low.toFixed(2)} to ${high.toFixed(2)})  ${own?.toFixed(0)} against ${other?.toFixed(0)} ns`,
      );
    });
  });
