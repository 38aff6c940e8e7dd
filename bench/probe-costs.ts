/**
 * What each probe and each operation costs on this machine, beside the ranges of `src/costs/known.ts`: the CPU time
 * that an event takes longer with the probe than without, in rounds of all in turn.
 */
import type { ProgramOperation, CostRange } from "../src/costs/cost.js";
import { KNOWN_COSTS } from "../src/costs/known.js";
import type { ProbeType } from "../src/semantics/typed.js";
import { quartiles, whyNot, withWorkload } from "./workload.js";

const ROUNDS = Number(process.env["FAULTLINE_ROUNDS"] ?? 7);
const CALL = "tracepoint:syscalls:sys_enter_getppid";
const CALLS = "syscalls 100000";
/** So that the time of one stands out. */
const REPEATED = 8;

interface Case {
  readonly what: string;
  readonly script: string;
  readonly event: string;
  readonly known: CostRange;
  /** It does this so many times, beside an empty program. */
  readonly times?: number;
}

const { probes, operations, step, frame } = KNOWN_COSTS;

function plus(a: CostRange, b: CostRange): CostRange {
  return { least: a.least + b.least, most: a.most + b.most };
}

function probeCase(type: ProbeType, point: string, event: string, more?: CostRange): Case {
  const known = more ? plus(probes[type], more) : probes[type];
  return { what: `${type}${more ? ", with a step" : ""}`, script: `${point} { }`, event, known };
}

/** `statement`: with the name of a map of its own. */
function operationCase(operation: ProgramOperation, statement: (map: string) => string): Case {
  const body = Array.from({ length: REPEATED }, (_, i) => statement(`@m${i}`)).join(" ");
  const known = operations[operation];
  return { what: operation, script: `${CALL} { ${body} }`, event: CALLS, known, times: REPEATED };
}

function casesOf(program: string): readonly Case[] {
  const deep = 60;
  return [
    probeCase("software", "software:page-faults:1", "faults 40960"),
    probeCase("tracepoint", CALL, CALLS),
    probeCase("uprobe", `uprobe:${program}:called`, "calls 50000"),
    probeCase("uretprobe", `uretprobe:${program}:called`, "calls 50000"),
    probeCase("uprobe", `uprobe:${program}:stepped`, "steps 8000", step),
    probeCase("uretprobe", `uretprobe:${program}:stepped`, "steps 8000", step),
    operationCase("count", (map) => `${map}[pid] = count();`),
    operationCase("update", (map) => `${map} = hist(7);`),
    operationCase("store", (map) => `${map}[tid] = 1;`),
    operationCase("time", () => "if (nsecs == 1) { exit(); }"),
    operationCase("comm", () => 'if (comm == "x") { exit(); }'),
    operationCase("read", () => "if (curtask->mm->start_brk == 1) { exit(); }"),
    {
      what: "row",
      script: `${CALL} { print((1, nsecs, pid)); }`,
      event: "syscalls 20000",
      known: operations.row,
      times: 1,
    },
    {
      what: `stack of ${deep} frames`,
      script: `${CALL} { @[ustack] = count(); } END { clear(@); }`,
      event: `syscalls 20000 ${deep}`,
      known: plus(operations.stack, { least: deep * frame.least, most: (deep + 4) * frame.most }),
      times: 1,
    },
  ];
}

const missing = whyNot();
if (missing !== undefined) console.log(`what events cost: not measured, ${missing}`);
else
  await withWorkload(({ program, run }) => {
    const cases = casesOf(program);
    const costs = cases.map((): number[] => []);
    for (let round = 0; round < ROUNDS; round++)
      for (const [i, { script, event, times }] of cases.entries()) {
        const words = (text: string) => ({ words: ["-e", text] });
        const base = times === undefined ? run(event) : run(event, words(`${CALL} { }`));
        costs[i]?.push((run(event, words(script)) - base) / (times ?? 1));
      }
    console.log(
      `what events cost: CPU time in ns, the middle half of ${ROUNDS} rounds, beside what is known`,
    );
    cases.forEach(({ what, known }, i) => {
      const [low, , high] = quartiles(costs[i] ?? []);
      const isInside = low <= known.most && high >= known.least;
      console.log(
        `${what.padEnd(28)} ${`${low.toFixed(0)} to ${high.toFixed(0)}`.padEnd(20)} known ${known.least} to ${known.most}${isInside ? "" : "  OUTSIDE"}`,
      );
    });
  });
