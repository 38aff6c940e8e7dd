/** The values of aggregates: a number, or one of the shapes below. */
import type { Integer } from "../integers.js";

/** The bounds of a value, both inclusive; null is open on that side. */
export interface Bounds {
  readonly min: Integer | null;
  readonly max: Integer | null;
}

export interface Bucket extends Bounds {
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

/** The number of times each value occurred, by its printed text, from which the number of different values is known. */
export interface ValueCounts {
  readonly counts: ReadonlyMap<string, Integer>;
}

/** Null if there were no events and the aggregate has no value then, or if the value is not known. */
export type AggregateValue = Integer | null | Histogram | Stats | Bounds;

/** What a tracer keeps for an aggregate; two of them can be combined. */
export type KeptValue = AggregateValue | ValueCounts;

export function isHistogram(value: unknown): value is Histogram {
  return typeof value === "object" && value !== null && "buckets" in value;
}

export function isStats(value: unknown): value is Stats {
  return typeof value === "object" && value !== null && "sum" in value;
}

export function isBounds(value: unknown): value is Bounds {
  return typeof value === "object" && value !== null && "min" in value && "max" in value;
}

export function isValueCounts(value: unknown): value is ValueCounts {
  return typeof value === "object" && value !== null && "counts" in value;
}
