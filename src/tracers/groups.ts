/** Assembles the groups of a result from the entries of its maps. */
import { aggregatesOf } from "../plan/columns.js";
import type { GroupsResult, LineResult, OpenResult, ResultAggregate } from "../plan/plan.js";
import { definitionOf, finished, mergeKept, mergeValues } from "../aggregates/aggregates.js";
import { isDrawn, isRanked, magnitude } from "../aggregates/shapes.js";
import type { AggregateValue, KeptValue } from "../aggregates/values.js";
import { UNSIGNED } from "../types/types.js";
import type { Integer } from "../integers.js";
import type { Group, GroupsEvent, Value } from "../results/events.js";
import { GroupColumns } from "../results/group-columns.js";
import { rowOrder } from "./row-order.js";
import { TextIndex } from "./text-index.js";

/** Of more different names, most come once. */
const MOST_TEXTS = 65_536;

/** Joins the entries of a result's maps by key. */
export class GroupTable {
  private readonly ids = new TextIndex();
  /** By column, then by row. */
  private readonly keys: Value[][];
  private readonly texts = new Map<string, string>();
  /** By aggregate, then by row. */
  private readonly values: (KeptValue | undefined)[][];
  /** Aggregates for which two entries had the same key and could not be merged. */
  readonly unmerged = new Set<ResultAggregate>();

  constructor(
    private readonly aggregates: readonly ResultAggregate[],
    columns: number,
  ) {
    this.keys = Array.from({ length: columns }, () => []);
    this.values = aggregates.map(() => []);
  }

  /** `id` identifies the group: the text of its key as printed. `keys` are those of a new group. */
  add(id: string, keys: () => readonly Value[], index: number, value: KeptValue): void {
    const known = this.ids.size;
    const row = this.ids.add(id);
    if (row === known) {
      const own = keys();
      for (let i = 0; i < this.keys.length; i++) this.keys[i]?.push(this.kept(own[i] ?? null));
    }
    this.put(row, index, value);
  }

  /** One text for all that are equal: names repeat, and each would keep the line that it was read from. */
  private kept(value: Value): Value {
    if (typeof value !== "string") return value;
    const known = this.texts.get(value);
    if (known !== undefined) return known;
    if (this.texts.size < MOST_TEXTS) this.texts.set(value, value);
    return value;
  }

  /** The same, where the group is known; false if it is not. */
  addKnown(id: string, index: number, value: KeptValue): boolean {
    const row = this.ids.find(id);
    if (row === undefined) return false;
    this.put(row, index, value);
    return true;
  }

  private put(row: number, index: number, value: KeptValue): void {
    const column = this.values[index];
    if (!column) return;
    // Without holes, which would cost each reader of it.
    while (column.length < row) column.push(undefined);
    const known = column[row];
    const fn = this.aggregates[index]?.fn;
    if (known === undefined || fn === undefined) {
      column[row] = value;
      return;
    }
    const merged = mergeKept(fn, known, value);
    if (merged === undefined) this.unmerged.add(this.aggregates[index] as ResultAggregate);
    column[row] = merged ?? null;
  }

  /** Aggregates that share a map have one value. */
  share(): void {
    for (const [i, { map }] of this.aggregates.entries()) {
      const first = this.aggregates.findIndex((each) => each.map === map);
      if (first !== i) this.values[i] = this.values[first] ?? [];
    }
  }

  /** The number of events in each aggregate's groups; 0 if their values do not contain it. */
  events(): number[] {
    return this.aggregates.map(({ fn }, i) => {
      const { events } = definitionOf(fn);
      if (!events) return 0;
      let sum = 0;
      for (const value of this.values[i] ?? []) sum += events(value ?? null);
      return sum;
    });
  }

