/** The columns of a result, whatever kind it is. */
import { definitionOf } from "../aggregates/aggregates.js";
import type { Typed } from "../semantics/typed.js";
import type {
  OpenColumn,
  OpenResult,
  OpenRowsResult,
  Plan,
  Result,
  ResultAggregate,
  ResultColumn,
  RowsResult,
} from "./plan.js";

/** The columns that come first in each line of a result: its keys, or what it shows. */
export function keyColumns(result: Result): readonly ResultColumn[] {
  const columns = sentColumns(result);
  return columns.some(isHidden) ? columns.filter((column) => !isHidden(column)) : columns;
}

/** A column that is put into another one before anything is shown. */
function isHidden({ callerOf }: ResultColumn): boolean {
  return callerOf !== undefined;
}

/** A result with the columns alone that are shown, as its events have them. */
export function shownResult(result: Result): Result {
  const isShown = (column: ResultColumn): boolean => !isHidden(column);
  switch (result.kind) {
    case "groups":
      return { ...result, keys: result.keys.filter(isShown) };
    case "openGroups":
      return { ...result, keys: result.keys.filter(isShown) };
    case "rows":
      return { ...result, columns: result.columns.filter(isShown) };
    case "openRows":
      return { ...result, columns: result.columns.filter(isShown) };
    case "line":
      return result;
  }
}

/** The same as tracers send them: with those that are put into others. */
export function sentColumns(result: Result): readonly ResultColumn[] {
  switch (result.kind) {
    case "groups":
    case "openGroups":
      return result.keys;
    case "rows":
    case "openRows":
      return result.columns;
    case "line":
      return [];
  }
}

/** The columns that open spans are shown in or grouped by. */
export function openColumns(result: OpenResult): readonly OpenColumn[] {
  return result.kind === "openRows" ? result.columns : result.keys;
}

/** All expressions by which a result reads the records of open spans. */
export function openValues(result: Result): readonly Typed[] {
  if (!isOpen(result)) return [];
  const aggregates =
    result.kind === "openGroups" ? result.aggregates.flatMap(({ value }) => value ?? []) : [];
  const condition = result.condition ? [result.condition] : [];
  return [...openColumns(result).map(({ value }) => value), ...aggregates, ...condition];
}

export function aggregatesOf(result: Result): readonly ResultAggregate[] {
  return isRows(result) ? [] : result.aggregates;
}

/** Whether each line of a result shows one event or one open span. */
export function isRows(result: Result): result is RowsResult | OpenRowsResult {
  return result.kind === "rows" || result.kind === "openRows";
}

/** Whether a result shows what is open when it is printed, rather than what happened since the last time. */
export function isOpen(result: Result): result is OpenResult {
  return result.kind === "openGroups" || result.kind === "openRows";
}

/** Whether a value of it depends on how long its events were counted. */
export function isRate({ fn }: ResultAggregate): boolean {
  return definitionOf(fn).isByTime === true;
}

export function hasRate(result: Result): boolean {
  return aggregatesOf(result).some(isRate);
}

/** The position of the first aggregate that shares this one's map. */
export function storedWith(result: Result, index: number): number {
  const aggregates = aggregatesOf(result);
  return aggregates.findIndex(({ map }) => map === aggregates[index]?.map);
}

/** The aggregates that own a map, with their positions: the first of those that share one. */
export function storedAggregates(result: Result): readonly (readonly [index: number, of: ResultAggregate])[] {
  return [...aggregatesOf(result).entries()].filter(([i]) => storedWith(result, i) === i);
}

/** The position of the first aggregate whose value includes the number of events, or -1. */
export function countingAggregate(result: Result): number {
  return aggregatesOf(result).findIndex(({ fn }) => definitionOf(fn).events);
}

/** How many records a state has room for. */
export function roomOf({ results, maxEntries, openEntries = maxEntries }: PlanRooms, state: string): number {
  return results.some((result) => isOpen(result) && result.state === state) ? openEntries : maxEntries;
}

type PlanRooms = Pick<Plan, "results" | "maxEntries" | "openEntries">;
