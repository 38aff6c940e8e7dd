/** The events of a run, independent of the tracer: views read nothing else. */
import type { AggregateValue } from "../aggregates/values.js";

/** A `bigint` where a `number` would lose digits: kernel addresses exceed 2^53. */
export type Value = bigint | number | string | boolean | null;

export interface Group {
  readonly keys: readonly Value[];
  readonly values: readonly AggregateValue[];
}

/** Groups in order: an array, or a longer list that makes them as they are looked at. */
export interface GroupList extends Iterable<Group> {
  readonly length: number;
  at(index: number): Group | undefined;
  slice(start?: number, end?: number): readonly Group[];
  map<T>(of: (group: Group) => T): T[];
}

/** All groups of a batch, of which only the first are shown. */
export interface AllGroups {
  readonly groups: number;
  /** The aggregates over all of them; null for those that do not add up, or are drawn. */
  readonly values: readonly AggregateValue[];
}

/** A batch of a result that is printed at an interval or at the end. A `line` result is a single group. */
export interface GroupsEvent {
  readonly kind: "groups";
  readonly result: number;
  readonly groups: GroupList;
  /** Set where `top` left some out. */
  readonly whole?: AllGroups;
  /** When it was printed, in nanoseconds since boot; 0 if unknown. */
  readonly nsecs: number | bigint;
  /** Whether it is the last batch of the result. */
  readonly final?: boolean;
  /**
   * Set if it covers less than the interval of the result, as the last batch of a run does: its values must not be
   * compared with those of whole intervals.
   */
  readonly partial?: true;
  /** The seconds that a partial batch covers, if known. */
  readonly seconds?: number;
  /** Whether some keys could not be distinguished: see the `damaged` events that precede it. */
  readonly ambiguous?: boolean;
  /** The number of entries in its fullest map, of `maxEntries`; for an interval, if the tracer's output shows it. */
  readonly entries?: number;
}

export interface RowEvent {
  readonly kind: "row";
  readonly result: number;
  readonly values: readonly Value[];
}

/** Why a figure may be too low, or a value incomplete. */
export const SHORTFALLS = [
  "events lost",
  "not received",
  "unreadable",
  "map full",
  "stack missing",
  "probe missed",
  "end missed",
  "range missed",
  "text cut",
  "text unread",
  "not seen",
  "clock",
] as const;
export type ShortfallKind = (typeof SHORTFALLS)[number];

export interface Shortfall {
  readonly why: ShortfallKind;
  /** The result that is affected; absent if it may be any. */
  readonly result?: number;
  /** How often it happened; absent if the tracer does not report it. */
  readonly count?: number;
}

export type ResultEvent =
  | RowEvent
  | GroupsEvent
  | { readonly kind: "attached"; readonly probes: number }
  | { readonly kind: "lost"; readonly count: number }
  | {
      readonly kind: "message";
      readonly level: "warning" | "error";
      readonly text: string;
      /** Set for a warning that figures may be too low. */
      readonly shortfall?: Shortfall;
    }
  /** Output that cannot be parsed; `line` is shortened. */
  | { readonly kind: "damaged"; readonly line: string; readonly why: string };

export type Message = ResultEvent & { readonly kind: "message" };
