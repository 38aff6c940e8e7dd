/** The open entries of a span: walked, tested and grouped by the program when it reports them. */
import { storedWith } from "../../../plan/columns.js";
import type { OpenResult } from "../../../plan/plan.js";
import type { Typed } from "../../../semantics/typed.js";
import type { Type } from "../../../semantics/types/types.js";
import { BackendError } from "../../error.js";
import { partsOf } from "../../../plan/needs.js";
import { aggregationOf } from "../aggregates.js";
import { structure, type StateField, type StateTable } from "../layout/state-table.js";
import { indented, pythonString } from "../quoting.js";
import { inTuple } from "./lines.js";
import { pythonExpression, pythonTest } from "./python-expression.js";
import { groupOf, noGroups } from "./python-groups.js";
import { clockOf, memberValue, type PythonContext } from "./python-values.js";

/** Statements of Python that make `groups`, or `rows`, a tuple of values for each entry. */
export function gatherOpen(result: OpenResult, context: PythonContext): readonly string[] {
  const { program, uses } = context;
  const table = program.state(result.entries);
  const beside = new Set<StateTable>();
  const stateOf = (map: string, type: Type): string => {
    const found = program.state(map);
    const field = found.fields.find((each) => each.map === map) as StateField;
    if (found === table) return memberValue(field, type, `entry.${field.name}`, uses);
    if (keyOf(found) !== keyOf(table))
      throw new BackendError("BCC cannot join what two tables have of an open span");
    beside.add(found);
    return memberValue(field, type, `${entryBeside(found)}.${field.name}`, uses);
  };
  const python = (value: Typed): string => pythonExpression(value, { stateOf, uses }).text;
  const shows = result.columns.length > 0;
  const columns = (shows ? result.columns : result.keys).map((c) => python(c.value));
  const condition = result.condition
    ? [`if ${pythonTest(result.condition, { stateOf, uses }).fails.text}:`, "    continue"]
    : [];
  const body = shows
    ? inTuple("rows.append(", columns, ")", 8)
    : [
        ...groupOf(columns, result),
        ...result.aggregates.flatMap((a, i) =>
          storedWith(result, i) === i
            ? aggregationOf(a.fn).addValue(`group[${i}]`, a.value ? python(a.value) : "1", a, uses)
            : [],
        ),
      ];
  // What is added up during a span is in a table of its own, under the same key.
  const tables = [...beside].map(({ name }) => `${name} = bpf[${pythonString(name)}]`);
  const others = [...beside].map(
    (other) => `${entryBeside(other)} = ${other.name}.get(key, ${other.name}.Leaf())`,
  );
  return [
    ...(isTimed(result) ? [`now = ${uses.of("nanoseconds")}(${clockOf(context).join("")})`] : []),
    ...tables,
    shows ? "rows = []" : noGroups(result),
    `for ${others.length > 0 ? "key" : "_"}, entry in list(bpf[${pythonString(table.name)}].items()):`,
    ...indented([...others, ...condition, ...body]),
  ];
}

/** Whether an expression has the time at which the entries are looked at. */
function isTimed(result: OpenResult): boolean {
  const values = [
    ...(result.condition ? [result.condition] : []),
    ...[...result.keys, ...result.columns].map((column) => column.value),
    ...result.aggregates.flatMap((aggregate) => aggregate.value ?? []),
  ];
  return values.flatMap(partsOf).some((part) => part.op === "local" && part.name === "now");
}

/** What makes the keys of two tables the same in memory. */
function keyOf({ key }: StateTable): string {
  return structure(key.map(({ kept }) => kept));
}

function entryBeside({ name }: StateTable): string {
  return `of_${name}`;
}
