/** What a run yields, whatever tracer it came from: the views read nothing else. */
import type { AggregateValue } from "../aggregates/values.js";

/** A `bigint` where a `number` would lose digits: kernel addresses go beyond 2^53. */
export type Value = bigint | number | string | boolean | null;

export interface Group {
  readonly keys: readonly Value[];
  readonly values: readonly AggregateValue[];
}

/** One batch of a result that is printed at an interval or at the end. `line` results are a single group. */
export interface GroupsEvent {
  readonly kind: "groups";
  readonly result: number;
  readonly groups: readonly Group[];
  /** When it was printed, since boot; 0 where it is not known. */
  readonly nsecs: number | bigint;
  /** No more will come of this result. */
  readonly final?: boolean;
  /** Some keys could not be told apart: see the `damaged` events that come with it. */
  readonly ambiguous?: boolean;
  /** How many entries its fullest map had, of `maxEntries`: of an interval, where the tracer's output tells. */
  readonly entries?: number;
}

export interface RowEvent {
  readonly kind: "row";
  readonly result: number;
  readonly values: readonly Value[];
}

/** Why a figure may be lower than what happened, or a value not whole. */
export const SHORTFALLS = [
  "events lost",
  "not received",
  "unreadable",
  "map full",
  "stack missing",
  "probe missed",
  "text cut",
  "clock",
] as const;
export type ShortfallKind = (typeof SHORTFALLS)[number];

export interface Shortfall {
  readonly why: ShortfallKind;
  /** The result it is of; absent: any may be. */
  readonly result?: number;
  /** How often it was seen; absent: the tracer does not say. */
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
      /** With a warning that says that figures may be low. */
      readonly shortfall?: Shortfall;
    }
  /** Output that cannot be trusted; `line` is shortened. */
  | { readonly kind: "damaged"; readonly line: string; readonly why: string };

export type Message = ResultEvent & { readonly kind: "message" };
