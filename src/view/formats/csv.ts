/**
 * `--format csv`: RFC 4180. The names of the columns come first, and again after an empty line when another
 * result follows; results printed at an interval have its end in a column `time`, and `true` in the last column,
 * `partial`, where it was cut short. A histogram is one cell, `[4,7]=3 [8,15]=1`, a summary three.
 *
 * Cells with quotes, commas or line breaks are quoted. Line breaks and tabs are kept; other control characters are
 * escaped as in a table, in files too, since a file may be shown with `cat`. JSON has the names unescaped. A name
 * that begins with `=` is written unchanged: import a file from an untrusted machine as text, not as formulas.
 */
import type { Result, ResultAggregate } from "../../plan/plan.js";
import { isDrawn, labelOfPart, partsOf } from "../../aggregates/shapes.js";
import { isHistogram, type AggregateValue } from "../../aggregates/values.js";
import type { GroupsEvent, RowEvent, Value } from "../../results/events.js";
import { hasIntervals } from "../../results/batch-times.js";
import { aggregatesOf, keyColumns } from "../../plan/columns.js";
import { cellWriter, isPlainText, type CellStyle, type CellWriter } from "../value/cell-writer.js";
import { escapeText } from "../value/escape.js";
import { plainValue } from "../value/format-value.js";
import { batchTime, type Plain } from "./records.js";
import type { ViewContext, Writer } from "../types.js";

const END = "\r\n";

type AggregateWriter = (value: AggregateValue) => string;

/** They write the comma before each cell but the first of a line. */
interface GroupWriters {
  readonly keys: readonly CellWriter[];
  /** An aggregate has one for each of its parts. */
  readonly values: readonly { readonly of: number; readonly write: AggregateWriter }[];
}

const NO_WRITERS: GroupWriters = { keys: [], values: [] };

export class CsvWriter implements Writer {
  private last: number | undefined;
  private readonly seen = new Set<number>();

  /** Of each result's columns. */
  private readonly writers: readonly (readonly CellWriter[])[];
  private readonly groupWriters: readonly GroupWriters[];

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
    this.groupWriters = context.plan.results.map((result) => this.groupWritersOf(result));
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
    const time = result.every === undefined ? "" : `${quote(batchTime(event, result, this.context) ?? "")},`;
    const end = (hasIntervals(result) ? `,${cellOf(event.partial ?? null)}` : "") + END;
    const { keys, values } = this.groupWriters[event.result] ?? NO_WRITERS;
    for (const group of event.groups) {
      let text = time;
      for (let i = 0; i < keys.length; i++) text += (keys[i] as CellWriter)(group.keys[i] ?? null);
      for (const { of, write } of values) text += write(group.values[of] ?? null);
      this.context.write(text + end);
    }
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

  private groupWritersOf(result: Result): GroupWriters {
    const columns = keyColumns(result);
    const style = (isFirst: boolean): CellStyle => ({
      text: quote,
      other: cellOf,
      before: isFirst ? "" : ",",
      after: "",
    });
    return {
      keys: columns.map((column, i) => cellWriter(column, this.context, style(i === 0))),
      values: aggregatesOf(result).flatMap((column, i) =>
        this.aggregateWriters(column, style(columns.length === 0 && i === 0)).map((write) => ({
          of: i,
          write,
        })),
      ),
    };
  }

  /** A histogram is one cell, a summary one for each part. */
  private aggregateWriters(column: ResultAggregate, style: CellStyle): AggregateWriter[] {
    const plain = (part: Value): Plain => plainValue(part, column, this.context);
    if (isDrawn(column.type))
      return [
        (value) => {
          const buckets = isHistogram(value) ? value.buckets : [];
          const texts = buckets.map(
            ({ min, max, count }) => `[${cellOf(plain(min))},${cellOf(plain(max))}]=${count}`,
          );
          return style.before + quote(texts.join(" "));
        },
      ];
    return partsOf(column.type).map((part, i): AggregateWriter => {
      const before = i === 0 ? style.before : ",";
      if (part.countsEvents) return (value) => before + cellOf(part.of(value));
      const write = cellWriter(column, this.context, { ...style, before });
      return (value) => write(part.of(value));
    });
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
