/**
 * The aggregates: all that is said of each apart from a tracer. A new one is an entry here and one in the table of each
 * back end (its `aggregates.ts`), which the compiler asks for.
 */
import { fit, isNumber, type Integer } from "../integers.js";
import { numberOf, UNSIGNED } from "../semantics/types/types.js";
import type { AggregateDefinition } from "./definition.js";
import { eventsIn, histogramOf, linear, mergeHistograms, POWERS, type Range } from "./histograms.js";
import { isHistogram, isStats, type AggregateValue, type Stats } from "./values.js";

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
    typeOf: ({ unit, signed }) => numberOf(unit, signed),
    isAdditive: false,
    isOfOneInterval: true,
    magnitudeIs: "values",
    empty: null,
    // Two averages are not one: how many events each is of is not known. Where they must be put together, they are
    // kept as summaries.
    merge: mergeStats,
    finish: (value) => (isStats(value) ? value.avg : value),
    compute: (values) => (values.length === 0 ? null : fit(sumOf(values) / BigInt(values.length))),
    words: { help: "its average", verb: "averages", noun: "the average", keeps: "a count and a sum" },
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
      help: "the least of it",
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
      help: "the greatest of it",
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
      help: "count, average and sum",
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
} as const satisfies Readonly<Record<string, AggregateDefinition>>;

export type AggregateFunction = keyof typeof AGGREGATES;

export const AGGREGATE_NAMES = Object.keys(AGGREGATES) as readonly AggregateFunction[];

export function isAggregateFunction(name: string): name is AggregateFunction {
  return Object.hasOwn(AGGREGATES, name);
}

/** With the members that only some have. */
export function definitionOf(fn: AggregateFunction): AggregateDefinition {
  return AGGREGATES[fn];
}

/** Two values of one aggregate put together. Undefined: these two cannot be. */
export function mergeValues(
  fn: AggregateFunction,
  a: AggregateValue,
  b: AggregateValue,
): AggregateValue | undefined {
  return a === null || b === null ? (a ?? b) : definitionOf(fn).merge?.(a, b);
}

/** A recording may say anything. */
const EMPTY_RANGE: Range = { min: 0n, max: 0n, step: 1n };

function add(a: AggregateValue, b: AggregateValue): Integer | undefined {
  return isNumber(a) && isNumber(b) ? fit(BigInt(a) + BigInt(b)) : undefined;
}

function sumOf(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n);
}

function statsFrom(count: bigint, sum: bigint): Stats {
  return { count: fit(count), sum: fit(sum), avg: count === 0n ? 0 : fit(sum / count) };
}

function mergeStats(a: AggregateValue, b: AggregateValue): Stats | undefined {
  return isStats(a) && isStats(b)
    ? statsFrom(BigInt(a.count) + BigInt(b.count), BigInt(a.sum) + BigInt(b.sum))
    : undefined;
}
