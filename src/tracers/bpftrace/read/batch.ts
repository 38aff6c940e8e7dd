/** What has been printed of one result since its last batch ended, and how it becomes groups. */
import type { GroupsResult, LineResult, OpenResult, ResultAggregate, SpanState } from "../../../plan/plan.js";
import type { MapSet } from "../../script.js";
import { INT, type Type } from "../../../types/types.js";
import { definitionOf } from "../../../aggregates/aggregates.js";
import { fineHistogram } from "../../../aggregates/histograms.js";
import type { KeptValue } from "../../../aggregates/values.js";
import { fit, type Integer } from "../../../integers.js";
import { numberOf } from "../../column-values.js";
import { decodeAggregate } from "../../decode-aggregate.js";
import { JsonObject, type Json } from "../../tracer-json.js";
import { bytesOf, shorten } from "../../../results/bytes.js";
import type { JsonKeys } from "./json-keys.js";
import { EvaluationError } from "./evaluate.js";
import type { Group, GroupsEvent, ResultEvent, Value } from "../../../results/events.js";
import { GroupColumns } from "../../../results/group-columns.js";
import { aggregatesOf, isOpen, keyColumns, sentColumns } from "../../../plan/columns.js";
import { emptyGroup, GroupTable, rank } from "../../groups.js";
import { decodeParts, findSplits, splitKey } from "./map-keys.js";
import { isRunning } from "../../../plan/running.js";
import { groupsUnknown } from "../../../results/shortfall.js";
import { openGroups, type PrintedMap } from "./open-entries.js";
import { numberText, type RunningGroups } from "./running-groups.js";
import { withNames, type ProcessNames } from "../../stack-names.js";
import { smallest } from "../../../lists.js";

export interface Finished extends Pick<GroupsEvent, "groups" | "whole"> {
  /** By aggregate: how many events its groups are of, those too that `top` leaves out; 0 where they do not tell. */
  readonly events: readonly number[];
  readonly ambiguous: boolean;
  readonly problems: readonly ResultEvent[];
}

type BatchResult = GroupsResult | LineResult | OpenResult;

const NO_KEYS = (): readonly Value[] => [];

/** Two keys that print the same. */
const CLASH = Symbol();

export class Batch {
  /** By set, and then by aggregate. */
  private readonly sets = new Map<MapSet | undefined, Map<number, Json>>();
  private readonly maps = new Map<string, PrintedMap>();
  private readonly rows: Group[] = [];
  /** The parts of a key by what it prints as, where the script tells them. */
  private readonly exact = new Map<string, readonly string[] | typeof CLASH>();
  /** The same of keys that end with a value. */
  private readonly exactWithPart = new Map<string, readonly string[] | typeof CLASH>();
  private problems: ResultEvent[] = [];
  private ambiguous = false;
  private events: readonly number[] = [];

  constructor(
    private readonly result: BatchResult,
    private readonly states: readonly SpanState[],
    private readonly jsonKeys: JsonKeys,
    private readonly names: ProcessNames,
    private readonly running?: RunningGroups,
  ) {}

  get isEmpty(): boolean {
    return this.sets.size === 0 && this.maps.size === 0 && this.rows.length === 0;
  }

  /** A map that is printed twice is the later one. */
  addMap(aggregate: number, data: Json, set?: MapSet): void {
    const maps = this.sets.get(set) ?? new Map<number, Json>();
    this.sets.set(set, maps.set(aggregate, data));
  }

  /** The sets of maps that were printed. */
  get printed(): readonly (MapSet | undefined)[] {
    return [...this.sets.keys()];
  }

  /** Only of these sets. */
  keepSets(sets: readonly (MapSet | undefined)[]): void {
    for (const set of this.printed) if (!sets.includes(set)) this.sets.delete(set);
  }

  addState(name: string, map: PrintedMap): void {
    this.maps.set(name, map);
  }

  addRow(values: readonly Value[]): void {
    this.rows.push({ keys: values, values: [] });
  }

  /** False: these are not keys of this result. */
  addExactKey(parts: readonly Json[]): boolean {
    const length = sentColumns(this.result).length;
    const exact = parts.length === length ? this.exact : this.exactWithPart;
    if (parts.length !== length && parts.length !== length + 1) return false;
    const texts: string[] = [];
    for (const part of parts) {
      if (typeof part === "object") return false;
      texts.push(String(part));
    }
    const printed = this.jsonKeys.print(texts);
    const known = exact.get(printed);
    const same = known === undefined || (known !== CLASH && known.every((part, i) => part === texts[i]));
    exact.set(printed, same ? texts : CLASH);
    return true;
  }

