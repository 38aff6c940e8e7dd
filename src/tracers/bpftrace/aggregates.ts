/** The aggregates as bpftrace calls and keeps them. */
import type { AggregateFunction } from "../../aggregates/aggregates.js";
import type { ResultAggregate } from "../../plan/plan.js";

/** What a map has for a key: a number, one that says when it is none, a count and a sum, or an entry for each bucket. */
export type Kept = "number" | "extreme" | "pair" | "buckets";

interface AggregateRow {
  /** `value` is empty where the aggregate has none. */
  call(value: string, range: ResultAggregate["range"]): string;
  readonly keeps: Kept;
  /** Whether a map holds one number a key, which newer versions can read and loop over. */
  readonly isScalar: boolean;
}

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
};

export function aggregateCall(
  { fn, range }: Pick<ResultAggregate, "fn" | "range">,
  value: string | undefined,
): string {
  return ROWS[fn].call(value ?? "", range);
}

export function isScalar({ fn }: Pick<ResultAggregate, "fn">): boolean {
  return ROWS[fn].isScalar;
}

export function keptOf(fn: AggregateFunction): Kept {
  return ROWS[fn].keeps;
}
