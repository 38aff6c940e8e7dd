/** Aggregates: read from what is printed, put together, and computed where the tracer cannot. */
import type { ResultAggregate } from "../plan/plan.js";
import type { AggregateFunction } from "../semantics/typed.js";
import { JsonObject, type Json } from "./tracer-json.js";
import { numberOf } from "./column-values.js";
import {
  fit,
  isHistogram,
  isStats,
  type AggregateValue,
  type Bucket,
  type Histogram,
  type Stats,
} from "../results/events.js";
import { greatest, smallest } from "../lists.js";

type Integer = number | bigint;

/** Undefined: it is not what such an aggregate prints. */
export function decodeAggregate(json: Json, aggregate: ResultAggregate): AggregateValue | undefined {
  switch (aggregate.fn) {
    case "hist":
    case "lhist":
      return histogramOf(json);
    case "stats":
      return statsOf(json);
    case "avg":
      // An average may be kept as a summary, which can be merged.
      return statsOf(json) ?? numberOf(json, isSigned(aggregate));
    case "count":
      return numberOf(json, false);
    default:
      return numberOf(json, isSigned(aggregate));
  }
}

function isSigned(aggregate: ResultAggregate): boolean {
  return aggregate.type.kind === "number"
    ? aggregate.type.signed
    : aggregate.type.kind === "enum" && aggregate.type.signed;
}

function histogramOf(json: Json): Histogram | undefined {
  if (!Array.isArray(json)) return undefined;
  const buckets: Bucket[] = [];
  for (const each of json as readonly Json[]) {
    const bucket = each instanceof JsonObject ? bucketOf(each) : undefined;
    if (!bucket) return undefined;
    buckets.push(bucket);
  }
  return { buckets };
}

function bucketOf(object: JsonObject): Bucket | undefined {
  const count = numberOf(object.get("count") ?? null, false);
  if (count === undefined) return undefined;
  const min = numberOf(object.get("min") ?? null, true) ?? null;
  const max = numberOf(object.get("max") ?? null, true) ?? null;
  // Before 0.20 all from 2^31 up is in one bucket, of which the bounds overflowed an int.
  if (min === -(2 ** 31) && max === 0) return { min: 2 ** 31, max: null, count };
  return { min, max, count };
}

function statsOf(json: Json): Stats | undefined {
  if (!(json instanceof JsonObject)) return undefined;
  const count = numberOf(json.get("count") ?? null, false);
  const sum = numberOf(json.get("total") ?? null, true);
  const avg = numberOf(json.get("average") ?? null, true);
  return count === undefined || sum === undefined || avg === undefined ? undefined : { count, sum, avg };
}

/** What an aggregate says of no events at all; null where that is nothing. */
export function emptyValue(fn: AggregateFunction): AggregateValue {
  switch (fn) {
    case "count":
    case "sum":
      return 0;
    case "hist":
    case "lhist":
      return { buckets: [] };
    case "stats":
      return { count: 0, sum: 0, avg: 0 };
    default:
      return null;
  }
}

/** Two entries that print the same key are one group. Undefined: these two cannot be put together. */
export function mergeValues(
  fn: AggregateFunction,
  a: AggregateValue,
  b: AggregateValue,
): AggregateValue | undefined {
  if (a === null || b === null) return a ?? b;
  if (isHistogram(a) && isHistogram(b)) return mergeHistograms(a, b);
  if (isStats(a) && isStats(b))
    return statsFrom(BigInt(a.count) + BigInt(b.count), BigInt(a.sum) + BigInt(b.sum));
  if (!isInteger(a) || !isInteger(b)) return undefined;
  switch (fn) {
    case "count":
    case "sum":
      return fit(BigInt(a) + BigInt(b));
    case "min":
      return a < b ? a : b;
    case "max":
      return a > b ? a : b;
    default:
      return undefined;
  }
}