  /** Names that may have lost something on their way, because the script did not give the exact keys. */
  get hasMangledNames(): boolean {
    const named = sentColumns(this.result).some(({ type }) => type.kind === "string");
    return this.jsonKeys.lossy && named && this.exact.size === 0 && this.sets.size > 0;
  }

  /** `seconds`: in which it was counted, where that is known. */
  finish(now: bigint, seconds: number | undefined): Finished {
    const all = this.collect(now, seconds);
    const { ambiguous, problems, events } = this;
    return { ...rank(all, this.result), events, ambiguous, problems };
  }

  /** Adds what was printed to the running sums, of which no batch ends yet. */
  addToRunning(): readonly ResultEvent[] {
    for (const maps of this.sets.values())
      for (const [sum, data] of maps) {
        const unread = this.running?.add(sum, data);
        if (unread !== undefined) this.damaged(unread, "it is not a group of a running sum");
      }
    return this.problems;
  }

  private collectRunning(running: RunningGroups, now: bigint): GroupColumns {
    this.addToRunning();
    const { groups, unknown } = running.at(now, this.owners());
    if (unknown > 0) this.problems.push(groupsUnknown(this.result.query, unknown));
    return groups;
  }

  /** The numbers of the owners that are alive, by id. */
  private owners(): ReadonlyMap<string, string> {
    const state = isRunning(this.result) ? this.result.running.owner?.state : undefined;
    const printed = [...this.maps.values()].find((map) => map.state === state);
    const members = printed?.contents instanceof JsonObject ? printed.contents.members : [];
    return new Map(
      members.map(([id, number]) => [numberText(id) ?? id, String(numberOf(number, false) ?? "")]),
    );
  }

  private collect(now: bigint, seconds: number | undefined): GroupColumns {
    if (this.running) return this.collectRunning(this.running, now);
    if (isOpen(this.result) && this.maps.size > 0) return this.columnsOf(this.collectOpen(this.result, now));
    if (this.result.kind === "openRows") return this.columnsOf(this.rows);
    const aggregates = aggregatesOf(this.result);
    const types = sentColumns(this.result).map(({ type }) => type);
    const table = new GroupTable(aggregates, keyColumns(this.result).length);
    for (const maps of this.sets.values()) {
      const first = smallest(maps.keys());
      for (const [index, data] of maps) {
        const aggregate = aggregates[index];
        if (!aggregate) continue;
        if (isByPart(data, aggregate, types)) {
          this.addParts(table, data, aggregate, index, types, index === first);
          continue;
        }
        const { names, values } = this.entries(data, types);
        for (let i = 0; i < names.length; i++) {
          const key = names[i] as string;
          const value = decodeAggregate(values[i] as Json, aggregate);
          if (value === undefined) this.damaged(key, `the value of ${aggregate.label} is not one`);
          else this.addTo(table, key, types, index, value, index === first);
        }
      }
    }
    for (const { label } of table.unmerged)
      this.damaged(
        bytesOf(label),
        "two groups print the same key, and their averages cannot be put together",
      );
    table.share();
    this.events = table.events();
    const groups = table.groups(seconds);
    if (types.length > 0 || isOpen(this.result)) return groups;
    const { values } = emptyGroup(aggregates, seconds);
    return this.columnsOf([{ keys: [], values: values.map((value, i) => groups.at(0)?.values[i] ?? value) }]);
  }

  private columnsOf(groups: readonly Group[]): GroupColumns {
    return GroupColumns.of(groups, keyColumns(this.result).length, aggregatesOf(this.result).length);
  }

  private addTo(
    table: GroupTable,
    key: string,
    types: readonly Type[],
    index: number,
    value: Group["values"][number],
    isFirst: boolean,
  ): void {
    if (types.length === 0) return table.add("", NO_KEYS, index, value);
    if (!this.isNamed && table.addKnown(this.jsonKeys.read(key), index, value)) return;
    const keys = this.keysOf(key, types);
    if (keys) table.add(this.identity(key, keys), () => keys, index, value);
    else if (isFirst) this.damaged(key, "its parts do not fit what the query groups by");
  }

  private get isNamed(): boolean {
    const { nameStack, nameProcess, nameGroup } = this.names;
    return [nameStack, nameProcess, nameGroup].some((name) => name !== undefined);
  }

  /** Two processes have the same function at different addresses. */
  private identity(key: string, keys: readonly Value[]): string {
    return this.isNamed
      ? keys.map((each) => `${String(each).length}:${String(each)}`).join()
      : this.jsonKeys.read(key);
  }

