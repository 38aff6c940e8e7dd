/**
 * `--format csv`: RFC 4180. The names of the columns come first, and again after an empty line when another
 * result follows; results printed at an interval have its end in a column `time`. A histogram is one cell,
 * `[4,7]=3 [8,15]=1`, a summary three.
 *
 * Cells with quotes, commas or line breaks are quoted. Line breaks and tabs are kept; other control characters are
 * escaped as in a table, in files too, since a file may be shown with `cat`. JSON has the names unescaped. A name
 * that begins with `=` is written unchanged: import a file from an untrusted machine as text, not as formulas.
 */
import type { Result, ResultColumn } from "../../plan/plan.js";
import { isDrawn, labelOfPart, partsOf } from "../../aggregates/shapes.js";
import { isHistogram } from "../../aggregates/values.js";
import type { Group, GroupsEvent, RowEvent, Value } from "../../results/events.js";
import { aggregatesOf, keyColumns } from "../../plan/columns.js";
import { UNITS } from "../../types/units.js";
import { escapeText } from "../value/escape.js";
import { isoTime, isUnchanged, plainValue } from "../value/format-value.js";
import { batchTime, rowValues, type Plain } from "./records.js";
import type { ViewContext, Writer } from "../types.js";

const END = "\r\n";

type CellWriter = (value: Value) => string;

export class CsvWriter implements Writer {
  private last: number | undefined;
  private readonly seen = new Set<number>();

  /** The formatters of each result's columns, kept because there may be millions of rows. */
  private readonly writers: readonly (readonly CellWriter[])[];

  constructor(private readonly context: ViewContext) {
    this.writers = context.plan.results.map((result) =>
      keyColumns(result).map((column, i, { length }) => this.cellWriter(column, i < length - 1 ? "," : END)),
    );
  }

  row(event: RowEvent): void {
    const result = this.context.plan.results[event.result];
    if (!result) return;
    this.header(event.result, result);
    const writers = this.writers[event.result] ?? [];
    let text = "";
    for (let i = 0; i < writers.length; i++) text += (writers[i] as CellWriter)(event.values[i] ?? null);
    this.context.write(text);
  }

  /** Returns a writer of cells with `after` appended: joining few long pieces is cheaper than joining many short ones. */
  private cellWriter(column: ResultColumn, after: string): CellWriter {
    const general: CellWriter = (value) => quote(cellOf(plainValue(value, column, this.context))) + after;
    if (column.type.kind === "string")
      return (value) => (typeof value === "string" ? quote(value) + after : general(value));
    if (column.type.kind !== "number" || column.display) return general;
    // Numbers and times never need quotes.
    const { display } = UNITS[column.type.unit];
    if (isUnchanged(display))
      return (value) => (typeof value === "number" ? String(value) + after : general(value));
    if (display.as !== "time") return general;
    let [time, cell] = ["", ""];
    return (value) => {
      if (typeof value !== "number") return general(value);
      const now = isoTime(value, this.context.clock);
      if (now !== time) [time, cell] = [now, now + after];
      return cell;
    };
  }

  groups(event: GroupsEvent): void {
    const result = this.context.plan.results[event.result];
    if (!result) return;
    this.header(event.result, result);
    const time = result.every === undefined ? [] : [batchTime(event, result, this.context) ?? null];
    for (const group of event.groups) this.line([...time, ...this.cells(group, result)]);
  }

  end(): void {
    // A result without data gets its header too, so that a reader finds a table.
    this.context.plan.results.forEach((result, index) => this.seen.has(index) || this.header(index, result));
  }

  private header(index: number, result: Result): void {
    if (this.last === index) return;
    if (this.last !== undefined) this.context.write(END);
    this.last = index;
    this.seen.add(index);
    const names = [
      ...(result.kind === "rows" || result.every === undefined ? [] : ["time"]),
      ...keyColumns(result).map(({ label }) => label),
      ...aggregatesOf(result).flatMap(({ label, type }) =>
        isDrawn(type) ? [label] : partsOf(type).map((part) => labelOfPart(label, part)),
      ),
    ];
    this.line(names);
  }

  private cells(group: Group, result: Result): Plain[] {
    const counted = aggregatesOf(result).flatMap((column, i): Plain[] => {
      const value = group.values[i] ?? null;
      const plain = (part: Value): Plain => plainValue(part, column, this.context);
      if (!isDrawn(column.type))
        return partsOf(column.type).map((part) =>
          part.countsEvents ? part.of(value) : plain(part.of(value)),
        );
      const buckets = isHistogram(value) ? value.buckets : [];
      return [
        buckets
          .map(({ min, max, count }) => `[${cellOf(plain(min))},${cellOf(plain(max))}]=${count}`)
          .join(" "),
      ];
    });
    return [...rowValues(group.keys, result, this.context), ...counted];
  }

  private line(cells: readonly Plain[]): void {
    this.context.write(cells.map((each) => quote(cellOf(each))).join(",") + END);
  }
}

function cellOf(value: Plain): string {
  return value === null ? "" : String(value);
}

function quote(text: string): string {
  if (isPlain(text)) return text;
  const shown = text.replace(/[^\t\n]+/g, escapeText);
  return /[",\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/** Whether the text needs neither quotes nor escapes. A loop is faster than a regular expression on short names. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x2c) return false;
  }
  return true;
}
