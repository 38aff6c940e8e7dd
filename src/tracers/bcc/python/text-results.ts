/** The review form: functions of Python that print each result for people. */
import { isDrawn, isRanked } from "../../../aggregates/shapes.js";
import { hasRate, isOpen, storedWith } from "../../../plan/columns.js";
import type {
  GroupsResult,
  OpenGroupsResult,
  OpenRowsResult,
  Result,
  ResultColumn,
  RowsResult,
} from "../../../plan/plan.js";
import { usualWidth } from "../../../plan/usual-width.js";
import { oneLine } from "../../one-line.js";
import { aggregateColumns, aggregationOf, boundsOf } from "../aggregates.js";
import type { GroupsLayout, RowsLayout } from "../layout/result-layout.js";
import { indented, pythonComment, pythonLine, pythonString } from "../quoting.js";
import { comprehension, filled, textCall, wrappedWords } from "./lines.js";
import { gather } from "./gather.js";
import { gatherGroups } from "./python-groups.js";
import {
  alignment,
  columnValues,
  shown,
  shownColumns,
  showing,
  type PythonContext,
} from "./python-values.js";

type Report = Exclude<Result, RowsResult>;

/** A function that prints, and what stands at top level before it. */
export interface Printer {
  readonly name: string;
  readonly lines: readonly string[];
  readonly timer?: string;
}

/** A column, and its value in Python as it is printed. */
interface PrintedColumn extends Pick<ResultColumn, "label" | "type"> {
  readonly text: string;
}

/** A stack is many lines: it stands below what else is known of the row. */
function stacksLast<Column extends Pick<ResultColumn, "type">>(
  columns: readonly Column[],
): readonly Column[] {
  return [
    ...columns.filter(({ type }) => type.kind !== "stack"),
    ...columns.filter(({ type }) => type.kind === "stack"),
  ];
}

/** A label is the user's text: it must not move the cursor either. */
function shownLabel({ label }: Pick<ResultColumn, "label">, gap = ""): string {
  return pythonString(
    gap + label.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, "?"),
  );
}

function printer(
  name: string,
  parameters: string,
  query: string,
  { program }: PythonContext,
  body: readonly string[],
  before: readonly string[] = [],
): Printer {
  // The only query of a program stands at its top.
  const described = program.plan.results.length > 1 ? docstring(query) : [];
  return {
    name,
    lines: [...before, `def ${name}(${parameters}):`, ...indented([...described, ...body])],
  };
}

function docstring(query: string): readonly string[] {
  const [first = "", ...rest] = wrappedWords(pythonLine(query), 88);
  return rest.length === 0 ? [`"""${pythonComment(query)}"""`] : [`"""${first}`, ...rest, '"""'];
}

/** Says which of several results follows. */
function title(query: string, { program, uses }: PythonContext): readonly string[] {
  return program.plan.results.length > 1 ? textCall(`${uses.of("print_title")}(`, oneLine(query), ")") : [];
}

// ---------------------------------------------------------------- a line an event

export function rowPrinter(
  result: RowsResult,
  layout: RowsLayout,
  context: PythonContext,
): Printer & { readonly header: string } {
  const { uses, names } = context;
  const values = columnValues(result.columns, layout.columns, (name) => `event.${name}`, uses);
  const columns = shownColumns(result.columns, values, uses).map(
    ([column, value]): ResultColumn & PrintedColumn => ({
      ...column,
      text: shown(value, column, false, context),
    }),
  );
  const name = names.take(`print_${layout.name}`);
  const format = names.take(`${layout.name} format`).toUpperCase();
  const counter = names.take(`${layout.name} lines`);
  const ordered = stacksLast(columns);
  const limit = result.limit;
  const isLimited = limit !== undefined;
  return {
    ...printer(
      name,
      "bpf, event",
      result.query,
      context,
      [
        ...(isLimited ? [`if ${uses.of("stopping")}.is_set():`, "    return -1"] : []),
        ...title(result.query, context),
        ...filled(
          `${uses.of("write")}(${format}.format(`,
          ordered.map((c) => c.text),
          "))",
        ),
        ...(isLimited ? [`if next(${counter}) >= ${limit}:`, `    ${uses.of("stopping")}.set()`] : []),
      ],
      [
        `${format} = ${pythonString(rowTemplate(ordered))}`,
        ...(isLimited ? [`${counter} = ${uses.module("itertools")}.count(1)`] : []),
        "",
      ],
    ),
    header: headerLine(format, ordered, uses),
  };
}

