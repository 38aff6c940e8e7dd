/** What an aggregate says of many events: a number, or one of the shapes below. */
import type { Integer } from "../integers.js";

/** Where a value is: both ends are inside, and null is open on that side. */
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

/** How often each of the different values came, by how it was printed: kept until it is known how many there are. */
export interface ValueCounts {
  readonly counts: ReadonlyMap<string, Integer>;
}

/** Null: of no events, an aggregate that has no value then; or one that is not known. */
export type AggregateValue = Integer | null | Histogram | Stats | Bounds;

/** What a tracer keeps of an aggregate, and two parts of which can be put together. */
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
