/** Whether a probe uses something. */
import type { PlanProbe } from "../../plan/plan.js";
import { valuesOf } from "../../plan/needs.js";
import type { Typed } from "../../semantics/typed.js";

export function uses(probe: PlanProbe, wanted: (value: Typed) => boolean): boolean {
  return [...probe.filter, ...probe.steps.flatMap(valuesOf)].some((v) => contains(v, wanted));
}

function contains(value: Typed, wanted: (value: Typed) => boolean): boolean {
  if (wanted(value)) return true;
  return Object.values(value).some((part: unknown) =>
    Array.isArray(part)
      ? part.some((each: unknown) => isTyped(each) && contains(each, wanted))
      : isTyped(part) && contains(part, wanted),
  );
}

function isTyped(part: unknown): part is Typed {
  return typeof part === "object" && part !== null && "op" in part;
}
