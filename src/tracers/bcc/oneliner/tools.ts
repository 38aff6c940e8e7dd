/** BCC's tools for a single purpose: the query that each corresponds to, by its source. */
import type { Plan, Result } from "../../../plan/plan.js";
import { isOpen, isRows } from "../../../plan/columns.js";
import { partsOf } from "../../../plan/needs.js";
import { commonNames, seconds, type Command } from "./command.js";
import { append } from "../../../lists.js";

interface KnownTool {
  /** The source of the query, by the names of the standard library. */
  readonly sources: readonly string[];
  readonly fits: (result: Result) => boolean;
  readonly command: (plan: Plan, result: Result) => Command | string;
}

const plain =
  (name: string, ...notes: readonly string[]) =>
  (plan: Plan): Command => ({ words: [name, ...processOf(plan)], notes });

const TOOLS: readonly KnownTool[] = [
  { sources: ["allocation"], fits: isOpenByStack("ustack"), command: memleak },
  { sources: ["kernel_allocation"], fits: isOpenByStack("kstack"), command: memleak },
  { sources: ["block_io", "queued_block_io"], fits: isLatencyHistogram, command: biolatency },
  {
    sources: ["direct_reclaim"],
    fits: isRows,
    command: plain("drsnoop", "it shows each one, with COMM, PID, LAT(ms) and PAGES, and has no conditions"),
  },
  {
    sources: ["oomkill"],
    fits: isRows,
    command: (plan) => noProcess(plan, "oomkill", "it shows the load average too"),
  },
  {
    sources: ["swapin"],
    fits: (result) => result.kind === "groups" && result.every !== undefined,
    command: (plan) => noProcess(plan, "swapin", "it has columns COMM, PID and COUNT, each second"),
  },
];

export function knownTool(plan: Plan): Command | string | undefined {
  const [result, ...others] = plan.results;
  if (!result || others.length > 0) return undefined;
  const source = result.asked[0]?.source ?? "";
  const tool = TOOLS.find((t) => t.sources.includes(source) && t.fits(result));
  if (!tool) return undefined;
  if (plan.process?.followed) return "the tools of BCC do not follow what a command starts";
  return tool.command(plan, result);
}

function processOf(plan: Plan): string[] {
  return plan.process ? ["-p", `${plan.process.pid}`] : [];
}

function noProcess(plan: Plan, name: string, note: string): Command | string {
  return plan.process ? `\`${name}\` cannot be told one process` : { words: [name], notes: [note] };
}

// ---------------------------------------------------------------- memleak

function isOpenByStack(stack: string): (result: Result) => boolean {
  return (result) => {
    if (result.kind !== "openGroups") return false;
    const keys = commonNames(result.asked[0]?.columns ?? []);
    return (
      keys?.length === 1 &&
      keys[0] === stack &&
      result.aggregates.every((a) => a.fn === "sum" || a.fn === "count")
    );
  };
}

function memleak(plan: Plan, result: Result): Command | string {
  if (!isOpen(result)) return "`memleak` shows what is open";
  const source = result.asked[0]?.source;
  if (source === "allocation" && !plan.process)
    return "`memleak` follows malloc in one process: name it with `-p PID` (without one it follows the kernel's own)";
  const words = ["memleak", ...processOf(plan)];
  const notes = [
    "it follows calloc, realloc and the other functions of the C library, or all of the kernel's, as well",
  ];
  const tests = conditions(result);
  for (const test of tests) {
    const age = ageOf(test);
    const size = sizeOf(test);
    if (age !== undefined) words.push("-o", `${age / 1_000_000n}`);
    else if (size) append(words, size);
    else return "`memleak` has conditions on the age and the size of a block, and no others";
  }
  if (!tests.some((t) => ageOf(t) !== undefined))
    notes.push("it leaves out what is younger than 500 ms: `-o 0` shows all");
  if (result.kind === "openGroups" && result.top) words.push("-T", `${result.top.count}`);
  if (result.every !== undefined) words.push(seconds(result.every));
  else notes.push("it prints every 5 seconds");
  return { words, notes };
}

type AskedCondition = NonNullable<Result["asked"][number]["condition"]>;

function conditions(result: Result): readonly AskedCondition[] {
  const condition = result.asked[0]?.condition;
  if (!condition) return [];
  return condition.op === "logic" && condition.operator === "and" ? condition.operands : [condition];
}

/** The age in `age > 10s`. */
function ageOf(test: AskedCondition): bigint | undefined {
  if (test.op !== "compare" || (test.operator !== ">" && test.operator !== ">=")) return undefined;
  const { left, right } = test;
  return left.op === "field" && left.name === "age" && right.op === "integer" ? right.value : undefined;
}

/** `-z` is the minimum, `-Z` the maximum. */
function sizeOf(test: AskedCondition): readonly string[] | undefined {
  if (
    test.op !== "compare" ||
    test.left.op !== "field" ||
    test.left.name !== "size" ||
    test.right.op !== "integer"
  )
    return undefined;
  const { value } = test.right;
  const options: Partial<Record<string, readonly string[]>> = {
    ">=": ["-z", `${value}`],
    ">": ["-z", `${value + 1n}`],
    "<=": ["-Z", `${value}`],
    "<": ["-Z", `${value - 1n}`],
    "==": ["-z", `${value}`, "-Z", `${value}`],
  };
  return options[test.operator];
}

// ---------------------------------------------------------------- biolatency

function isLatencyHistogram(result: Result): boolean {
  const value = result.asked[0]?.values[0];
  return (
    result.kind === "groups" &&
    result.aggregates.length === 1 &&
    result.aggregates[0]?.fn === "hist" &&
    value !== undefined &&
    partsOf(value).some((part) => part.op === "field" && part.name === "latency")
  );
}

function biolatency(plan: Plan, result: Result): Command | string {
  if (result.kind !== "groups") return "`biolatency` shows histograms";
  if (plan.process) return "`biolatency` cannot be told one process";
  if (result.asked[0]?.condition) return "`biolatency` has no conditions";
  const keys = commonNames(result.asked[0]?.columns ?? []);
  const options: Readonly<Record<string, string>> = { disk: "-D", operation: "-F" };
  const odd = keys?.find((k) => options[k] === undefined);
  if (!keys || odd !== undefined) return `\`biolatency\` does not group by ${odd ?? "this"}`;
  const queued = result.asked[0]?.source === "queued_block_io" ? ["-Q"] : [];
  const every =
    result.every === undefined
      ? plan.duration === undefined
        ? []
        : [seconds(plan.duration), "1"]
      : [seconds(result.every), ...(plan.duration === undefined ? [] : [`${plan.duration / result.every}`])];
  return {
    words: ["biolatency", ...queued, ...keys.map((k) => options[k] ?? ""), ...every],
    notes: [
      "its bars are of microseconds",
      ...(keys.includes("operation") ? ["flags are in its own words"] : []),
    ],
  };
}