/** The last column of a line needs no width, and a stack begins on the next. */
function rowTemplate(columns: readonly ResultColumn[]): string {
  const last = columns.findLastIndex(({ type }) => type.kind !== "stack");
  return columns
    .map((column, i) => {
      const side = alignment(column);
      const width = Math.max(usualWidth(column), column.label.length);
      const field = i < last || (i === last && side === ">") ? `{:${side}${width}}` : "{}";
      return i === 0 || i > last ? field : `  ${field}`;
    })
    .join("");
}

function headerLine(
  format: string,
  columns: readonly Pick<ResultColumn, "label" | "type">[],
  uses: PythonContext["uses"],
): string {
  const labels = columns.map((column, i) =>
    shownLabel(column, column.type.kind === "stack" && i > 0 ? "  " : ""),
  );
  return `${uses.of("write")}(${format}.format(${labels.join(", ")}))`;
}

// ---------------------------------------------------------------- reports

export function reportPrinter(result: Report, index: number, context: PythonContext): Printer {
  const { program, names } = context;
  const layout = program.results[index];
  const stem = layout?.kind === "groups" ? layout.name : stemOf(result, program);
  const name = names.take(`print_${stem}`);
  if (result.kind === "line") return linePrinter(result, index, name, stem, layout as GroupsLayout, context);
  const { lines, before, timer } = gather(result, index, context);
  const body = [
    ...lines,
    ...secondsLine(result, index, context),
    ...title(result.query, context),
    ...(result.every === undefined ? [] : clockLine(context)),
    ...(result.kind === "openRows" ? entryTable(result, context) : groupTable(result, context)),
  ];
  return {
    ...printer(name, "bpf, options", result.query, context, body, before),
    ...(timer === undefined ? {} : { timer }),
  };
}

function stemOf(result: Report, program: PythonContext["program"]): string {
  return isOpen(result) ? program.state(result.state).stem : result.kind;
}

function secondsLine(result: Result, index: number, { uses }: PythonContext): readonly string[] {
  return hasRate(result) ? [`seconds = ${uses.of("seconds_since")}(${index})`] : [];
}

function clockLine({ uses }: PythonContext): string[] {
  return [`${uses.of("write")}("\\n" + ${uses.module("time")}.strftime("%H:%M:%S"))`];
}

function keyCells(
  columns: readonly ResultColumn[],
  name: string,
  context: PythonContext,
): readonly PrintedColumn[] {
  const values = columns.map((_, i) => `${name}[${i}]`);
  return shownColumns(columns, values, context.uses).map(([column, value]) => ({
    ...column,
    text: shown(value, column, false, context),
  }));
}

function aggregateCells(
  result: Exclude<Report, OpenRowsResult>,
  context: PythonContext,
): readonly PrintedColumn[] {
  return result.aggregates.flatMap((aggregate, i) =>
    aggregateColumns(aggregate, `group[${storedWith(result, i)}]`, context.uses).map((column) => ({
      ...column,
      text: shown(column.value, column, column.isNullable, context),
    })),
  );
}

function printTable(
  cells: readonly PrintedColumn[],
  row: string,
  rows: string,
  { uses }: PythonContext,
): readonly string[] {
  const columns = stacksLast(cells);
  const texts = columns.map((c) => c.text);
  const labels = `[${columns.map((c) => shownLabel(c)).join(", ")}]`;
  const sides = pythonString(columns.map(alignment).join(""));
  const print = `${uses.of("print_table")}(`;
  const whole = filled(print, [labels, sides, `[[${texts.join(", ")}] for ${row} in ${rows}]`], ")");
  if (whole.length === 1) return whole;
  return [
    ...comprehension("rows = ", ["[", texts, "]"], `for ${row} in ${rows}`),
    ...filled(print, [labels, sides, "rows"], ")"),
  ];
}

function entryTable(result: OpenRowsResult, context: PythonContext): readonly string[] {
  return printTable(keyCells(result.columns, "row", context), "row", "rows", context);
}

