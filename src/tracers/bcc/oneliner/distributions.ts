/** `argdist` and `funclatency`: show the distribution of a number. */
import type { GroupsResult, Plan, Step } from "../../../plan/plan.js";
import { isSigned } from "../../../types/types.js";
import { commonOptions, onlyProbe, ownFilter, tracedPoint, type Command } from "./command.js";
import { c } from "../../code.js";
import { toolExpression, toolTest, type ToolNames } from "./oneliner-expression.js";
import { greatest } from "../../../lists.js";

/** A result of one histogram, or one that counts by one number. */
export function argdist(plan: Plan): Command | string | undefined {
  const result = only(plan);
  const probe = onlyProbe(plan);
  const step = probe?.steps.length === 1 ? probe.steps[0] : undefined;
  if (!result || !probe || step?.do !== "aggregate") return undefined;
  const isHistogram = result.aggregates[0]?.fn === "hist" && result.keys.length === 0;
  const isCount = result.aggregates[0]?.fn === "count" && result.keys.length === 1;
  const value = isHistogram ? step.updates[0]?.value : isCount ? step.key[0] : undefined;
  if (!value || value.op === "common") return undefined;
  if (plan.process?.followed) return "`argdist` does not follow what a command starts";
  const point = tracedPoint(probe.point);
  if (point === undefined) return `\`argdist\` does not take ${probe.point.type} events`;
  const used = new Set<number>();
  const names = namesFor(used);
  const shown = toolExpression(value, names)?.text;
  const wanted = ownFilter(probe, plan);
  const filter = wanted.flatMap((test) => toolTest(test, names) ?? []);
  // At its return a function's arguments are gone.
  const isLost = point.startsWith("r") && used.size > 0;
  if (shown === undefined || filter.length < wanted.length || isLost)
    return "`argdist` cannot write this expression";
  const parameters = PARAMETERS.slice(0, greatest([...used], -1) + 1)
    .map((name) => `u64 ${name}`)
    .join(", ");
  const isTracepoint = point.startsWith("t:");
  const head = isTracepoint ? `${point}()` : `${point}(${parameters})`;
  const condition = filter.length > 0 ? `:${c.all(filter).holds.text}` : "";
  const type = isSigned(value) ? "s64" : "u64";
  return {
    words: [
      "argdist",
      isHistogram ? "-H" : "-C",
      ...commonOptions(plan, result.every),
      `${head}:${type}:${shown}${condition}`,
    ],
    notes: [
      ...(result.every === undefined ? ["it prints every second: `-i` sets the seconds"] : []),
      "numbers have no units",
      ...(isHistogram ? ["its lowest bar has 0 and 1 together"] : []),
    ],
  };
}

const PARAMETERS = ["a", "b", "c", "d", "e", "f"];

/** Parameters by position; `used` collects those that must be declared for `argdist`. */
function namesFor(used: Set<number>): ToolNames {
  return {
    argument: (index) => {
      used.add(index);
      return PARAMETERS[index] ?? "";
    },
    returned: "$retval",
  };
}

function only(plan: Plan): GroupsResult | undefined {
  const [result, ...others] = plan.results;
  return result?.kind === "groups" && others.length === 0 && result.aggregates.length === 1
    ? result
    : undefined;
}

/** The time from a function's entry to its return. */
export function funclatency(plan: Plan): Command | string | undefined {
  const result = only(plan);
  const [begin, end, ...others] = [...plan.probes].sort((a, b) => a.point.type.length - b.point.type.length);
  if (!result || !begin || !end || others.length > 0) return undefined;
  const isPair =
    (begin.point.type === "kprobe" && end.point.type === "kretprobe") ||
    (begin.point.type === "uprobe" && end.point.type === "uretprobe");
  if (!isPair || begin.point.parts.join(":") !== end.point.parts.join(":")) return undefined;
  const value = result.asked[0]?.values[0];
  if (result.aggregates[0]?.fn !== "hist" || value?.op !== "field" || value.name !== "latency")
    return undefined;
  if (result.keys.length > 0) return "`funclatency` does not group";
  if (plan.process?.followed) return "`funclatency` does not follow what a command starts";
  if (hasCondition(end.steps) || ownFilter(begin, plan).length > 0) return "`funclatency` has no conditions";
  const [first = "", second] = begin.point.parts;
  const name = second === undefined ? first : `${first.replace(/^lib(.+)$/, "$1")}:${second}`;
  return {
    words: ["funclatency", ...commonOptions(plan, result.every), name],
    notes: ["its bars are of nanoseconds: `-u` and `-m` set others"],
  };
}

function hasCondition(steps: readonly Step[]): boolean {
  return steps.some((s) => s.do === "when");
}