function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  const counts = new Map<string, Bucket>();
  for (const bucket of [...a.buckets, ...b.buckets]) {
    const name = `${bucket.min}..${bucket.max}`;
    const known = counts.get(name);
    counts.set(name, known ? { ...bucket, count: fit(BigInt(known.count) + BigInt(bucket.count)) } : bucket);
  }
  const start = (bucket: Bucket): Integer => bucket.min ?? -Infinity;
  return { buckets: [...counts.values()].sort((x, y) => compareNumbers(start(x), start(y))) };
}

export function isInteger(value: AggregateValue | undefined): value is Integer {
  return typeof value === "number" || typeof value === "bigint";
}

export function compareNumbers(a: Integer, b: Integer): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By what groups are ranked: the number itself, or how many events a histogram or a summary is of. */
export function magnitude(value: AggregateValue | undefined): Integer {
  if (value === undefined || value === null) return -Infinity;
  if (isInteger(value)) return value;
  if (isStats(value)) return value.sum;
  if (isHistogram(value))
    return value.buckets.reduce<Integer>((sum, each) => fit(BigInt(sum) + BigInt(each.count)), 0);
  return -Infinity;
}

// ---------------------------------------------------------------- computed here

function statsFrom(count: bigint, sum: bigint): Stats {
  return { count: fit(count), sum: fit(sum), avg: count === 0n ? 0 : fit(sum / count) };
}

/** What the tracer would have said of these values. */
export function aggregate(
  fn: AggregateFunction,
  values: readonly bigint[],
  range: ResultAggregate["range"],
): AggregateValue {
  switch (fn) {
    case "count":
      return values.length;
    case "sum":
      return fit(sumOf(values));
    case "avg":
      return values.length === 0 ? null : fit(sumOf(values) / BigInt(values.length));
    case "min":
      return values.length === 0 ? null : fit(values.reduce((a, b) => (b < a ? b : a)));
    case "max":
      return values.length === 0 ? null : fit(values.reduce((a, b) => (b > a ? b : a)));
    case "stats":
      return statsFrom(BigInt(values.length), sumOf(values));
    case "hist":
      return countBuckets(values, powerBucket, powerBounds);
    case "lhist": {
      const { min, max, step } = range ?? { min: 0n, max: 0n, step: 1n };
      const steps = Number((max - min) / step);
      return countBuckets(
        values,
        (value) => (value < min ? 0 : value >= max ? steps + 1 : Number((value - min) / step) + 1),
        (i) => ({
          min: i === 0 ? null : i > steps ? fit(max) : fit(min + BigInt(i - 1) * step),
          max: i > steps ? null : fit(min + BigInt(i) * step - 1n),
        }),
      );
    }
  }
}

function sumOf(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n);
}

/** 0 for what is negative, 1 for zero, then one for each power of two. */
export function powerBucket(value: bigint): number {
  return value < 0n ? 0 : value === 0n ? 1 : value.toString(2).length + 1;
}

export function powerBounds(index: number): Pick<Bucket, "min" | "max"> {
  if (index === 0) return { min: null, max: -1 };
  if (index === 1) return { min: 0, max: 0 };
  return { min: fit(1n << BigInt(index - 2)), max: fit((1n << BigInt(index - 1)) - 1n) };
}

/** From the first bucket that has something to the last, with those in between that have nothing. */
function countBuckets(
  values: readonly bigint[],
  indexOf: (value: bigint) => number,
  bounds: (index: number) => Pick<Bucket, "min" | "max">,
): Histogram {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(indexOf(value), (counts.get(indexOf(value)) ?? 0) + 1);
  if (counts.size === 0) return { buckets: [] };
  const first = smallest(counts.keys());
  const length = greatest(counts.keys()) - first + 1;
  return {
    buckets: Array.from({ length }, (_, i) => ({ ...bounds(first + i), count: counts.get(first + i) ?? 0 })),
  };
}
