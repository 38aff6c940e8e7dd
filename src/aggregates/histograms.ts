/** Values counted in buckets, as the tracers count them. */
import { greatest, smallest } from "../lists.js";
import { compareNumbers, fit, type Integer } from "../integers.js";
import type { Bucket, Histogram } from "./values.js";

/** What a bucket holds. */
export type Bounds = Pick<Bucket, "min" | "max">;

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

/** How many values were counted. */
export function eventsIn({ buckets }: Histogram): Integer {
  return buckets.reduce<Integer>((sum, { count }) => fit(BigInt(sum) + BigInt(count)), 0);
}
