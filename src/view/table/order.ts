/** Sorts the groups of a result by any of its columns, instead of the plan's order. */
import type { Group, Value } from "../../results/events.js";
import type { ShownColumn } from "./columns.js";

export interface Order {
  /** The position among the scalar columns. */
  readonly column: number;
  readonly isAscending: boolean;
}

/** Returns the groups in order; unknown values come last. */
export function inOrder(groups: Iterable<Group>, column: ShownColumn, isAscending: boolean): Group[] {
  return [...groups].sort((a, b) => {
    const [x, y] = [column.of(a), column.of(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return isAscending ? compare(x, y) : compare(y, x);
  });
}

function compare(a: NonNullable<Value>, b: NonNullable<Value>): number {
  if (typeof a === "string" || typeof b === "string") return String(a).localeCompare(String(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
