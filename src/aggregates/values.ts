/** What an aggregate says of many events: a number, or one of the shapes below. */
import type { Integer } from "../integers.js";

export interface Bucket {
  /** Null: open on this side. Both ends are inside. */
  readonly min: Integer | null;
  readonly max: Integer | null;
  readonly count: Integer;
}

export interface Histogram {
  readonly buckets: readonly Bucket[];
}

/** In base units. */
export interface Stats {
  readonly count: Integer;
  readonly sum: Integer;
  readonly avg: Integer;
}

/** Null: of no events, an aggregate that has no value then; or one that is not known. */
export type AggregateValue = Integer | null | Histogram | Stats;

export function isHistogram(value: unknown): value is Histogram {
  return typeof value === "object" && value !== null && "buckets" in value;
}

export function isStats(value: unknown): value is Stats {
  return typeof value === "object" && value !== null && "sum" in value;
}
