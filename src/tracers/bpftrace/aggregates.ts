/** The aggregates as bpftrace calls and keeps them. */
import type { AggregateFunction } from "../../aggregates/aggregates.js";
import { FINE_BITS } from "../../aggregates/histograms.js";
import type { ResultAggregate } from "../../plan/plan.js";
import type { Dialect } from "./versions.js";

/**
 * What a map has for a key: a number, one that says when it is none, a count and a sum, or an entry for each bucket or
 * each value.
 */
export type AggregateStorage = "number" | "extreme" | "pair" | "buckets" | "values";

interface AggregateRow {
  /** `value` is empty where the aggregate has none. */
  call(value: string, range: ResultAggregate["range"]): string;
  readonly keeps: AggregateStorage;
  /** Whether a map holds one number a key, which newer versions can read and loop over. */
  readonly isScalar: boolean;
  /** What the key of an entry ends with, beside that of the group; undefined: nothing. */
  keyPart?(value: string, dialect: Dialect): KeyPart | undefined;
}

interface KeyPart {
  /** Statements that work it out. */
  readonly before: readonly string[];
  readonly key: string;
}

/** By buckets of `hist` where it has fine ones, else by a map of counts whose key has the bucket. */
const PERCENTILE: AggregateRow = {
  call: (value) => `hist(${value}, ${FINE_BITS})`,
  keeps: "buckets",
  isScalar: false,
  keyPart: (value, dialect) => (dialect.can("fineHistograms") ? undefined : fineBucket(value)),
};

const ROWS: Readonly<Record<AggregateFunction, AggregateRow>> = {
  count: { call: () => "count()", keeps: "number", isScalar: true },
  sum: { call: (value) => `sum(${value})`, keeps: "number", isScalar: true },
  avg: { call: (value) => `avg(${value})`, keeps: "pair", isScalar: true },
  min: { call: (value) => `min(${value})`, keeps: "extreme", isScalar: true },
  max: { call: (value) => `max(${value})`, keeps: "extreme", isScalar: true },
  stats: { call: (value) => `stats(${value})`, keeps: "pair", isScalar: false },
  hist: { call: (value) => `hist(${value})`, keeps: "buckets", isScalar: false },
  lhist: {
    call: (value, range) =>
      `lhist(${[value, ...(range ? [range.min, range.max, range.step] : [])].join(", ")})`,
    keeps: "buckets",
    isScalar: false,
  },
  rate: { call: (value) => (value === "" ? "count()" : `sum(${value})`), keeps: "number", isScalar: true },
  distinct: {
    call: () => "count()",
    keeps: "values",
    isScalar: false,
    keyPart: (value) => ({ before: [], key: value }),
  },
  p50: PERCENTILE,
  p90: PERCENTILE,
  p95: PERCENTILE,
  p99: PERCENTILE,
};

/** Adds an event to an aggregate. */
export interface Update {
  /** Statements that run once, before any of the others. */
  readonly before: readonly string[];
  /** `key`: of the group, with its brackets; empty where it has none. */
  add(map: string, key: string): string;
}

export function updateOf(
  { fn, range }: Pick<ResultAggregate, "fn" | "range">,
  value: string | undefined,
  dialect: Dialect,
): Update {
  const row = ROWS[fn];
  const part = row.keyPart?.(value ?? "", dialect);
  if (!part) return { before: [], add: (map, key) => `@${map}${key} = ${row.call(value ?? "", range)};` };
  // A count, and not a mark: what the map refuses is known from the sum.
  const add: Update["add"] = (map, key) =>
    `@${map}[${key === "" ? "" : `${key.slice(1, -1)}, `}${part.key}] = count();`;
  return { before: part.before, add };
}

/** Whether the entries of its map have a value or a bucket in their keys, of which the reader makes groups. */
export function hasKeyPart({ fn }: Pick<ResultAggregate, "fn">, dialect: Dialect): boolean {
  return ROWS[fn].keyPart?.("", dialect) !== undefined;
}

export function isScalar({ fn }: Pick<ResultAggregate, "fn">): boolean {
  return ROWS[fn].isScalar;
}

export function keptOf(fn: AggregateFunction): AggregateStorage {
  return ROWS[fn].keeps;
}

/** The least value of its bucket: the value with all but its first five bits cleared. */
function fineBucket(value: string): KeyPart {
  const halve = ([bits, least]: readonly [bits: number, least: string]): string =>
    `if ($bucket >= ${least}) { $bucket = $bucket >> ${bits}; $bucket_shift = $bucket_shift + ${bits}; }`;
  const before = [
    `$bucket = (int64)(${value});`,
    "$bucket_shift = 0;",
    ...([[32, "0x1000000000"], [16, "0x100000"], [8, "0x1000"], [4, "0x100"], [2, "0x40"], [1, "0x20"]] as const).map(halve), // prettier-ignore
  ];
  return { before, key: "$bucket < 0 ? -1 : $bucket << $bucket_shift" };
}
