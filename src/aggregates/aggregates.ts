/**
 * The definitions of the aggregates, independent of any tracer. A new one is an entry here and one in the table of each
 * back end (its `aggregates.ts`), which the compiler asks for.
 */
import { fit, isNumber, type Integer } from "../integers.js";
import { numberOf, UNSIGNED } from "../types/types.js";
import type { AggregateDefinition } from "./definition.js";
import {
  eventsIn,
  fineBucketOf,
  fineHistogram,
  histogramOf,
  linear,
  mergeHistograms,
  percentileOf,
  POWERS,
  type Range,
} from "./histograms.js";
import {
  isHistogram,
  isStats,
  isValueCounts,
  type AggregateValue,
  type KeptValue,
  type Stats,
  type ValueCounts,
} from "./values.js";

const HISTOGRAM = {
  shape: "histogram",
  typeOf: ({ unit }) => ({ kind: "histogram", unit }),
  isAdditive: true,
  magnitudeIs: "events",
  empty: { buckets: [] },
  merge: (a, b) => (isHistogram(a) && isHistogram(b) ? mergeHistograms(a, b) : undefined),
  events: (value) => (isHistogram(value) ? Number(eventsIn(value)) : 0),
} satisfies Partial<AggregateDefinition>;

export const AGGREGATES = {
  count: {
    takes: "nothing",
    ofSums: "count",
    shape: "number",
    typeOf: () => UNSIGNED,
    isAdditive: true,
    magnitudeIs: "events",
    empty: 0,
    merge: (a, b) => add(a, b),
    compute: (values) => values.length,
    events: (value) => Number(isNumber(value) ? value : 0),
    words: {
      help: "how many events: `count()`",
      verb: "counts how many there were",
      noun: "the number",
      keeps: "a count",
    },
  },
  sum: {
    takes: "value",
    shape: "number",
    ofSums: "sum",
    typeOf: ({ unit, signed }) => numberOf(unit, signed),
    isAdditive: true,
    magnitudeIs: "values",
    empty: 0,
    merge: (a, b) => add(a, b),
    compute: (values) => fit(sumOf(values)),
    words: { help: "the sum of an amount: `sum(size)`", verb: "sums", noun: "the sum of", keeps: "a sum" },
  },
  avg: {
    takes: "value",
    shape: "number",
    ofSums: "mean",
    typeOf: ({ unit, signed }) => numberOf(unit, signed),
    isAdditive: false,
    isOfOneInterval: true,
    magnitudeIs: "values",
    empty: null,
    // Averages cannot be combined without their numbers of events. Where they must be, summaries are kept instead.
    merge: mergeStats,
    finish: (kept) => (isStats(kept) ? kept.avg : finishedNumber(kept)),
    compute: (values) => (values.length === 0 ? null : fit(sumOf(values) / BigInt(values.length))),
    words: {
      help: "the average of an amount: `avg(size)`",
      verb: "averages",
      noun: "the average",
      keeps: "a count and a sum",
    },
  },
  min: {
    takes: "value",
    shape: "number",
    typeOf: ({ unit, signed }) => numberOf(unit, signed),
    isAdditive: false,
    magnitudeIs: "values",
    empty: null,
    merge: (a, b) => (isNumber(a) && isNumber(b) ? (a < b ? a : b) : undefined),
    compute: (values) => (values.length === 0 ? null : fit(values.reduce((a, b) => (b < a ? b : a)))),
    words: {
      help: "the least of an amount: `min(latency)`",
      verb: "finds the smallest",
      noun: "the smallest",
      keeps: "the smallest so far",
    },
  },
  max: {
    takes: "value",
    shape: "number",
    typeOf: ({ unit, signed }) => numberOf(unit, signed),
    isAdditive: false,
    magnitudeIs: "values",
    empty: null,
    merge: (a, b) => (isNumber(a) && isNumber(b) ? (a > b ? a : b) : undefined),
    compute: (values) => (values.length === 0 ? null : fit(values.reduce((a, b) => (b > a ? b : a)))),
    words: {
      help: "the greatest of an amount: `max(latency)`",
      verb: "finds the greatest",
      noun: "the greatest",
      keeps: "the greatest so far",
    },
  },
  stats: {
    takes: "value",
    shape: "stats",
    typeOf: ({ unit }) => ({ kind: "stats", unit }),
    isAdditive: true,
    magnitudeIs: "values",
    empty: { count: 0, sum: 0, avg: 0 },
    merge: mergeStats,
    compute: (values) => statsFrom(BigInt(values.length), sumOf(values)),
    events: (value) => (isStats(value) ? Number(value.count) : 0),
    words: {
      help: "count, average and sum of an amount: `stats(latency)`",
      verb: "counts, sums and averages",
      noun: "the summary of",
      keeps: "a count and a sum",
    },
  },
  hist: {
    ...HISTOGRAM,
    takes: "value",
    compute: (values) => histogramOf(values, POWERS),
    words: {
      help: "a histogram with buckets of powers of two: `hist(latency)`",
      verb: "draws a histogram of",
      noun: "the histogram of",
      how: "in powers of two",
      keeps: "how many were in the bucket",
    },
  },
  lhist: {
    ...HISTOGRAM,
    takes: "value and range",
    compute: (values, range) => histogramOf(values, linear(range ?? EMPTY_RANGE)),
    words: {
      help: "a histogram with buckets of one width: `lhist(size, 0, 1000, 100)`",
      verb: "draws a histogram of",
      noun: "the histogram of",
      keeps: "how many were in the bucket",
    },
  },
  rate: {
    takes: "value or nothing",
    shape: "number",
    typeOf: ({ unit, signed }) => ({ kind: "number", unit, signed, per: "second" }),
    isByTime: true,
    isAdditive: true,
    isOfOneInterval: true,
    magnitudeIs: "values",
    empty: 0,
    merge: (a, b) => add(a, b),
    finish: (kept, seconds) => (isNumber(kept) && seconds !== undefined ? perSecond(kept, seconds) : null),
    compute: (values) => fit(sumOf(values)),
    words: {
      help: "per second, of events or of an amount: `rate()`, `rate(size)`",
      verb: "finds the rate per second of",
      verbAlone: "finds how many there were per second",
      how: "by the time stamps of the trace",
      noun: "the rate of",
      nounAlone: "the rate",
      keeps: "a count, or a sum",
    },
  },
  distinct: {
    takes: "anything",
    shape: "number",
    typeOf: () => UNSIGNED,
    keptAs: "values",
    isAdditive: false,
    isOfOneInterval: true,
    magnitudeIs: "values",
    empty: 0,
    merge: mergeValueCounts,
    finish: (kept) => (isValueCounts(kept) ? kept.counts.size : finishedNumber(kept)),
    compute: (values) => valueCounts(values),
    events: (kept) => (isValueCounts(kept) ? Number(sumOf([...kept.counts.values()].map(BigInt))) : 0),
    words: {
      help: "how many distinct values: `distinct(address / 4KB)`",
      verb: "counts the distinct values of",
      how: "exactly, as long as its map has room",
      noun: "the number of distinct values of",
      keeps: "how often the value came",
    },
  },
  p50: percentile(50),
  p90: percentile(90),
  p95: percentile(95),
  p99: percentile(99),
} as const satisfies Readonly<Record<string, AggregateDefinition>>;

