/** What is known of the function of a probe before it is written. */
import { allSteps } from "../../../plan/needs.js";
import type { PlanProbe } from "../../../plan/plan.js";
import { structureOf } from "../../../plan/same.js";
import type { Typed } from "../../../semantics/typed.js";
import type { Field } from "../layout/fields.js";
import type { Hints } from "./function-writer.js";
import type { Program } from "./program.js";
import { uses } from "./uses.js";

/** `asksProcess`: whether it tests the process besides what its steps do. */
export function hintsOf(probe: PlanProbe, program: Program, asksProcess: boolean): Hints {
  const labels = new Map<string, string>();
  const name = (fields: readonly Field[], values: readonly Typed[]): void => {
    values.forEach((value, i) => {
      const of = structureOf(value);
      const field = fields[i];
      if (field && !labels.has(of)) labels.set(of, field.name);
    });
  };
  for (const step of allSteps([probe])) {
    if (step.do !== "store" && step.do !== "remove") continue;
    const table = program.state(step.state);
    name(table.key, step.key);
    if (step.do === "store") name(table.fields, step.values);
  }
  const readsProcess = uses(probe, isProcess);
  const readsThread = uses(probe, (value) => value.op === "common" && value.name === "tid");
  return { labels, readsProcess, readsBothIds: (readsProcess || asksProcess) && readsThread };
}

/** A user stack or a user symbol is kept with its process. */
function isProcess(value: Typed): boolean {
  const { type } = value;
  const isOfUser = (type.kind === "stack" || type.kind === "symbol") && type.space === "user";
  return isOfUser || (value.op === "common" && value.name === "pid");
}
