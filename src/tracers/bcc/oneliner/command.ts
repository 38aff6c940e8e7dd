/** A command of BCC's own tools, and its parts as made from a plan. */
import type { Plan, PlanProbe } from "../../../plan/plan.js";
import type { ProbePoint, Typed } from "../../../semantics/typed.js";
import { shellWord } from "../../../files/shell-word.js";
import { hidesText } from "../../one-line.js";
import { pythonBytes } from "../quoting.js";

export interface Command {
  readonly words: readonly string[];
  /** How its output differs from what the query asks. */
  readonly notes: readonly string[];
}

/** A command; or the reason why this tool, although nearest, does not fit; or undefined if it is for other queries. */
export type Recipe = (plan: Plan) => Command | string | undefined;

/** A word of Bash, which has quotes of its own for unprintable characters. */
export function bashWord(text: string): string {
  return hidesText(text) ? `$'${pythonBytes(text).slice(2, -1)}'` : shellWord(text);
}

/** A probe's name for `stackcount` and `funccount`; undefined if they have none. */
export function countedPoint({ type, parts }: ProbePoint): string | undefined {
  const [first = "", second = ""] = parts;
  switch (type) {
    case "tracepoint":
      return `t:${first}:${second}`;
    case "kprobe":
      return first.includes("+") ? undefined : first;
    case "uprobe":
      return `${libraryOf(first)}:${second}`;
    case "usdt":
      return `u:${first}:${parts[2] ?? ""}`;
    case "fentry":
    case "fexit":
    case "hardware":
    case "interval":
    case "kretprobe":
    case "profile":
    case "rawtracepoint":
    case "software":
    case "uretprobe":
      return undefined;
  }
}

/** A probe's name for `trace` and `argdist`. */
export function tracedPoint(point: ProbePoint): string | undefined {
  const [first = "", second = ""] = point.parts;
  switch (point.type) {
    case "kretprobe":
      return `r::${first}`;
    case "uretprobe":
      return `r:${libraryOf(first)}:${second}`;
    case "kprobe":
      return `p::${first}`;
    case "uprobe":
      return `p:${libraryOf(first)}:${second}`;
    case "fentry":
    case "fexit":
    case "hardware":
    case "interval":
    case "profile":
    case "rawtracepoint":
    case "software":
    case "tracepoint":
    case "usdt":
      return countedPoint(point);
  }
}

/** `libc` is `c`. */
function libraryOf(binary: string): string {
  return binary.includes("/") ? binary : binary.replace(/^lib(.+?)(\.so.*)?$/, "$1");
}

/** The tests other than that of the process, for which the tools have an option. */
export function ownFilter(probe: PlanProbe, plan: Plan): readonly Typed[] {
  return probe.filter.filter((test) => {
    if (test.op === "followed") return false;
    return !(
      plan.process &&
      test.op === "compare" &&
      test.left.op === "common" &&
      test.left.name === "pid" &&
      test.right.op === "integer" &&
      test.right.value === BigInt(plan.process.pid)
    );
  });
}

/** `-p PID`, `-i SECONDS` and `-d SECONDS`. */
export function commonOptions(plan: Plan, every?: bigint): string[] {
  return [
    ...(plan.process ? ["-p", `${plan.process.pid}`] : []),
    ...(every === undefined ? [] : ["-i", seconds(every)]),
    ...(plan.duration === undefined ? [] : ["-d", seconds(plan.duration)]),
  ];
}

/** The tools count in whole seconds. */
export function seconds(nsecs: bigint): string {
  return `${nsecs / 1_000_000_000n || 1n}`;
}

export function onlyProbe(plan: Plan): PlanProbe | undefined {
  return plan.probes.length === 1 ? plan.probes[0] : undefined;
}

/** The names of common fields, if the expressions are nothing else. */
export function commonNames(values: readonly Typed[]): readonly string[] | undefined {
  // They have no stacks of a given depth.
  const isWhole = ({ type }: Typed): boolean => type.kind !== "stack" || type.depth === undefined;
  const names = values.flatMap((v) =>
    (v.op === "field" || v.op === "common") && isWhole(v) ? [v.name] : [],
  );
  return names.length === values.length ? names : undefined;
}
