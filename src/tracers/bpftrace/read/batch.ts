/** What has been printed of one result since its last batch ended, and how it becomes groups. */
import type { GroupsResult, LineResult, OpenResult, SpanState } from "../../../plan/plan.js";
import type { MapSet } from "../../script.js";
import type { Type } from "../../../semantics/types/types.js";
import { definitionOf } from "../../../aggregates/aggregates.js";
import { decodeAggregate } from "../../decode-aggregate.js";
import { JsonObject, type Json } from "../../tracer-json.js";
import { bytesOf, shorten } from "../../../results/bytes.js";
import type { Dialect } from "./json-dialect.js";
import { EvaluationError } from "./evaluate.js";
import type { Group, ResultEvent, Value } from "../../../results/events.js";
import { aggregatesOf, countingAggregate, isOpen, keyColumns } from "../../../plan/columns.js";
import { emptyGroup, GroupTable, rank } from "../../groups.js";
import { decodeParts, splitKey } from "./map-keys.js";
import { openGroups, type PrintedMap } from "./open-entries.js";
import { withNames, type NameStack } from "../../stack-names.js";
import { smallest } from "../../../lists.js";

export interface Finished {
  readonly groups: readonly Group[];
  /** How many events the groups are of, those too that `top` leaves out; 0 where their values do not tell. */
  readonly events: number;
  readonly ambiguous: boolean;
  readonly problems: readonly ResultEvent[];
}

type BatchResult = GroupsResult | LineResult | OpenResult;

/** Of how many events groups are, by the first aggregate that tells. */
function eventsOf(groups: readonly Group[], result: BatchResult): number {
  const index = countingAggregate(result);
  const fn = aggregatesOf(result)[index]?.fn;
  const eventsIn = fn && definitionOf(fn).events;
  return eventsIn ? groups.reduce((sum, { values }) => sum + eventsIn(values[index] ?? null), 0) : 0;
}

/** Two keys that print the same. */
const CLASH = Symbol();

export class Batch {
  /** By set, and then by aggregate. */
  private readonly sets = new Map<MapSet | undefined, Map<number, Json>>();
  private readonly maps = new Map<string, PrintedMap>();
  private readonly rows: Group[] = [];
  /** The parts of a key by what it prints as, where the script tells them. */
  private readonly exact = new Map<string, readonly string[] | typeof CLASH>();
  private problems: ResultEvent[] = [];
  private ambiguous = false;

  constructor(
    private readonly result: BatchResult,
    private readonly states: readonly SpanState[],
    private readonly dialect: Dialect,
    private readonly nameStack?: NameStack,
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
    if (parts.length !== keyColumns(this.result).length) return false;
    const texts: string[] = [];
    for (const part of parts) {
      if (typeof part === "object") return false;
      texts.push(String(part));
    }
    const printed = this.dialect.print(texts);
    const known = this.exact.get(printed);
    const same = known === undefined || (known !== CLASH && known.every((part, i) => part === texts[i]));
    this.exact.set(printed, same ? texts : CLASH);
    return true;
  }

  /** Names that may have lost something on their way, because the script did not give the exact keys. */
  get hasMangledNames(): boolean {
    const named = keyColumns(this.result).some(({ type }) => type.kind === "string");
    return this.dialect.lossy && named && this.exact.size === 0 && this.sets.size > 0;
  }

  finish(now: bigint): Finished {
    const all = this.collect(now);
    const { ambiguous, problems } = this;
    return { groups: rank(all, this.result), events: eventsOf(all, this.result), ambiguous, problems };
  }

  private collect(now: bigint): readonly Group[] {
    if (isOpen(this.result) && this.maps.size > 0) return this.collectOpen(this.result, now);
    if (this.result.kind === "openRows") return this.rows;
    const aggregates = aggregatesOf(this.result);
    const types = keyColumns(this.result).map(({ type }) => type);
    const table = new GroupTable(aggregates);
    for (const maps of this.sets.values()) {
      const first = smallest(maps.keys());
      for (const [index, data] of maps) {
        const aggregate = aggregates[index];
        if (!aggregate) continue;
        for (const [key, json] of this.entries(data, types)) {
          const value = decodeAggregate(json, aggregate);
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
    const groups = table.groups();
    if (types.length > 0 || isOpen(this.result)) return groups;
    const empty = emptyGroup(aggregates);
    return [{ keys: [], values: empty.values.map((value, i) => groups[0]?.values[i] ?? value) }];
  }

  private addTo(
    table: GroupTable,
    key: string,
    types: readonly Type[],
    index: number,
    value: Group["values"][number],
    isFirst: boolean,
  ): void {
    const keys = types.length === 0 ? [] : this.keysOf(key, types);
    if (keys) table.add(this.identity(key, keys), () => keys, index, value);
    else if (isFirst) this.damaged(key, "its parts do not fit what the query groups by");
  }

  /** Two processes have the same function at different addresses. */
  private identity(key: string, keys: readonly Value[]): string {
    return this.nameStack ? keys.map((each) => `${String(each).length}:${String(each)}`).join() : key;
  }

  /** A map without keys is its value; a back end may also give it one dummy key. */
  private entries(data: Json, types: readonly Type[]): readonly (readonly [string, Json])[] {
    if (types.length === 0) {
      const isStats = data instanceof JsonObject && data.get("total") !== undefined;
      return data instanceof JsonObject && !isStats
        ? data.members.map(([, value]) => ["", value])
        : [["", data]];
    }
    if (data instanceof JsonObject) return data.members;
    this.damaged(JSON.stringify(String(data)), "a map has no keys");
    return [];
  }

  private readonly keysByText = new Map<string, readonly Value[] | undefined>();

  private keysOf(key: string, types: readonly Type[]): readonly Value[] | undefined {
    if (this.keysByText.has(key)) return this.keysByText.get(key);
    const decoded = this.decodeKey(this.dialect.read(key), types);
    const keys = decoded && withNames(decoded, keyColumns(this.result), this.nameStack);
    this.keysByText.set(key, keys);
    return keys;
  }

  private decodeKey(text: string, types: readonly Type[]): readonly Value[] | undefined {
    const exact = this.exact.get(text);
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
      return openGroups(result, this.states, [...this.maps.values()], now, this.nameStack);
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
