/** The open entries of a span: walked, tested and grouped by the program when it reports them. */
import type { OpenResult, ResultAggregate } from "../../../plan/plan.js";
import { openColumns } from "../../../plan/columns.js";
import { readsLocal } from "../../../plan/needs.js";
import type { Typed } from "../../../semantics/typed.js";
import type { Type } from "../../../semantics/types/types.js";
import type { Program } from "../c/program.js";
import { pythonExpression, pythonTest } from "./python-expression.js";
import { assigned, groupRows, nothingOf } from "./python-results.js";
import { keptInPython } from "./python-values.js";
import { indented, pythonComment, pythonString } from "../quoting.js";

export function openRows(result: OpenResult, index: number, program: Program): string {
  const table = program.state(result.state);
  const fieldOf = (name: string, type: Type): string => {
    const field = program.stateField(result.state, name);
    return keptInPython(field, type, `entry.${field.name}`);
  };
  const python = (value: Typed): string => pythonExpression(value, fieldOf).text;
  const columns = openColumns(result).map((c) => python(c.value));
  const key = columns.length === 1 ? `(${columns[0] ?? ""},)` : `(${columns.join(", ")})`;
  const condition = result.condition
    ? [`if ${pythonTest(result.condition, fieldOf).fails.text}:`, "    continue"]
    : [];
  const shows = result.kind === "openRows";
  const aggregates = shows ? [] : result.aggregates;
  const fresh = `[${aggregates.map(nothingOf).join(", ")}]`;
  const body = shows
    ? [`rows.append((${key}, []))`]
    : [
        ...(key.length < 80 ? [`name = ${key}`] : assigned("name", "(", columns, ")")),
        `group = groups.setdefault(name, ${fresh})`,
        ...aggregates.flatMap((a, i) => addValue(a, i, a.value ? python(a.value) : "1")),
      ];
  const isKeyless = !shows && result.keys.length === 0;
  return [
    `def take_${index}():`,
    `    """What is open of \`${pythonComment(result.query)}\`."""`,
    ...indented([
      `entries = list(bpf[${pythonString(table.name)}].items())`,
      ...(readsNow(result) ? ["now = boot_time()"] : []),
      shows ? "rows = []" : isKeyless ? `groups = {(): ${fresh}}` : "groups = {}",
      "for _, entry in entries:",
      ...indented([...condition, ...body]),
      ...(shows ? ["return rows"] : groupRows(result)),
    ]),
  ].join("\n");
}

function readsNow(result: OpenResult): boolean {
  const values = [
    ...openColumns(result).map(({ value }) => value),
    ...(result.kind === "openGroups" ? result.aggregates.flatMap(({ value }) => value ?? []) : []),
    ...(result.condition ? [result.condition] : []),
  ];
  return readsLocal(values, "now");
}

function addValue({ fn, range }: ResultAggregate, i: number, value: string): string[] {
  switch (fn) {
    case "count":
      return [`group[${i}] += 1`];
    case "sum":
      return [`group[${i}] += ${value}`];
    case "min":
    case "max":
      return [`group[${i}] = ${fn === "min" ? "least" : "most"}_of([group[${i}], ${value}])`];
    case "hist":
      return [`slot = log2_slot(${value})`, `group[${i}][slot] = group[${i}].get(slot, 0) + 1`];
    case "lhist":
      return [
        `slot = linear_slot(${value}, ${range?.min ?? 0}, ${range?.max ?? 0}, ${range?.step ?? 1})`,
        `group[${i}][slot] = group[${i}].get(slot, 0) + 1`,
      ];
    default:
      return [`group[${i}][0] += ${value}`, `group[${i}][1] += 1`];
  }
}
