/** The open entries of a span: walked, tested and grouped by the program when it reports them. */
import { storedWith } from "../../../plan/columns.js";
import type { OpenResult } from "../../../plan/plan.js";
import type { Typed } from "../../../semantics/typed.js";
import type { Type } from "../../../types/types.js";
import { openColumns } from "../../../plan/columns.js";
import { readsLocal } from "../../../plan/needs.js";
import { conjuncts } from "../../../semantics/expression/fold.js";
import { python, type Test } from "../../code.js";
import { aggregationOf } from "../aggregates.js";
import { memberOfValue } from "../layout/state-table.js";
import { indented, pythonString } from "../quoting.js";
import { filled, inTuple, WIDTH } from "./lines.js";
import { pythonExpression, pythonTest } from "./python-expression.js";
import { groupOf, noGroups } from "./python-groups.js";
import { callerValue, clockCall, memberValue, type PythonContext } from "./python-values.js";

/** Statements of Python that make `groups`, or `rows`, a tuple of values for each entry. */
export function gatherOpen(result: OpenResult, context: PythonContext): readonly string[] {
  const { program, uses } = context;
  const table = program.state(result.state);
  const fieldOf = (name: string, type: Type): string => {
    const field = program.stateField(result.state, name);
    return memberValue(field, type, `record.${memberOfValue(table, field)}`, uses);
  };
  const owners: string[] = [];
  const numberOf = (state: string, id: string): string => {
    const { name } = program.state(state);
    owners[0] ??= `owners = {id.value: owner.value for id, owner in bpf[${pythonString(name)}].items()}`;
    return `owners.get(${id})`;
  };
  const within = { fieldOf, numberOf, uses };
  const asPython = (value: Typed): string => pythonExpression(value, within).text;
  const shown = openColumns(result);
  const memberOf = ({ field: name }: { readonly field: string }): string =>
    `record.${memberOfValue(table, program.stateField(result.state, name))}`;
  const columns = shown.map(({ value, callerOf }) => {
    const of = callerOf === undefined ? undefined : shown[callerOf]?.value;
    return of?.op === "state" && value.op === "state"
      ? callerValue(memberOf(value), memberOf(of), uses)
      : asPython(value);
  });
  const tests = result.condition ? conjuncts(result.condition).map((test) => pythonTest(test, within)) : [];
  const skipped = tests.length === 0 ? [] : skipping(tests);
  const body =
    result.kind === "openRows"
      ? inTuple("rows.append(", columns, ")", 8)
      : [
          ...groupOf(columns, result),
          ...result.aggregates.flatMap((a, i) =>
            storedWith(result, i) === i
              ? aggregationOf(a.fn).addValue(`group[${i}]`, a.value ? asPython(a.value) : "1", a, uses)
              : [],
          ),
        ];
  return [
    // Reading starts again where the record that was read last is gone.
    ...filled(
      "records = {",
      [`bytes(key): record for key, record in bpf[${pythonString(table.name)}].items()`],
      "}",
    ),
    // Whatever the records were of has begun by then, and its owner is known.
    ...(isTimed(result) ? [`now = ${clockCall(context)}`] : []),
    ...owners,
    result.kind === "openRows" ? "rows = []" : noGroups(result),
    "for record in records.values():",
    ...indented([...skipped, ...body]),
  ];
}

/** Goes on with the next record where a test fails. */
function skipping(tests: readonly Test[]): readonly string[] {
  const line = `if ${python.opposite(python.all(tests)).holds.text}:`;
  const lines = line.length <= WIDTH - 8 ? [line] : tests.map(({ fails }) => `if ${fails.text}:`);
  return lines.flatMap((each) => [each, "    continue"]);
}

/** Whether an expression has the time at which the entries are looked at. */
function isTimed(result: OpenResult): boolean {
  const values = [
    ...(result.condition ? [result.condition] : []),
    ...openColumns(result).map((column) => column.value),
    ...(result.kind === "openRows" ? [] : result.aggregates.flatMap((aggregate) => aggregate.value ?? [])),
  ];
  return readsLocal(values, "now");
}
