/**
 * `--format csv`: RFC 4180. The names of the columns come first, and again after an empty line when another
 * result follows; results printed at an interval have its end in a column `time`, and `true` in the last column,
 * `partial`, where it was cut short. A histogram is one cell, `[4,7]=3 [8,15]=1`, a summary three.
 *
 * Cells with quotes, commas or line breaks are quoted. Line breaks and tabs are kept; other control characters are
 * escaped as in a table, in files too, since a file may be shown with `cat`. JSON has the names unescaped. A name
 * that begins with `=` is written unchanged: import a file from an untrusted machine as text, not as formulas.
 */
import type { Result } from "../../plan/plan.js";
import { isDrawn, labelOfPart, partsOf } from "../../aggregates/shapes.js";
import { isHistogram } from "../../aggregates/values.js";
import type { Group, GroupsEvent, RowEvent, Value } from "../../results/events.js";
import { hasIntervals } from "../../results/batch-times.js";
import { aggregatesOf, keyColumns } from "../../plan/columns.js";
import { cellWriter, isPlainText, type CellWriter } from "../value/cell-writer.js";
import { escapeText } from "../value/escape.js";
import { plainValue } from "../value/format-value.js";
import { batchTime, rowValues, type Plain } from "./records.js";
import type { ViewContext, Writer } from "../types.js";

const END = "\r\n";

export class CsvWriter implements Writer {
  private last: number | undefined;
  private readonly seen = new Set<number>();

  /** Of each result's columns. */
  private readonly writers: readonly (readonly CellWriter[])[];

  constructor(private readonly context: ViewContext) {
    this.writers = context.plan.results.map((result) =>
      keyColumns(result).map((column, i, { length }) =>
        cellWriter(column, context, {
          text: quote,
          other: cellOf,
          before: "",
          after: i < length - 1 ? "," : END,
        }),
      ),
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

  groups(event: GroupsEvent): void {
    const result = this.context.plan.results[event.result];
    if (!result) return;
    this.header(event.result, result);
    const time = result.every === undefined ? [] : [batchTime(event, result, this.context) ?? null];
    const partial = hasIntervals(result) ? [event.partial ?? null] : [];
    for (const group of event.groups) this.line([...time, ...this.cells(group, result), ...partial]);
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
      ...(hasIntervals(result) ? ["partial"] : []),
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
  if (isPlainText(text)) return text;
  const shown = text.replace(/[^\t\n]+/g, escapeText);
  return /[",\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
