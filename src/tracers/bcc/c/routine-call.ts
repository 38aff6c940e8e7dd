/** Calls of the functions that probes share. */
import { allSteps, partsOf } from "../../../plan/needs.js";
import type { Typed } from "../../../semantics/typed.js";
import { kindOf } from "../layout/state-table.js";
import { routinesIn, valuesOfBody, type Call, type Routine } from "../sharing/routine.js";
import { write } from "./c-expression.js";
import type { FunctionWriter } from "./function-writer.js";
import type { Program } from "./program.js";
import { forgetState } from "./state-access.js";

export function callHead({ routine }: Call, { program }: FunctionWriter): string {
  return program.functionOf(routine);
}

/** What a call gives to the function. */
export function callItems({ routine, values, states }: Call, writer: FunctionWriter): readonly string[] {
  return [
    ...(contextType(routine, writer.program) === undefined ? [] : [writer.context]),
    ...states.map((state) => writer.local(kindOf(state))),
    // C widens a number as its own type says, as its parameter has it.
    ...values.map((value) => write(value, writer).text),
  ];
}

/** The type of the context, where the function needs it. */
export function contextType(routine: Routine, program: Program): string | undefined {
  const { calls } = program.sharing;
  const { steps } = routine.body;
  const all = [routine, ...routinesIn(steps, calls)];
  const needs = (isWanted: (value: Typed) => boolean): boolean =>
    all.some(({ body }) => valuesOfBody(body, calls).flatMap(partsOf).some(isWanted));
  if (needs(({ op }) => ["argument", "returnValue", "register"].includes(op))) return "struct pt_regs";
  const submits =
    !program.dialect.can("ringBuffer") && allSteps([{ steps }]).some(({ do: what }) => what === "emit");
  return submits || needs((value) => value.op === "common" && value.type.kind === "stack")
    ? "void"
    : undefined;
}

/** What was read of the states that the function changes is not so any more. */
export function forgetChanged({ routine, states }: Call, writer: FunctionWriter): void {
  for (const step of allSteps([routine.body])) {
    if (step.do !== "store" && step.do !== "remove") continue;
    const at = routine.states.indexOf(step.state);
    forgetState(states[at] ?? step.state, writer);
  }
}
