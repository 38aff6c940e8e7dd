/** The open entries of a span: walked, tested and grouped by the program when it reports them. */
import type { OpenResult, ResultAggregate } from "../../../plan/plan.js";
import type { Typed } from "../../../semantics/typed.js";
import type { Type } from "../../../semantics/types/types.js";
import { BackendError } from "../../error.js";
import type { Program } from "../c/program.js";
import { pythonExpression, pythonTest } from "./python-expression.js";
import { assigned, groupRows, nothingOf } from "./python-results.js";
import { keptInPython } from "./python-values.js";
import { structure, type StateField, type StateTable } from "../layout/state-table.js";
import { indented, pythonComment, pythonString } from "../quoting.js";

export function openRows(result: OpenResult, index: number, program: Program): string {
  const table = program.state(result.entries);
  const beside = new Set<StateTable>();
  const stateOf = (map: string, type: Type): string => {
    const found = program.state(map);
    const field = found.fields.find((each) => each.map === map) as StateField;
    if (found === table) return keptInPython(field, type, `entry.${field.name}`);
    if (keyOf(found) !== keyOf(table))
      throw new BackendError("BCC cannot join what two tables have of an open span");
    beside.add(found);
    return keptInPython(field, type, `${entryBeside(found)}.${field.name}`);
  };
  const python = (value: Typed): string => pythonExpression(value, stateOf).text;
  const shows = result.columns.length > 0;
  const columns = (shows ? result.columns : result.keys).map((c) => python(c.value));
  const key = columns.length === 1 ? `(${columns[0] ?? ""},)` : `(${columns.join(", ")})`;
  const condition = result.condition
    ? [`if ${pythonTest(result.condition, stateOf).fails.text}:`, "    continue"]
    : [];
  const fresh = `[${result.aggregates.map(nothingOf).join(", ")}]`;
  const body = shows
    ? [`rows.append((${key}, []))`]
    : [
        ...(key.length < 80 ? [`name = ${key}`] : assigned("name", "(", columns, ")")),
        `group = groups.setdefault(name, ${fresh})`,
        ...result.aggregates.flatMap((a, i) => addValue(a, i, a.value ? python(a.value) : "1")),
      ];
  const text = body.concat(condition).join("\n");
  // What is added up during a span is in a table of its own, under the same key.
  const others = [...beside].map((other) => {
    const place = `bpf[${pythonString(other.name)}]`;
    return `${entryBeside(other)} = ${place}.get(key, ${place}.Leaf())`;
  });
  const isKeyless = !shows && result.keys.length === 0;
  return [
    `def take_${index}():`,
    `    """What is open of \`${pythonComment(result.query)}\`."""`,
    ...indented([
      `entries = list(bpf[${pythonString(table.name)}].items())`,
      ...(/\bnow\b/.test(text) ? ["now = boot_time()"] : []),
      shows ? "rows = []" : isKeyless ? `groups = {(): ${fresh}}` : "groups = {}",
      `for ${others.length > 0 ? "key" : "_"}, entry in entries:`,
      ...indented([...others, ...condition, ...body]),
      ...(shows ? ["return rows"] : groupRows(result)),
    ]),
  ].join("\n");
}

/** What makes the keys of two tables the same in memory. */
function keyOf({ key }: StateTable): string {
  return structure(key.map(({ kept }) => kept));
}

function entryBeside({ name }: StateTable): string {
  return `of_${name}`;
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
