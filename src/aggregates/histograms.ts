/** Histograms: values counted in buckets, as the tracers count them. */
import { greatest, smallest } from "../lists.js";
import { compareNumbers, fit, type Integer } from "../integers.js";
import type { Bounds, Bucket, Histogram } from "./values.js";

/** The buckets of a linear histogram, in the value's base unit. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
  readonly step: bigint;
}

/** How values are put into numbered buckets. */
export interface Buckets {
  indexOf(value: bigint): number;
  bounds(index: number): Bounds;
}

/** Bucket 0 is for negative values, 1 for zero, and then there is one for each power of two. */
export const POWERS: Buckets = {
  indexOf: (value) => (value < 0n ? 0 : value === 0n ? 1 : value.toString(2).length + 1),
  bounds(index) {
    if (index === 0) return { min: null, max: -1 };
    if (index === 1) return { min: 0, max: 0 };
    return { min: fit(1n << BigInt(index - 2)), max: fit((1n << BigInt(index - 1)) - 1n) };
  },
};

/** The number of buckets for each power of two, as a power of two: a bucket's width is at most 1/16 of its values. */
export const FINE_BITS = 4;

/** The lowest value of the bucket that a value is in; -1 for negative values. */
export function fineBucketOf(value: bigint): bigint {
  if (value < 0n) return -1n;
  const shift = shiftOf(value);
  return (value >> shift) << shift;
}

/** A histogram from counts by the lowest value of each bucket. */
export function fineHistogram(counts: Iterable<readonly [bigint, Integer]>): Histogram {
  const sorted = [...counts].sort(([a], [b]) => compareNumbers(a, b));
  return { buckets: sorted.map(([least, count]) => ({ ...fineBounds(least), count })) };
}

function fineBounds(least: bigint): Bounds {
  if (least < 0n) return { min: null, max: -1 };
  return { min: fit(least), max: fit(least + (1n << shiftOf(least)) - 1n) };
}

/** Each value up to 32 has a bucket of its own. */
function shiftOf(value: bigint): bigint {
  return BigInt(Math.max(0, value.toString(2).length - FINE_BITS - 1));
}

/** Bucket 0 is for values below the range, then there is one for each step, and one for values above. */
export function linear({ min, max, step }: Range): Buckets {
  const steps = Number((max - min) / step);
  return {
    indexOf: (value) => (value < min ? 0 : value >= max ? steps + 1 : Number((value - min) / step) + 1),
    bounds: (i) => ({
      min: i === 0 ? null : i > steps ? fit(max) : fit(min + BigInt(i - 1) * step),
      max: i > steps ? null : fit(min + BigInt(i) * step - 1n),
    }),
  };
}

/** The buckets from the first to the last that is not empty, with the empty ones in between. */
export function histogramOf(values: readonly bigint[], { indexOf, bounds }: Buckets): Histogram {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(indexOf(value), (counts.get(indexOf(value)) ?? 0) + 1);
  if (counts.size === 0) return { buckets: [] };
  const first = smallest(counts.keys());
  const length = greatest(counts.keys()) - first + 1;
  return {
    buckets: Array.from({ length }, (_, i) => ({ ...bounds(first + i), count: counts.get(first + i) ?? 0 })),
  };
}

export function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  const counts = new Map<string, Bucket>();
  for (const bucket of [...a.buckets, ...b.buckets]) {
    const name = `${bucket.min}..${bucket.max}`;
    const known = counts.get(name);
    counts.set(name, known ? { ...bucket, count: fit(BigInt(known.count) + BigInt(bucket.count)) } : bucket);
  }
  const start = (bucket: Bucket): Integer => bucket.min ?? -Infinity;
  return { buckets: [...counts.values()].sort((x, y) => compareNumbers(start(x), start(y))) };
}

/** The bucket that a percentile is in; undefined if nothing was counted. */
export function percentileOf({ buckets }: Histogram, percent: number): Bucket | undefined {
  const total = buckets.reduce((sum, { count }) => sum + BigInt(count), 0n);
  let seen = 0n;
  return total === 0n
    ? undefined
    : buckets.find(({ count }) => (seen += BigInt(count)) * 100n >= total * BigInt(percent));
}

/** The number of values that were counted. */
export function eventsIn({ buckets }: Histogram): Integer {
  return buckets.reduce<Integer>((sum, { count }) => fit(BigInt(sum) + BigInt(count)), 0);
}