function groupTable(result: GroupsResult | OpenGroupsResult, context: PythonContext): readonly string[] {
  const { uses } = context;
  const cells = [...keyCells(result.keys, "key", context), ...aggregateCells(result, context)];
  const histograms = result.aggregates.some(({ type }) => isDrawn(type));
  const isKeyed = result.keys.length > 0;
  const key = keyCells(result.keys, "key", context).length > 0 ? "key" : "_";
  const rows = isKeyed ? "ranked" : "groups.items()";
  const ranking = isKeyed ? rankedGroups(result, uses) : [];
  if (!histograms) return [...ranking, ...printTable(cells, `${key}, group`, rows, context)];
  return [
    ...ranking,
    ...(isKeyed ? ["if not ranked:", `    ${uses.of("write")}("no events")`] : []),
    `for ${key}, group in ${rows}:`,
    ...indented([...cells.map((cell) => labelled(cell, uses)), ...histogramLines(result, context)]),
  ];
}

function labelled(cell: PrintedColumn, uses: PythonContext["uses"]): string {
  return cell.type.kind === "stack"
    ? `${uses.of("write")}(${shownLabel(cell)} + ${cell.text})`
    : `${uses.of("write")}(${shownLabel(cell)}, ${cell.text})`;
}

function histogramLines(result: Exclude<Report, OpenRowsResult>, context: PythonContext): readonly string[] {
  const { uses } = context;
  return result.aggregates.flatMap((aggregate, i) => {
    if (!isDrawn(aggregate.type)) return [];
    const found = `${uses.of("buckets")}(group[${i}], ${boundsOf(aggregate, uses)})`;
    return [
      `${uses.of("write")}(${shownLabel(aggregate)})`,
      ...filled(`${uses.of("print_histogram")}(`, [found, showing(aggregate, context)], ")", 8),
    ];
  });
}

/** The groups that matter most first; the others by their keys. */
function rankedGroups(
  result: GroupsResult | OpenGroupsResult,
  uses: PythonContext["uses"],
): readonly string[] {
  const numeric = result.aggregates.findIndex(({ type }) => isRanked(type));
  const by = result.top?.by ?? Math.max(0, numeric);
  const aggregate = result.aggregates[by];
  if (!aggregate) throw new Error("there is nothing to rank groups by");
  const top = result.top?.count;
  const rank = aggregationOf(aggregate.fn).rank(`row[1][${storedWith(result, by)}]`, uses);
  // Stacks may be missing, and nothing is not to be compared with a text.
  const key = result.keys.some(({ type }) => type.kind === "stack") ? "str(row[0])" : "row[0]";
  return filled(
    "ranked = sorted(",
    ["groups.items()", `key=lambda row: (-${rank}, ${key})`],
    `)[:${top === undefined ? "options.top" : `options.top or ${top}`}]`,
  );
}

// ---------------------------------------------------------------- a line an interval

function linePrinter(
  result: Report & { readonly kind: "line" },
  index: number,
  name: string,
  stem: string,
  layout: GroupsLayout,
  context: PythonContext,
): Printer {
  const { uses, names } = context;
  const cells = aggregateCells(result, context);
  const format = names.take(`${stem} format`).toUpperCase();
  const counter = names.take(`${stem} lines`);
  const template = ["{:<8}", ...cells.map((c) => `{:>${Math.max(8, c.label.length)}}`)].join("  ");
  const labels = [pythonString("time"), ...cells.map((c) => shownLabel(c))];
  const every = result.header;
  return printer(
    name,
    "bpf, options",
    result.query,
    context,
    [
      ...gatherGroups(result, index, layout, context),
      ...secondsLine(result, index, context),
      ...title(result.query, context),
      "group = groups[()]",
      `if ${every === undefined ? `next(${counter}) == 0` : `next(${counter}) % ${every} == 0`}:`,
      ...indented(filled(`${uses.of("write")}(${format}.format(`, labels, "))", 8)),
      ...filled(
        `${uses.of("write")}(${format}.format(`,
        [`${uses.module("time")}.strftime("%H:%M:%S")`, ...cells.map((c) => c.text)],
        "))",
      ),
    ],
    [`${format} = ${pythonString(template)}`, `${counter} = ${uses.module("itertools")}.count()`, ""],
  );
}