  /** `seconds`: the period that the groups cover, if known. */
  groups(seconds: number | undefined): GroupColumns {
    const values = this.aggregates.map(({ fn }, i): readonly AggregateValue[] => {
      const column = this.values[i] ?? [];
      const all: AggregateValue[] = [];
      for (let row = 0; row < this.ids.size; row++) all.push(finished(fn, column[row] ?? null, seconds));
      return all;
    });
    return new GroupColumns(this.keys, values, this.ids.size);
  }
}

/** A result without keys has one group, even without events. */
export function emptyGroup(aggregates: readonly ResultAggregate[], seconds: number | undefined): Group {
  const empty = ({ fn }: ResultAggregate): AggregateValue =>
    // The rate of no events is 0, but over an unknown period it is unknown.
    definitionOf(fn).isByTime && seconds === undefined ? null : definitionOf(fn).empty;
  return { keys: [], values: aggregates.map(empty) };
}

/** Sorts groups, the most important first, and keeps as many as `top` requests. */
export function rank(
  groups: GroupColumns,
  result: GroupsResult | LineResult | OpenResult,
): Pick<GroupsEvent, "groups" | "whole"> {
  const top = "top" in result ? result.top : undefined;
  const aggregates = aggregatesOf(result);
  const numeric = aggregates.findIndex(({ type }) => isRanked(type));
  const index = top?.by ?? (numeric === -1 ? 0 : numeric);
  const type = aggregates[index]?.type ?? UNSIGNED;
  const sizes: Integer[] = [];
  for (let row = 0; row < groups.length; row++) sizes.push(magnitude(groups.values[index]?.[row], type));
  const rows = rowOrder(groups.length, sizes, groups.keys);
  if (!top || BigInt(rows.length) <= top.count) return { groups: groups.inOrder(rows) };
  return {
    groups: groups.inOrder(rows.subarray(0, Number(top.count))),
    whole: {
      groups: groups.length,
      values: aggregates.map((aggregate, i) => sumOf(aggregate, groups.values[i] ?? [])),
    },
  };
}

/** Null where the values do not add up, or are drawn: no part of those is shown. */
function sumOf({ fn, type }: ResultAggregate, values: readonly AggregateValue[]): AggregateValue {
  if (!definitionOf(fn).isAdditive || isDrawn(type)) return null;
  return values.reduce<AggregateValue>((sum, value) => mergeValues(fn, sum, value) ?? null, null);
}

/** The identity of a group. It includes types: the number 1 differs from the text "1". */
export function keyId(keys: readonly Value[]): string {
  return keys.map((key) => `${typeof key}:${String(key).length}:${String(key)}`).join();
}

/** Groups entries whose keys and values are decoded. */
export function groupEntries(
  entries: readonly { readonly keys: readonly Value[]; readonly values: readonly Value[] }[],
  aggregates: readonly ResultAggregate[],
): Group[] {
  const members = new Map<string, { keys: readonly Value[]; values: bigint[][] }>();
  const numbers = new Numbers();
  for (const { keys, values } of entries) {
    const id = keyId(keys);
    let group = members.get(id);
    if (!group) members.set(id, (group = { keys, values: aggregates.map(() => []) }));
    for (const [i, { fn }] of aggregates.entries()) {
      const value = values[i] ?? null;
      const number = definitionOf(fn).keptAs === "values" ? numbers.of(value) : integerOf(value);
      if (number !== undefined) group.values[i]?.push(number);
    }
  }
  return [...members.values()].map(({ keys, values }) => ({
    keys,
    values: aggregates.map(({ fn, range }, i) =>
      finished(fn, definitionOf(fn).compute(values[i] ?? [], range), undefined),
    ),
  }));
}

/** Assigns a number to each distinct value of any kind. */
class Numbers {
  private readonly known = new Map<string, bigint>();

  /** Undefined if there is no value. */
  of(value: Value): bigint | undefined {
    if (value === null) return undefined;
    const id = keyId([value]);
    const known = this.known.get(id) ?? BigInt(this.known.size);
    this.known.set(id, known);
    return known;
  }
}

/** Undefined if it is not a number. */
export function integerOf(value: Value): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : undefined;
}
