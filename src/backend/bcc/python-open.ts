/** The open entries of a span: walked, tested and grouped by the program when it reports them. */
import type { OpenResult, ResultAggregate } from "../../plan/plan.js";
import type { Typed } from "../../semantics/typed.js";
import type { Program } from "./program.js";
import { pythonExpression } from "./python-expression.js";
import { assigned, groupRows, nothingOf } from "./python-results.js";
import { indented, pythonComment, pythonString } from "./text.js";

export function openRows(result: OpenResult, index: number, program: Program): string {
  const table = program.state(result.entries);
  const python = (value: Typed): string => pythonExpression(value, table);
  const shows = result.columns.length > 0;
  const columns = (shows ? result.columns : result.keys).map((c) => python(c.value));
  const key = columns.length === 1 ? `(${columns[0] ?? ""},)` : `(${columns.join(", ")})`;
  const condition = result.condition ? [`if not ${python(result.condition)}:`, "    continue"] : [];
  const fresh = `[${result.aggregates.map(nothingOf).join(", ")}]`;
  const body = shows
    ? [`rows.append((${key}, []))`]
    : [
        ...(key.length < 80 ? [`name = ${key}`] : assigned("name", "(", columns, ")")),
        `group = groups.setdefault(name, ${fresh})`,
        ...result.aggregates.flatMap((a, i) => addValue(a, i, a.value ? python(a.value) : "1")),
      ];
  const text = body.concat(condition).join("\n");
  const isKeyless = !shows && result.keys.length === 0;
  return [
    `def take_${index}():`,
    `    """What is open of \`${pythonComment(result.query)}\`."""`,
    ...indented([
      `entries = [entry for _, entry in bpf[${pythonString(table.name)}].items()]`,
      ...(/\bnow\b/.test(text) ? ["now = boot_time()"] : []),
      shows ? "rows = []" : isKeyless ? `groups = {(): ${fresh}}` : "groups = {}",
      "for entry in entries:",
      ...indented([...condition, ...body]),
      ...(shows ? ["return rows"] : groupRows(result)),
    ]),
  ].join("\n");
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
