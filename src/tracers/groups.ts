/** Assembles the groups of a result from the entries of its maps. */
import { aggregatesOf } from "../plan/columns.js";
import type { GroupsResult, LineResult, OpenResult, ResultAggregate } from "../plan/plan.js";
import { definitionOf, finished, mergeKept } from "../aggregates/aggregates.js";
import { isRanked, magnitude } from "../aggregates/shapes.js";
import type { AggregateValue, KeptValue } from "../aggregates/values.js";
import { UNSIGNED } from "../types/types.js";
import { compareNumbers, isNumber } from "../integers.js";
import type { Group, Value } from "../results/events.js";

interface Draft {
  readonly keys: readonly Value[];
  readonly values: (KeptValue | undefined)[];
}

/** Joins the entries of a result's maps by key. */
export class GroupTable {
  private readonly drafts = new Map<string, Draft>();
  /** Aggregates for which two entries had the same key and could not be merged. */
  readonly unmerged = new Set<ResultAggregate>();

  constructor(private readonly aggregates: readonly ResultAggregate[]) {}

  /** `id` identifies the group: the text of its key as printed. */
  add(id: string, keys: () => readonly Value[], index: number, value: KeptValue): void {
    let draft = this.drafts.get(id);
    if (!draft) this.drafts.set(id, (draft = { keys: keys(), values: [] }));
    const known = draft.values[index];
    const fn = this.aggregates[index]?.fn;
    if (known === undefined || fn === undefined) {
      draft.values[index] = value;
      return;
    }
    const merged = mergeKept(fn, known, value);
    if (merged === undefined) this.unmerged.add(this.aggregates[index] as ResultAggregate);
    draft.values[index] = merged ?? null;
  }

  /** Aggregates that share a map have one value. */
  share(): void {
    for (const [i, { map }] of this.aggregates.entries()) {
      const first = this.aggregates.findIndex((each) => each.map === map);
      if (first !== i) for (const { values } of this.drafts.values()) values[i] = values[first];
    }
  }

  /** The number of events in each aggregate's groups; 0 if their values do not contain it. */
  events(): number[] {
    return this.aggregates.map(({ fn }, i) => {
      const { events } = definitionOf(fn);
      if (!events) return 0;
      let sum = 0;
      for (const { values } of this.drafts.values()) sum += events(values[i] ?? null);
      return sum;
    });
  }

  /** `seconds`: the period that the groups cover, if known. */
  groups(seconds: number | undefined): Group[] {
    return [...this.drafts.values()].map(({ keys, values }) => ({
      keys,
      values: this.aggregates.map(({ fn }, i) => finished(fn, values[i] ?? null, seconds)),
    }));
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
export function rank(groups: readonly Group[], result: GroupsResult | LineResult | OpenResult): Group[] {
  const by = "top" in result ? result.top?.by : undefined;
  const aggregates = aggregatesOf(result);
  const numeric = aggregates.findIndex(({ type }) => isRanked(type));
  const index = by ?? (numeric === -1 ? 0 : numeric);
  const type = aggregates[index]?.type ?? UNSIGNED;
  const sizes = new Map(groups.map((group) => [group, magnitude(group.values[index], type)]));
  const sorted = [...groups].sort(
    (a, b) => compareNumbers(sizes.get(b) ?? 0, sizes.get(a) ?? 0) || compareKeys(a.keys, b.keys),
  );
  return "top" in result && result.top ? sorted.slice(0, Number(result.top.count)) : sorted;
}

function compareKeys(a: readonly Value[], b: readonly Value[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i] ?? null;
    const order =
      isNumber(left) && isNumber(right)
        ? compareNumbers(left, right)
        : compareText(String(left), String(right));
    if (order !== 0) return order;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
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
