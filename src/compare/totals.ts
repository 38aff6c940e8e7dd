/** The totals of a run by key, for the comparison of two runs. */
import type { Result, ResultColumn } from "../plan/plan.js";
import { definitionOf, mergeValues } from "../aggregates/aggregates.js";
import type { AggregateValue } from "../aggregates/values.js";
import { describeEnum } from "../kernel/flags/flag-sets.js";
import { OF_MACHINE } from "../kernel/names.js";
import { isNumber } from "../integers.js";
import type { GroupsEvent, ResultEvent, RowEvent, Value } from "../results/events.js";
import { aggregatesOf, isOpen, keyColumns } from "../plan/columns.js";
import { keyId } from "../tracers/groups.js";
import { amountColumns } from "./measures.js";
import { LastInterval } from "../results/last-interval.js";
import type { MemberNames } from "../view/value/format-value.js";
import { nameOfFrame } from "../view/stacks.js";

export interface Total {
  readonly keys: readonly Value[];
  /** A value for each aggregate; for single events the count, and a summary of each of the `amountColumns`. */
  readonly values: AggregateValue[];
}

/** The key columns by which a result is compared: names, not amounts. */
export function comparedKeys(result: Result): readonly ResultColumn[] {
  const columns = keyColumns(result);
  if (result.kind !== "rows") return columns;
  return columns.filter(
    ({ type }) => !["number", "address", "histogram", "stats", "bounds"].includes(type.kind),
  );
}

/** Sums up a result. Intervals are merged, but the last value counts for open entries, and that of the last whole interval for averages and the like. */
export class Totals {
  readonly byKey = new Map<string, Total>();
  private readonly places: readonly number[];
  private readonly amounts: readonly number[];
  private readonly last = new LastInterval();
  /** The last batch with groups, if it does not cover a whole interval. */
  partial: GroupsEvent | undefined;

  /** `keys`: those of `comparedKeys` that are not merged. */
  constructor(
    private readonly result: Result,
    private readonly keys: readonly ResultColumn[],
    private readonly names: MemberNames = () => undefined,
  ) {
    const columns = keyColumns(result);
    this.places = keys.map((key) => columns.indexOf(key));
    this.amounts = amountColumns(result).map((column) => columns.indexOf(column));
  }

  add(event: ResultEvent & (RowEvent | GroupsEvent)): void {
    if (event.kind === "row") {
      const total = this.totalOf(event.values);
      this.put(total, 0, 1);
      for (const [i, place] of this.amounts.entries()) {
        const value = event.values[place] ?? null;
        if (isNumber(value)) this.put(total, 1 + i, { count: 1, sum: value, avg: value });
      }
      return;
    }
    if (isOpen(this.result)) this.byKey.clear();
    if (event.groups.length > 0) this.partial = event.partial === true ? event : undefined;
    const isKept = this.last.takes(event);
    const isLeftOut = (i: number): boolean => {
      const fn = aggregatesOf(this.result)[i]?.fn;
      return !isKept && fn !== undefined && definitionOf(fn).isOfOneInterval === true;
    };
    for (const [i, { fn }] of aggregatesOf(this.result).entries())
      if (definitionOf(fn).isOfOneInterval && isKept)
        for (const total of this.byKey.values()) total.values[i] = null;
    const hasValues = aggregatesOf(this.result).length > 0;
    for (const group of event.groups) {
      const total = this.totalOf(group.keys);
      for (const [i, value] of (hasValues ? group.values : [1]).entries())
        if (!isLeftOut(i)) this.put(total, i, value);
    }
  }

  private totalOf(values: readonly Value[]): Total {
    const keys = this.places.map((place, i) =>
      comparable(values[place] ?? null, this.keys[i] as ResultColumn, this.names),
    );
    const id = keyId(keys);
    let total = this.byKey.get(id);
    if (!total) this.byKey.set(id, (total = { keys, values: [] }));
    return total;
  }

  private put({ values }: Total, index: number, value: AggregateValue): void {
    const known = values[index];
    const fn = aggregatesOf(this.result)[index]?.fn ?? (index === 0 ? "count" : "stats");
    // Averages of two keys cannot be merged, as their numbers of events are unknown.
    values[index] = known === undefined ? value : (mergeValues(fn, known, value) ?? null);
  }
}

/**
 * Frames that differ only in their offset are equal: offsets change with every build. Users and the like are equal if
 * their names are: each machine has numbers of its own.
 */
function comparable(value: Value, { type }: ResultColumn, names: MemberNames): Value {
  if (type.kind === "enum" && OF_MACHINE.has(type.of) && isNumber(value))
    return describeEnum(names("enum", type.of) ?? new Map(), BigInt(value), type.of) ?? value;
  return type.kind === "stack" && typeof value === "string"
    ? value.split("\n").map(nameOfFrame).join("\n")
    : value;
}
