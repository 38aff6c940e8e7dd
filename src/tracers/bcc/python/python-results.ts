/** What a program prints: a function of Python for each result. */
import type { Plan, Result, ResultAggregate, ResultColumn } from "../../../plan/plan.js";
import type { Type } from "../../../semantics/types/types.js";
import { consume } from "../c/buffer.js";
import { openRows } from "./python-open.js";
import { aggregatesOf, isOpen, keyColumns } from "../../../plan/columns.js";
import { usualWidth } from "../../../plan/usual-width.js";
import { isRight, keptInPython, showing, type NamedSets } from "./python-values.js";
import type { Program } from "../c/program.js";
import type { GroupsLayout, RowsLayout } from "../layout/result-layout.js";
import { indented, pythonComment, pythonString } from "../quoting.js";
import { append } from "../../../lists.js";

type Grouped = Exclude<Result, { kind: "rows" }>;

/** The function that prints result \`index\`: on an event of it, or when it is asked. */
export function resultFunctions(plan: Plan, program: Program, sets: NamedSets): string[] {
  return plan.results.map((result, index) => {
    const layout = program.results[index];
    if (result.kind === "rows") return rowFunction(result, index, layout as RowsLayout, program, sets);
    const rows = isOpen(result)
      ? openRows(result, index, program)
      : takeRows(result, index, layout as GroupsLayout);
    return [rows, reportFunction(result, index, program, sets)].join("\n\n\n");
  });
}

/** Name, place and writer of each column, as a list of Python. */
function columnList(
  name: string,
  columns: readonly Pick<ResultColumn, "label" | "type" | "display">[],
  sets: NamedSets,
): string[] {
  return [
    `${name} = [`,
    ...columns.map(
      ({ label, type, display }) =>
        `    (${pythonString(shownLabel(label))}, ${isRight(type) ? "True" : "False"}, ${showing(type, display, sets)}),`,
    ),
    "]",
  ];
}

/** A label is the user's text: it must not move the cursor either. */
function shownLabel(label: string): string {
  return label.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, "?");
}

// ---------------------------------------------------------------- a line an event

/** Lines that wait until it was read what code there is: a few, since reading goes on as long as events come. */
const MOST_KEPT = 256;

function rowFunction(
  result: Result & { kind: "rows" },
  index: number,
  layout: RowsLayout,
  program: Program,
  sets: NamedSets,
): string {
  const values = result.columns.map((column, i) => {
    const field = layout.columns[i];
    return field ? keptInPython(field, column.type, `event.${field.name}`) : "None";
  });
  const widths = result.columns.map((c) => Math.max(usualWidth(c), c.label.length));
  const limit =
    result.limit === undefined
      ? []
      : [`shown_${index}.append(1)`, `if len(shown_${index}) >= ${result.limit}:`, "    stopping.set()"];
  const keeps = program.tellsCodeOf(result);
  const title = program.plan.results.length > 1 ? [`    title(${pythonString(oneLine(result.query))})`] : [];
  return [
    ...columnList(`COLUMNS_${index}`, result.columns, sets),
    `WIDTHS_${index} = [${widths.join(", ")}]`,
    ...(limit.length > 0 ? [`shown_${index} = []`] : []),
    "",
    "",
    `def show_${index}(_context, data, _size):`,
    `    """${pythonComment(result.query)}"""`,
    ...indented([
      // A number below zero ends the reading for now.
      `if ${limit.length > 0 ? "stopping.is_set()" : "unwritten"}:`,
      "    return -1",
      `event = bpf[${pythonString(`${layout.name}_buffer`)}].event(data)`,
      ...assigned("values", "[", values, "]"),
      "if arguments.json:",
      `    ${keeps ? "kept.append" : "say"}({"row": ${index}, "values": values})`,
      "else:",
      ...title,
      `    show_line(COLUMNS_${index}, values, WIDTHS_${index})`,
      ...limit,
      ...(keeps ? [`return -1 if len(kept) >= ${MOST_KEPT} else 0`] : []),
    ]),
  ].join("\n");
}

