/** Converts results to plain values, for the formats that programs read. */
import type { Result, ResultColumn } from "../../plan/plan.js";
import { partsOf } from "../../aggregates/shapes.js";
import { isHistogram, type AggregateValue } from "../../aggregates/values.js";
import type { Group, GroupsEvent, Value } from "../../results/events.js";
import { aggregatesOf, keyColumns } from "../../plan/columns.js";
import { typeName } from "../../types/types.js";
import { isNumber } from "../../integers.js";
import { cellWriter, isPlainText, type CellStyle, type CellWriter } from "../value/cell-writer.js";
import { escapeJson } from "../value/escape.js";
import { UNITS } from "../../types/units.js";
import { isoTime, plainValue, type Formatting } from "../value/format-value.js";
import type { ViewSummary } from "../types.js";

export type Plain = Value | readonly Plain[] | { readonly [name: string]: Plain };

export function recordColumns(result: Result): readonly ResultColumn[] {
  return [...keyColumns(result), ...aggregatesOf(result)];
}

/** The name, the type, and the unit of the numbers, if they have one. */
function describeColumn({ label, type, display }: ResultColumn): Plain {
  const amount = display?.spelling ?? ("unit" in type ? UNITS[type.unit].base : undefined);
  const unit = type.kind === "number" && type.per ? `${amount ?? "1"}/s` : amount;
  return { name: label, type: typeName(type), ...(unit === undefined ? {} : { unit }) };
}

export function describeResult(result: Result): Plain {
  return { query: result.query, columns: recordColumns(result).map(describeColumn) };
}

/** What a program must know to trust the results. */
export function describeSummary(summary: ViewSummary, warnings: readonly string[]): Plain {
  const { ended, lost, damaged, shortfalls = [] } = summary;
  const incomplete = shortfalls.map(({ why, result, count }) => ({
    why,
    ...(result === undefined ? {} : { result }),
    ...(count === undefined ? {} : { count }),
  }));
  return {
    ...(ended === undefined ? {} : { ended }),
    lost,
    damaged,
    warnings,
    ...(incomplete.length > 0 ? { incomplete } : {}),
  };
}

export function rowValues(values: readonly Value[], result: Result, formatting: Formatting): Plain[] {
  return keyColumns(result).map((column, i) => plainValue(values[i] ?? null, column, formatting));
}

export function groupValues(group: Group, result: Result, formatting: Formatting): Plain[] {
  return [
    ...rowValues(group.keys, result, formatting),
    ...aggregatesOf(result).map((column, i) => plainAggregate(group.values[i] ?? null, column, formatting)),
  ];
}

function plainAggregate(value: AggregateValue, column: ResultColumn, formatting: Formatting): Plain {
  const plain = (part: Value): Value => plainValue(part, column, formatting);
  if (isHistogram(value))
    return value.buckets.map(({ min, max, count }) => ({ min: plain(min), max: plain(max), count }));
  const parts = partsOf(column.type);
  const values = parts.map((part) => (part.countsEvents ? part.of(value) : plain(part.of(value))));
  if (value === null || parts.length === 1) return values[0] ?? null;
  return Object.fromEntries(parts.map(({ name }, i) => [name, values[i] ?? null]));
}

/** Returns when a batch was printed, for results printed more than once. */
export function batchTime(event: GroupsEvent, result: Result, formatting: Formatting): string | undefined {
  return result.every === undefined || BigInt(event.nsecs) === 0n
    ? undefined
    : isoTime(event.nsecs, formatting.clock);
}

/** Marks the rows of a batch that does not cover a whole interval. */
export function partialMembers({ partial, seconds }: GroupsEvent): { readonly [name: string]: Plain } {
  return { ...(partial === true ? { partial } : {}), ...(seconds === undefined ? {} : { seconds }) };
}

/** Returns a value as JSON on one line; numbers that a JSON reader would round become strings. */
export function toJson(value: Plain): string {
  return escapeJson(
    JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? each.toString() : each)),
  );
}

/** Returns a function that writes the rows of a result as JSON, as `toJson` writes the object of each. */
export function rowWriter(
  result: Result,
  index: number,
  formatting: Formatting,
): (values: readonly Value[]) => string {
  const columns = keyColumns(result);
  // Of columns with the same name, an object has the last.
  const cells = columns.flatMap((column, i) =>
    columns.findLastIndex(({ label }) => label === column.label) === i ? [{ column, i }] : [],
  );
  const writers = cells.map(({ column, i }, at) => ({
    i,
    write: cellWriter(column, formatting, {
      text: (text) => (isPlainText(text) ? `"${text}"` : toJson(text)),
      other: (value) => (typeof value === "number" ? String(value) : toJson(value)),
      before: `${at === 0 ? `{"result":${index},"values":{` : ","}${toJson(column.label)}:`,
      after: at === cells.length - 1 ? "}}" : "",
    }),
  }));
  return (values) => {
    let text = "";
    for (const { i, write } of writers) text += write(values[i] ?? null);
    return text;
  };
}

/**
 * Returns a function that writes the values of groups as JSON, as `toJson` writes the object of each; undefined if the
 * names of the columns are such that an object has them in another order.
 */
export function groupWriter(result: Result, formatting: Formatting): ((group: Group) => string) | undefined {
  const labels = recordColumns(result).map(({ label }) => label);
  if (new Set(labels).size < labels.length || labels.some((label) => /^\d+$/.test(label))) return undefined;
  const style = (column: ResultColumn, place: number): CellStyle => ({
    text: (text) => (isPlainText(text) ? `"${text}"` : toJson(text)),
    other: (value) => (typeof value === "number" ? String(value) : toJson(value)),
    before: `${place === 0 ? "{" : ","}${toJson(column.label)}:`,
    after: "",
  });
  const keys = keyColumns(result).map((column, i) => cellWriter(column, formatting, style(column, i)));
  const values = aggregatesOf(result).map((column, i) => {
    const own = style(column, keys.length + i);
    const write = cellWriter(column, formatting, own);
    return (value: AggregateValue): string =>
      isNumber(value) ? write(value) : own.before + toJson(plainAggregate(value, column, formatting));
  });
  return (group) => {
    let text = "";
    for (let i = 0; i < keys.length; i++) text += (keys[i] as CellWriter)(group.keys[i] ?? null);
    for (let i = 0; i < values.length; i++)
      text += (values[i] as (value: AggregateValue) => string)(group.values[i] ?? null);
    return `${text}}`;
  };
}

/** Returns a row as an object, keyed by the names of the columns. */
export function asObject(result: Result, values: readonly Plain[]): Plain {
  return Object.fromEntries(recordColumns(result).map(({ label }, i) => [label, values[i] ?? null]));
}