  /** Of a map in whose keys a value or a bucket follows the group: its counts are put together. */
  private addParts(
    table: GroupTable,
    data: JsonObject,
    aggregate: ResultAggregate,
    index: number,
    types: readonly Type[],
    isFirst: boolean,
  ): void {
    const all = [...types, partType(aggregate)];
    const groups = new Map<string, { keys: readonly Value[]; counts: Map<string, Integer> }>();
    for (const [i, key] of data.names.entries()) {
      const count = numberOf(data.values[i] as Json, false);
      const text = this.jsonKeys.read(key);
      const parts = count === undefined ? undefined : this.partsOf(text, all);
      const keys = parts && this.namedKeys(decodeParts(parts.slice(0, -1), types));
      if (!parts || !keys || count === undefined) {
        if (isFirst || count === undefined) this.damaged(key, `it is no entry of ${aggregate.label}`);
        continue;
      }
      const id = types.length === 0 ? "" : this.identity(this.jsonKeys.print(parts.slice(0, -1)), keys);
      let group = groups.get(id);
      if (!group) groups.set(id, (group = { keys, counts: new Map() }));
      const part = parts.at(-1) ?? "";
      group.counts.set(part, fit(BigInt(group.counts.get(part) ?? 0) + BigInt(count)));
    }
    for (const [id, { keys, counts }] of groups)
      table.add(id, () => keys, index, keptFrom(counts, aggregate));
  }

  /** A key as its parts; undefined: it cannot be taken apart, or in more than one way. */
  private partsOf(text: string, types: readonly Type[]): readonly string[] | undefined {
    const exact = this.exactWithPart.get(text);
    if (exact !== undefined && exact !== CLASH) return exact;
    const splits = exact === CLASH ? [] : findSplits(text, types);
    if (splits.length === 1) return splits[0];
    this.ambiguous ||= exact === CLASH || splits.length > 1;
    return undefined;
  }

  private namedKeys(values: readonly Value[] | undefined): readonly Value[] | undefined {
    return values && withNames(values, sentColumns(this.result), this.names);
  }

  /** A map without keys is its value; a back end may also give it one dummy key. */
  private entries(data: Json, types: readonly Type[]): JsonObject {
    if (types.length === 0) {
      const isStats = data instanceof JsonObject && data.get("total") !== undefined;
      return data instanceof JsonObject && !isStats
        ? new JsonObject(
            data.names.map(() => ""),
            data.values,
          )
        : new JsonObject([""], [data]);
    }
    if (data instanceof JsonObject) return data;
    this.damaged(JSON.stringify(String(data)), "a map has no keys");
    return new JsonObject([], []);
  }

  /** Of keys with stacks that have been named, and of those that cannot be read, which are told once. */
  private readonly keysByText = new Map<string, readonly Value[] | undefined>();

  private keysOf(key: string, types: readonly Type[]): readonly Value[] | undefined {
    if (this.keysByText.has(key)) return this.keysByText.get(key);
    const decoded = this.decodeKey(this.jsonKeys.read(key), types);
    const keys = decoded && withNames(decoded, sentColumns(this.result), this.names);
    if (this.isNamed || !keys) this.keysByText.set(key, keys);
    return keys;
  }

  private decodeKey(text: string, types: readonly Type[]): readonly Value[] | undefined {
    const exact = this.exact.size === 0 ? undefined : this.exact.get(text);
    if (exact !== undefined && exact !== CLASH) return decodeParts(exact, types);
    const split = splitKey(text, types);
    if (exact === CLASH || split?.ambiguous) {
      this.ambiguous = true;
      const why =
        exact === CLASH
          ? "two groups print the same key"
          : "a comma in a name: it can be read in more than one way";
      this.damaged(text, why);
    }
    return split?.values;
  }

  private collectOpen(result: OpenResult, now: bigint): readonly Group[] {
    try {
      return openGroups(result, this.states, [...this.maps.values()], now, this.names);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      this.damaged(bytesOf(result.query), error.message);
      return [];
    }
  }

  private damaged(bytes: string, why: string): void {
    this.problems.push({ kind: "damaged", line: shorten(bytes), why });
  }
}

/** Whether a value or a bucket follows the group in the keys of this map. */
function isByPart(data: Json, { fn }: ResultAggregate, types: readonly Type[]): data is JsonObject {
  const { keptAs } = definitionOf(fn);
  if (keptAs === undefined || !(data instanceof JsonObject)) return false;
  // Fine buckets are those of a histogram where the tracer has such.
  return keptAs === "values" || types.length === 0 || !data.values.some((value) => Array.isArray(value));
}

function partType({ of }: ResultAggregate): Type {
  return of ?? INT;
}

function keptFrom(counts: ReadonlyMap<string, Integer>, { fn }: ResultAggregate): KeptValue {
  if (definitionOf(fn).keptAs === "values") return { counts };
  return fineHistogram([...counts].map(([least, count]) => [BigInt(least), count]));
}
