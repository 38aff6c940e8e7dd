/** What is known of a function before it is written. */
import { allSteps, partsOf } from "../../../plan/needs.js";
import type { Step } from "../../../plan/plan.js";
import { structureOf } from "../../../plan/same.js";
import { isUserCode } from "../../../plan/user-stacks.js";
import type { Typed } from "../../../semantics/typed.js";
import { eachStep, valuesOfBody, type ProbeBody } from "../sharing/routine.js";
import type { Hints } from "./function-writer.js";
import type { Program } from "./program.js";

export function hintsOf(body: ProbeBody, program: Program): Hints {
  const { calls } = program.sharing;
  const labels = new Map<string, string>();
  const name = (fields: readonly { readonly name: string }[], values: readonly Typed[]): void => {
    values.forEach((value, i) => {
      const of = structureOf(value);
      const field = fields[i];
      if (field && !labels.has(of)) labels.set(of, field.name);
    });
  };
  const collect = (steps: readonly Step[]): void => {
    eachStep(steps, calls, {
      call: ({ routine, values }) => {
        name(
          routine.parameters.map(({ label }) => ({ name: label })),
          values,
        );
      },
      step: (step) => {
        if (step.do === "when") collect(step.then);
        if (step.do !== "store" && step.do !== "remove") return;
        const table = program.state(step.state);
        name(table.key, step.key);
        if (step.do === "store") name(table.fields, step.values);
      },
    });
  };
  collect(body.steps);
  const read = valuesOfBody(body, calls).flatMap(partsOf);
  const readsProcess = read.some(isProcess);
  const changed = allSteps([body]).flatMap((step) =>
    step.do === "add" || step.do === "change" ? [step.state] : [],
  );
  const tested = read.flatMap((value) => (value.op === "begun" ? [value.state] : []));
  const usedStates = new Set([
    ...read.flatMap((value) => (value.op === "state" ? [value.state] : [])),
    ...changed,
    ...tested.filter((state, i) => tested.indexOf(state) < i),
  ]);
  const readsThread = read.some((value) => value.op === "common" && value.name === "tid");
  return {
    labels,
    readsProcess,
    usedStates,
    readsBothIds: (readsProcess || body.asksProcess) && readsThread,
  };
}

/** A user stack or a user symbol is kept with its process. */
function isProcess(value: Typed): boolean {
  return isUserCode(value.type) || (value.op === "common" && value.name === "pid");
}