export type AggregateFunction = keyof typeof AGGREGATES;

export const AGGREGATE_NAMES = Object.keys(AGGREGATES) as readonly AggregateFunction[];

export function isAggregateFunction(name: string): name is AggregateFunction {
  return Object.hasOwn(AGGREGATES, name);
}

/** The definition, with the members that only some have. */
export function definitionOf(fn: AggregateFunction): AggregateDefinition {
  return AGGREGATES[fn];
}

/** Returns the value to show for what a tracer kept. `seconds` is the time in which it was counted, if known. */
export function finished(
  fn: AggregateFunction,
  kept: KeptValue,
  seconds: number | undefined,
): AggregateValue {
  const { finish } = definitionOf(fn);
  return finish ? finish(kept, seconds) : isValueCounts(kept) ? null : kept;
}

/** Combines two kept values of an aggregate; returns undefined if that is not possible. */
export function mergeKept(fn: AggregateFunction, a: KeptValue, b: KeptValue): KeptValue | undefined {
  return a === null || b === null ? (a ?? b) : definitionOf(fn).merge(a, b);
}

/** Combines two values as they are shown. */
export function mergeValues(
  fn: AggregateFunction,
  a: AggregateValue,
  b: AggregateValue,
): AggregateValue | undefined {
  const merged = mergeKept(fn, a, b);
  return isValueCounts(merged) ? undefined : merged;
}

