/** The columns of a result, whatever kind it is. */
import { definitionOf } from "../aggregates/aggregates.js";
import type {
  OpenColumn,
  OpenResult,
  OpenRowsResult,
  Result,
  ResultAggregate,
  ResultColumn,
  RowsResult,
} from "./plan.js";

/** The columns that come first in each line of a result: its keys, or what it shows. */
export function keyColumns(result: Result): readonly ResultColumn[] {
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

/** Those that an open span is shown by, or grouped by. */
export function openColumns(result: OpenResult): readonly OpenColumn[] {
  return result.kind === "openRows" ? result.columns : result.keys;
}

export function aggregatesOf(result: Result): readonly ResultAggregate[] {
  return isRows(result) ? [] : result.aggregates;
}

/** Whether each line of a result is of one event, or of one span that is open. */
export function isRows(result: Result): result is RowsResult | OpenRowsResult {
  return result.kind === "rows" || result.kind === "openRows";
}

/** Whether a result is of what is open when it is printed, and not of what happened since the last time. */
export function isOpen(result: Result): result is OpenResult {
  return result.kind === "openGroups" || result.kind === "openRows";
}

/** The place of the aggregate in whose map this one is: the first of those that share it. */
export function storedWith(result: Result, index: number): number {
  const aggregates = aggregatesOf(result);
  return aggregates.findIndex(({ map }) => map === aggregates[index]?.map);
}

/** Those that have a map, with their places: of several that share one, the first. */
export function storedAggregates(result: Result): readonly (readonly [index: number, of: ResultAggregate])[] {
  return [...aggregatesOf(result).entries()].filter(([i]) => storedWith(result, i) === i);
}

/** The place of the first aggregate whose value says how many events it is of; -1: none does. */
export function countingAggregate(result: Result): number {
  return aggregatesOf(result).findIndex(({ fn }) => definitionOf(fn).events);
}
