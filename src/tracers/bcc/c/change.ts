/** Adding open spans to the running sums of a result and taking them off again: one function for each result. */
import { changeValues, ENTRY, groupValues, isRunning, stepOf } from "../../../plan/running.js";
import type { Typed } from "../../../semantics/typed.js";
import { UNSIGNED } from "../../../types/types.js";
import { atom, c } from "../../code.js";
import { groupValueType, type GroupsLayout } from "../layout/result-layout.js";
import { valueType } from "../layout/state-table.js";
import { indented } from "../quoting.js";
import { test, wide } from "./c-expression.js";
import { FunctionWriter } from "./function-writer.js";
import type { Program } from "./program.js";
import { recordName } from "./state-access.js";
import { entry, keyOf, placesOf, turnFor, whereFound } from "./steps.js";

/** The name by which the statements of the function know the step of its change. */
const STEP = { op: "local", name: "step of a change", type: UNSIGNED } as const satisfies Typed;

export function changeText(index: number, program: Program): string {
  const result = program.plan.results[index];
  if (!isRunning(result)) throw new Error(`the result ${index} has no running sums`);
  const layout = program.results[index] as GroupsLayout;
  const [probe] = program.plan.probes;
  if (!probe) throw new Error("a program without probes");
  const hints = {
    labels: new Map<string, string>(),
    readsProcess: false,
    usedStates: new Set<string>(),
    readsBothIds: false,
  };
  const writer = new FunctionWriter(program, probe.point, "ctx", "", hints);
  const table = program.state(result.state);
  const type = `${valueType(table)} *`;
  const record = writer.parameter(type, "record", recordName(table, result.state, [ENTRY]));
  writer.tested(record);
  const by = writer.parameter("s64", "by");
  const step = stepOf(result, { do: "change", result: index, state: result.state, key: [ENTRY], by: -1 });
  if (step) {
    const name = writer.fresh("step");
    writer.variable("u64", name, wide(step.begun, false, writer).text);
    writer.bind(STEP.name, name);
    if (step.isSettled) {
      // The clock is read only where it is needed.
      writer.inlines = true;
      const isSettled = test(step.isSettled, writer);
      const isTakenOff = c.compare("<", atom(by), atom(0));
      writer.add(`if (${c.all([isTakenOff, isSettled]).holds.text})`, `    ${name} = 0;`);
      writer.inlines = false;
    }
  }
  const key = [...groupValues(result), ...(step ? [STEP] : [])];
  const sums = changeValues(result, {
    do: "change",
    result: index,
    state: result.state,
    key: [ENTRY],
    by: 1,
  });
  const values = sums.map((value, i) =>
    i === 0 ? atom(by) : c.binary("*", atom(by), wide(value, true, writer)),
  );
  const turn = turnFor(index, writer);
  const place = keyOf(key, layout, turn, writer);
  const groupType = groupValueType(layout);
  const found = entry(`${layout.name}_groups`, place, groupType, layout, writer);
  const group = writer.fresh("group");
  writer.add(`${groupType} *${group} = ${found};`);
  const lines = values.map((value, i) => `${placesOf(layout, i, group).name} += ${value.text};`);
  writer.add(whereFound(group, lines, layout, writer));
  return [
    `/* add an open ${table.stem} to its group, or (by -1) take it off again */`,
    `static __always_inline void ${program.changeOf(index)}(${type}${record}, s64 ${by})`,
    "{",
    ...indented(writer.lines),
    "}",
  ].join("\n");
}
