/** Running sums of open spans, put together from what was added since each time they were printed. */
import { definitionOf } from "../../../aggregates/aggregates.js";
import type { KeptValue } from "../../../aggregates/values.js";
import { fit } from "../../../integers.js";
import { keyColumns } from "../../../plan/columns.js";
import { lastStep, SETTLED, type RunningResult } from "../../../plan/running.js";
import type { Value } from "../../../results/events.js";
import { GroupColumns } from "../../../results/group-columns.js";
import { numberOf } from "../../column-values.js";
import { emptyGroup, GroupTable, keyId } from "../../groups.js";
import { JsonObject, type Json } from "../../tracer-json.js";

interface RunningGroup {
  readonly keys: readonly Value[];
  /** The owner's id and number. */
  readonly owner: readonly [id: string, number: string] | undefined;
}

export class RunningGroups {
  /** By number, as text. */
  private readonly groups = new Map<string, RunningGroup>();
  /** By number and step: the sums. */
  private readonly sums = new Map<string, Map<bigint, bigint[]>>();
  /** Groups whose owner has ended. */
  private readonly ended = new Set<string>();

  constructor(private readonly result: RunningResult) {
    if (!this.hasGroups) this.groups.set("", { keys: [], owner: undefined });
  }

  private get hasGroups(): boolean {
    return this.result.keys.length > 0 || this.result.running.owner !== undefined;
  }

  /** `values`: of the keys, and then of the owner. */
  announce(number: string, values: readonly Value[]): void {
    const keys = values.slice(0, keyColumns(this.result).length);
    const [id, own] = values.slice(keys.length).map(String);
    this.groups.set(number, { keys, owner: id === undefined || own === undefined ? undefined : [id, own] });
  }

  /** Adds what a map holds. Returns the first key that cannot be read. */
  add(sum: number, contents: Json): string | undefined {
    const isTimed = this.result.running.age !== undefined;
    const { names, values } = contents instanceof JsonObject ? contents : new JsonObject([""], [contents]);
    for (const [i, key] of names.entries()) {
      const parts = key.split(",");
      const number = this.hasGroups ? numberText(parts[0] ?? "") : "";
      const step = isTimed ? integerOf(parts.at(-1) ?? "") : SETTLED;
      const added = numberOf(values[i] ?? null, true);
      if (number === undefined || step === undefined || added === undefined) return key;
      this.addTo(number, step, sum, BigInt(added));
    }
    return undefined;
  }

  private addTo(group: string, step: bigint, sum: number, added: bigint): void {
    if (this.ended.has(group)) return;
    const steps = this.sums.get(group) ?? new Map<bigint, bigint[]>();
    this.sums.set(group, steps);
    const sums = steps.get(step) ?? this.result.running.sums.map(() => 0n);
    steps.set(step, sums);
    sums[sum] = (sums[sum] ?? 0n) + added;
  }

  /** The number of spans, of all groups and owners. */
  get net(): bigint {
    let net = 0n;
    for (const steps of this.sums.values()) for (const [count = 0n] of steps.values()) net += count;
    return net + this.endedNet;
  }
  private endedNet = 0n;

  /** The groups of what is open, and the number of those whose keys are not known. `owners`: by id, the number of those alive. */
  at(now: bigint, owners: ReadonlyMap<string, string>): { groups: GroupColumns; unknown: number } {
    const { aggregates, running } = this.result;
    const table = new GroupTable(aggregates, this.result.keys.length);
    let unknown = 0;
    for (const [number, steps] of this.sums) {
      this.settle(steps, now);
      const group = this.groups.get(number);
      if (group?.owner && owners.get(group.owner[0]) !== group.owner[1]) {
        this.end(number, steps);
        continue;
      }
      const sums = steps.get(SETTLED);
      if (!sums || sums.every((sum) => sum === 0n)) continue;
      if (!group) {
        unknown++;
        continue;
      }
      const values = this.values(sums);
      aggregates.forEach((_, i) => {
        table.add(keyId(group.keys), () => group.keys, i, values[i] ?? null);
      });
    }
    const groups = table.groups(undefined);
    if (groups.length > 0 || this.result.keys.length > 0) return { groups, unknown };
    const none = running.sums.length > 0 ? [emptyGroup(aggregates, undefined)] : [];
    return { groups: GroupColumns.of(none, 0, aggregates.length), unknown };
  }

  /** Spans that are old enough are not told apart by their begin any more. */
  private settle(steps: Map<bigint, bigint[]>, now: bigint): void {
    const { age } = this.result.running;
    if (!age) return;
    const last = lastStep(age, now);
    for (const [step, sums] of steps) {
      const isEmpty = sums.every((sum) => sum === 0n);
      if (step === SETTLED || (step > last && !isEmpty)) continue;
      steps.delete(step);
      const settled = steps.get(SETTLED);
      if (!settled) steps.set(SETTLED, sums);
      else sums.forEach((sum, i) => (settled[i] = (settled[i] ?? 0n) + sum));
    }
  }

  private end(number: string, steps: ReadonlyMap<bigint, readonly bigint[]>): void {
    for (const [count = 0n] of steps.values()) this.endedNet += count;
    this.ended.add(number);
    this.sums.delete(number);
    this.groups.delete(number);
  }

  private values(sums: readonly bigint[]): readonly KeptValue[] {
    const count = sums[0] ?? 0n;
    return this.result.aggregates.map(({ fn }, i): KeptValue => {
      const sum = sums[this.result.running.of[i] ?? 0] ?? 0n;
      if (definitionOf(fn).ofSums !== "mean") return fit(sum);
      return { count: fit(count), sum: fit(sum), avg: count === 0n ? 0 : fit(sum / count) };
    });
  }
}

/** A number of 64 bits, however it is printed. */
export function numberText(printed: string): string | undefined {
  const number = numberOf(printed, false);
  return number === undefined ? undefined : String(number);
}

function integerOf(printed: string): bigint | undefined {
  const number = numberOf(printed, false);
  return number === undefined ? undefined : BigInt(number);
}