/** In buckets so fine that the error is at most 1/16 of the value. */
function percentile(percent: number) {
  return {
    takes: "value",
    shape: "bounds",
    typeOf: ({ unit }) => ({ kind: "bounds", unit }),
    keptAs: "fine buckets",
    isAdditive: false,
    isOfOneInterval: true,
    magnitudeIs: "values",
    empty: null,
    merge: (a, b) => (isHistogram(a) && isHistogram(b) ? mergeHistograms(a, b) : undefined),
    finish(kept) {
      const bucket = isHistogram(kept) ? percentileOf(kept, percent) : undefined;
      return bucket ? { min: bucket.min, max: bucket.max } : null;
    },
    compute: (values) => fineHistogram(countsOf(values.map(fineBucketOf))),
    events: (kept) => (isHistogram(kept) ? Number(eventsIn(kept)) : 0),
    words: {
      help: `the ${percent}th percentile, as a lower and an upper bound: \`p${percent}(latency)\``,
      verb: `finds the ${percent}th percentile of`,
      how: "to within 1/16 of the value",
      noun: `the ${percent}th percentile of`,
      keeps: "how many were in the bucket",
    },
  } as const satisfies AggregateDefinition;
}

/** Rounded to nine digits, the precision of a time in nanoseconds. */
function perSecond(total: Integer, seconds: number): number | null {
  return seconds > 0 ? Number((Number(total) / seconds).toPrecision(9)) : null;
}

function countsOf(values: readonly bigint[]): ReadonlyMap<bigint, number> {
  const counts = new Map<bigint, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function valueCounts(values: readonly bigint[]): ValueCounts {
  return { counts: new Map([...countsOf(values)].map(([value, count]) => [String(value), count])) };
}

function mergeValueCounts(a: KeptValue, b: KeptValue): ValueCounts | undefined {
  if (!isValueCounts(a) || !isValueCounts(b)) return undefined;
  const counts = new Map(a.counts);
  for (const [value, count] of b.counts)
    counts.set(value, fit(BigInt(counts.get(value) ?? 0) + BigInt(count)));
  return { counts };
}

/** A number that the tracer has computed. */
function finishedNumber(kept: KeptValue): Integer | null {
  return isNumber(kept) ? kept : null;
}

/** A recording may contain anything. */
const EMPTY_RANGE: Range = { min: 0n, max: 0n, step: 1n };

function add(a: KeptValue, b: KeptValue): Integer | undefined {
  if (!isNumber(a) || !isNumber(b)) return undefined;
  const isFraction = (value: Integer): boolean => typeof value === "number" && !Number.isInteger(value);
  return isFraction(a) || isFraction(b) ? Number(a) + Number(b) : fit(BigInt(a) + BigInt(b));
}

function sumOf(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n);
}

function statsFrom(count: bigint, sum: bigint): Stats {
  return { count: fit(count), sum: fit(sum), avg: count === 0n ? 0 : fit(sum / count) };
}

function mergeStats(a: KeptValue, b: KeptValue): Stats | undefined {
  return isStats(a) && isStats(b)
    ? statsFrom(BigInt(a.count) + BigInt(b.count), BigInt(a.sum) + BigInt(b.sum))
    : undefined;
}
