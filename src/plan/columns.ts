/** The columns of a result, whatever kind it is. */
import { definitionOf } from "../aggregates/aggregates.js";
import type { Result, ResultAggregate, ResultColumn } from "./plan.js";

/** The columns that come first in each line of a result: its keys, or what it shows. */
export function keyColumns(result: Result): readonly ResultColumn[] {
  switch (result.kind) {
    case "groups":
      return result.keys;
    case "rows":
      return result.columns;
    case "line":
      return [];
    case "open":
      return showsEntries(result) ? result.columns : result.keys;
  }
}

export function aggregatesOf(result: Result): readonly ResultAggregate[] {
  return result.kind === "rows" ? [] : result.aggregates;
}

/** Whether an `open` result is of entries, one a line. */
export function showsEntries(result: Result): boolean {
  return result.kind === "rows" || (result.kind === "open" && result.columns.length > 0);
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
