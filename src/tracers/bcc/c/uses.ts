/** Whether a probe uses something. */
import { partsOf, valuesOf } from "../../../plan/needs.js";
import type { PlanProbe } from "../../../plan/plan.js";
import type { Typed } from "../../../semantics/typed.js";

export function uses(probe: PlanProbe, wanted: (value: Typed) => boolean): boolean {
  return [...probe.filter, ...probe.steps.flatMap(valuesOf)].flatMap(partsOf).some(wanted);
}
