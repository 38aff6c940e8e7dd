/** `stackcount` and `funccount`: count how often something happens, by stack or by name. */
import type { GroupsResult, Plan } from "../../../plan/plan.js";
import { isWildcard } from "../../../semantics/source/probe-points.js";
import { commonNames, commonOptions, countedPoint, onlyProbe, ownFilter, type Command } from "./command.js";

/** The keys of a result that only counts, at one probe; undefined for any other result. */
function counted(plan: Plan): { result: GroupsResult; keys: readonly string[] } | undefined {
  const [result, ...others] = plan.results;
  if (result?.kind !== "groups" || others.length > 0) return undefined;
  if (result.aggregates.length !== 1 || result.aggregates[0]?.fn !== "count") return undefined;
  const keys = commonNames(result.asked[0]?.columns ?? []);
  return keys && { result, keys };
}

const STACKS = ["ustack", "kstack"];

export function stackcount(plan: Plan): Command | string | undefined {
  const found = counted(plan);
  if (!found?.keys.some((k) => STACKS.includes(k))) return undefined;
  const { result, keys } = found;
  const odd = keys.find((k) => ![...STACKS, "comm", "pid", "probe"].includes(k));
  if (odd !== undefined) return `\`stackcount\` does not group by ${odd}`;
  const point = pointOf(plan, "stackcount");
  if (typeof point !== "object") return point;
  const both = STACKS.every((s) => keys.includes(s));
  const side = both ? [] : keys.includes("ustack") ? ["-U"] : ["-K"];
  const notes = [];
  if (keys.includes("comm") && !keys.includes("pid"))
    notes.push("it adds all processes together: `-P` shows each with its name and number");
  if (result.top) notes.push(`it shows all stacks, not the first ${result.top.count}`);
  return {
    words: [
      "stackcount",
      ...side,
      ...(keys.includes("pid") ? ["-P"] : []),
      ...commonOptions(plan, result.every),
      point.name,
    ],
    notes,
  };
}

export function funccount(plan: Plan): Command | string | undefined {
  const found = counted(plan);
  if (!found) return undefined;
  const { result, keys } = found;
  if (keys.some((k) => STACKS.includes(k))) return undefined;
  const odd = keys.find((k) => k !== "probe");
  if (odd !== undefined) return `\`funccount\` does not group by ${odd}`;
  const point = pointOf(plan, "funccount");
  if (typeof point !== "object") return point;
  const notes =
    isWildcard({ type: "kprobe", parts: [point.name] }) && keys.length === 0
      ? ["it counts each probe by itself"]
      : [];
  return { words: ["funccount", ...commonOptions(plan, result.every), point.name], notes };
}

/** The one probe, if these tools can count it; otherwise the reason why not. */
function pointOf(plan: Plan, tool: string): { readonly name: string } | string {
  const probe = onlyProbe(plan);
  if (!probe) return `\`${tool}\` takes one probe, and this query takes ${plan.probes.length}`;
  if (plan.process?.followed) return `\`${tool}\` does not follow what a command starts`;
  if (ownFilter(probe, plan).length > 0) return `\`${tool}\` has no conditions`;
  const name = countedPoint(probe.point);
  return name === undefined ? `\`${tool}\` does not take ${probe.point.type} events` : { name };
}
