/** Values counted in buckets, as the tracers count them. */
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

/** 0 for what is negative, 1 for zero, then one for each power of two. */
export const POWERS: Buckets = {
  indexOf: (value) => (value < 0n ? 0 : value === 0n ? 1 : value.toString(2).length + 1),
  bounds(index) {
    if (index === 0) return { min: null, max: -1 };
    if (index === 1) return { min: 0, max: 0 };
    return { min: fit(1n << BigInt(index - 2)), max: fit((1n << BigInt(index - 1)) - 1n) };
  },
};

/** How many buckets a power of two has, as a power of two: a bucket is at most 1/16 as wide as what is in it. */
export const FINE_BITS = 4;

/** The least value of the bucket that a value is in; -1 for what is negative. */
export function fineBucketOf(value: bigint): bigint {
  if (value < 0n) return -1n;
  const shift = shiftOf(value);
  return (value >> shift) << shift;
}

/** Of counts by the least value of each bucket. */
export function fineHistogram(counts: Iterable<readonly [bigint, Integer]>): Histogram {
  const sorted = [...counts].sort(([a], [b]) => compareNumbers(a, b));
  return { buckets: sorted.map(([least, count]) => ({ ...fineBounds(least), count })) };
}

function fineBounds(least: bigint): Bounds {
  if (least < 0n) return { min: null, max: -1 };
  return { min: fit(least), max: fit(least + (1n << shiftOf(least)) - 1n) };
}

/** Up to 32 a value has a bucket of its own. */
function shiftOf(value: bigint): bigint {
  return BigInt(Math.max(0, value.toString(2).length - FINE_BITS - 1));
}

/** 0 for what is below the range, then one for each step, and one for what is above. */
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

/** From the first bucket that has something to the last, with the empty ones in between. */
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

/** The bucket that a percentile is in; undefined where nothing was counted. */
export function percentileOf({ buckets }: Histogram, percent: number): Bucket | undefined {
  const total = buckets.reduce((sum, { count }) => sum + BigInt(count), 0n);
  let seen = 0n;
  return total === 0n
    ? undefined
    : buckets.find(({ count }) => (seen += BigInt(count)) * 100n >= total * BigInt(percent));
}

/** How many values were counted. */
export function eventsIn({ buckets }: Histogram): Integer {
  return buckets.reduce<Integer>((sum, { count }) => fit(BigInt(sum) + BigInt(count)), 0);
}