/** One line where it is short. */
export function assigned(name: string, open: string, items: readonly string[], close: string): string[] {
  const line = `${name} = ${open}${items.join(", ")}${close}`;
  if (line.length <= 88) return [line];
  return [`${name} = ${open}`, ...indented(items.map((i) => `${i},`)), close];
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

// ---------------------------------------------------------------- groups from tables

/** An aggregate of nothing, as the functions below add to it. */
export function nothingOf({ fn }: ResultAggregate): string {
  switch (fn) {
    case "count":
    case "sum":
      return "0";
    case "min":
    case "max":
      return "None";
    case "hist":
    case "lhist":
      return "{}";
    default:
      return "[0, 0]";
  }
}

/** What a group's aggregate says, in the end. */
export function finalValue({ fn, range }: ResultAggregate, group: string): string {
  switch (fn) {
    case "avg":
      return `divided(*${group}) if ${group}[1] else None`;
    case "stats":
      return `summary(*${group})`;
    case "hist":
      return `histogram(${group}, power_bounds)`;
    case "lhist":
      return `histogram(${group}, linear_bounds(${range?.min ?? 0}, ${range?.max ?? 0}, ${range?.step ?? 1}))`;
    default:
      return group;
  }
}

export function groupRows(result: Grouped): string[] {
  const values = aggregatesOf(result).map((a, i) => finalValue(a, `group[${i}]`));
  return ["return [", `    (name, [${values.join(", ")}])`, "    for name, group in groups.items()", "]"];
}

function takeRows(result: Grouped, index: number, layout: GroupsLayout): string {
  const columns = result.kind === "groups" ? result.keys : [];
  const keyOf = (at: string): string => {
    const parts = layout.keys.map((field, i) =>
      keptInPython(field, (columns[i] as ResultColumn).type, `${at}.${field.name}`),
    );
    return parts.length === 1 ? `(${parts[0] ?? ""},)` : `(${parts.join(", ")})`;
  };
  const fresh = `[${aggregatesOf(result).map(nothingOf).join(", ")}]`;
  const isKeyed = layout.keys.length > 0;
  const group = (at: string): string[] => [
    `group = groups.setdefault(${isKeyed ? keyOf(at) : "()"}, ${fresh})`,
  ];
  const lines = [`turn = next_turn(${index})`, isKeyed ? "groups = {}" : `groups = {(): ${fresh}}`];
  if (layout.scalars.size > 0) {
    lines.push(
      `for ${isKeyed ? "key" : "_"}, counted in taken(bpf[${pythonString(`${layout.name}_groups`)}], lambda key: key.${isKeyed ? "turn" : "value"} == turn):`,
    );
    append(
      lines,
      indented([
        ...group("key"),
        ...[...layout.scalars].flatMap(([i, scalar]) =>
          addScalar(aggregatesOf(result)[i] as ResultAggregate, i, scalar),
        ),
      ]),
    );
  }
  for (const [i, slots] of layout.histograms) {
    append(lines, [
      `for key, counted in taken(bpf[${pythonString(slots.table)}], lambda key: ${isKeyed ? "key.place.turn" : `key.value // ${slots.most}`} == turn):`,
      ...indented([
        ...group("key.place"),
        `slot = key.${isKeyed ? "number" : `value % ${slots.most}`}`,
        "if sum(counted):",
        `    group[${i}][slot] = group[${i}].get(slot, 0) + sum(counted)`,
      ]),
    ]);
  }
  return [
    `def take_${index}():`,
    `    """The groups of \`${pythonComment(result.query)}\` since the last time."""`,
    ...indented([...lines, ...groupRows(result)]),
  ].join("\n");
}

function addScalar(
  { fn }: ResultAggregate,
  i: number,
  { name, count }: { readonly name: string; readonly count: string | undefined },
): string[] {
  const total = `sum(cpu.${name} for cpu in counted)`;
  switch (fn) {
    case "count":
    case "sum":
      return [`group[${i}] += ${total}`];
    case "min":
    case "max":
      return [
        `group[${i}] = ${fn === "min" ? "least" : "most"}_of([group[${i}]] + [cpu.${name} for cpu in counted if cpu.${count ?? ""}])`,
      ];
    default:
      return [`group[${i}][0] += ${total}`, `group[${i}][1] += sum(cpu.${count ?? ""} for cpu in counted)`];
  }
}

// ---------------------------------------------------------------- reports

const COUNT: Type = { kind: "number", unit: "none", signed: false };

interface Shown extends Pick<ResultColumn, "label" | "type" | "display"> {
  /** Of Python: from the key \`name\` and the aggregates \`values\`. */
  readonly value: string;
}

function shownColumns(result: Grouped): Shown[] {
  return [
    ...keyColumns(result).map((k, i): Shown => ({ ...k, value: `name[${i}]` })),
    ...aggregatesOf(result).flatMap((a, i): Shown[] => {
      if (a.type.kind === "histogram") return [];
      if (a.type.kind !== "stats") return [{ ...a, value: `values[${i}]` }];
      const type: Type = { kind: "number", unit: a.type.unit, signed: true };
      return [
        { label: `${a.label} count`, type: COUNT, value: `values[${i}]["count"]` },
        { ...a, label: `${a.label} avg`, type, value: `values[${i}]["average"]` },
        { ...a, label: `${a.label} sum`, type, value: `values[${i}]["total"]` },
      ];
    }),
  ];
}

function reportFunction(result: Grouped, index: number, program: Program, sets: NamedSets): string {
  const { plan } = program;
  const columns = shownColumns(result);
  // A stack is many lines: what stands beside it is read with its first.
  const ordered = [
    ...columns.filter((c) => c.type.kind !== "stack"),
    ...columns.filter((c) => c.type.kind === "stack"),
  ];
  const histograms = aggregatesOf(result).flatMap((a, i) => (a.type.kind === "histogram" ? [{ a, i }] : []));
  const facts = `[${ordered.map((c) => c.value).join(", ")}]`;
  const list = [
    ...columnList(`COLUMNS_${index}`, ordered, sets),
    ...(histograms.length > 0
      ? [
          `HISTOGRAMS_${index} = [`,
          ...histograms.map(
            ({ a, i }) =>
              `    (${i}, ${pythonString(shownLabel(a.label))}, ${showing(a.type, a.display, sets)}),`,
          ),
          "]",
        ]
      : []),
  ];
  const body =
    result.kind === "line"
      ? lineReport(result, index, facts, histograms.length > 0)
      : tableReport(result, index, facts, histograms.length > 0, plan);
  return [
    ...list,
    ...(result.kind === "line"
      ? [
          `WIDTHS_${index} = [8, ${ordered.map((c) => Math.max(8, c.label.length)).join(", ")}]`,
          `lines_${index} = []`,
        ]
      : []),
    "",
    "",
    `def report_${index}(final=False):`,
    `    """${pythonComment(result.query)}"""`,
    ...indented([
      `rows = take_${index}()`,
      "if arguments.json:",
      // What is told of code goes before the stacks that are in it.
      ...(program.tellsCodeOf(result) ? [`    ${consume(program.dialect)}()`] : []),
      `    say({"groups": ${index}, "time": boot_time(), "rows": rows, "final": final})`,
      "    return",
      ...body,
    ]),
  ].join("\n");
}

function tableReport(
  result: Grouped,
  index: number,
  facts: string,
  isHistogram: boolean,
  plan: Plan,
): string[] {
  const numeric = aggregatesOf(result).findIndex(({ fn }) => !["hist", "lhist", "stats"].includes(fn));
  const top = "top" in result ? result.top : undefined;
  const rank = top?.by ?? Math.max(0, numeric);
  const sorted = aggregatesOf(result).length > 0 ? `by_size(rows, ${rank})` : "rows";
  const clock = `write("\\n" + time.strftime("%H:%M:%S"))`;
  const head = plan.results.length > 1 ? [`title(${pythonString(oneLine(result.query))})`] : [];
  return [
    ...head,
    ...(result.every === undefined ? ["if arguments.interval:", `    ${clock}`] : [clock]),
    `rows = ${sorted}[:${top ? `arguments.top or ${top.count}` : "arguments.top"}]`,
    isHistogram
      ? `show_blocks(COLUMNS_${index}, HISTOGRAMS_${index}, [(${facts}, values) for name, values in rows])`
      : `show_table(COLUMNS_${index}, [${facts} for name, values in rows])`,
  ];
}

function lineReport(
  result: Grouped & { kind: "line" },
  index: number,
  facts: string,
  isHistogram: boolean,
): string[] {
  const header = result.header;
  const isDue = header === undefined ? `not lines_${index}` : `len(lines_${index}) % ${header} == 0`;
  return [
    `columns = [("time", False, str)] + COLUMNS_${index}`,
    `if ${isDue}:`,
    `    write(aligned([name for name, _, _ in columns], columns, WIDTHS_${index}))`,
    `lines_${index}.append(1)`,
    "values = rows[0][1]",
    `show_line(columns, [time.strftime("%H:%M:%S")] + ${facts}, WIDTHS_${index})`,
    ...(isHistogram
      ? [
          `for place, name, show in HISTOGRAMS_${index}:`,
          "    write(name)",
          "    show_histogram(values[place], show)",
        ]
      : []),
  ];
}
