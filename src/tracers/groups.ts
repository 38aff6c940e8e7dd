/** From the entries of a result's maps to its groups. */
import { aggregatesOf } from "../plan/columns.js";
import type { GroupsResult, LineResult, OpenResult, ResultAggregate } from "../plan/plan.js";
import { definitionOf, mergeValues } from "../aggregates/aggregates.js";
import { isRanked, magnitude } from "../aggregates/shapes.js";
import type { AggregateValue } from "../aggregates/values.js";
import { UNSIGNED } from "../semantics/types/types.js";
import { compareNumbers, isNumber } from "../integers.js";
import type { Group, Value } from "../results/events.js";

interface Draft {
  readonly keys: readonly Value[];
  readonly values: (AggregateValue | undefined)[];
}

/** Puts together what the maps of one result say of the same key. */
export class GroupTable {
  private readonly drafts = new Map<string, Draft>();
  /** Aggregates of which two entries had the same key and could not be made one. */
  readonly unmerged = new Set<ResultAggregate>();

  constructor(private readonly aggregates: readonly ResultAggregate[]) {}

  /** `id` is what makes a group: the text of its key as it was printed. */
  add(id: string, keys: () => readonly Value[], index: number, value: AggregateValue): void {
    let draft = this.drafts.get(id);
    if (!draft) this.drafts.set(id, (draft = { keys: keys(), values: [] }));
    const known = draft.values[index];
    const fn = this.aggregates[index]?.fn;
    if (known === undefined || fn === undefined) {
      draft.values[index] = value;
      return;
    }
    const merged = mergeValues(fn, known, value);
    if (merged === undefined) this.unmerged.add(this.aggregates[index] as ResultAggregate);
    draft.values[index] = merged ?? null;
  }

  groups(): Group[] {
    return [...this.drafts.values()].map(({ keys, values }) => ({
      keys,
      values: this.aggregates.map(({ fn }, i) => finished(fn, values[i] ?? null)),
    }));
  }
}

function finished(fn: ResultAggregate["fn"], kept: AggregateValue): AggregateValue {
  const { finish } = definitionOf(fn);
  return finish ? finish(kept) : kept;
}

/** A result without keys is one group, also of no events. */
export function emptyGroup(aggregates: readonly ResultAggregate[]): Group {
  return { keys: [], values: aggregates.map(({ fn }) => definitionOf(fn).empty) };
}

/** Those that matter most first; of as many as `top` asks for. */
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

/** What makes a group. Told apart by type too: the number 1 is not the text "1". */
export function keyId(keys: readonly Value[]): string {
  return keys.map((key) => `${typeof key}:${String(key).length}:${String(key)}`).join();
}

/** Groups entries whose keys and values are already known. */
export function groupEntries(
  entries: readonly { readonly keys: readonly Value[]; readonly values: readonly (bigint | undefined)[] }[],
  aggregates: readonly ResultAggregate[],
): Group[] {
  const members = new Map<string, { keys: readonly Value[]; values: bigint[][] }>();
  for (const { keys, values } of entries) {
    const id = keyId(keys);
    let group = members.get(id);
    if (!group) members.set(id, (group = { keys, values: aggregates.map(() => []) }));
    for (const [i, value] of values.entries()) if (value !== undefined) group.values[i]?.push(value);
  }
  return [...members.values()].map(({ keys, values }) => ({
    keys,
    values: aggregates.map(({ fn, range }, i) => definitionOf(fn).compute(values[i] ?? [], range)),
  }));
}
