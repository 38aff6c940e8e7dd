/** Each aggregate in Python: how it is added up from what the tables have, and what it is in the end. */
import type { ResultAggregate } from "../../plan/plan.js";
import type { AggregateFunction } from "../../aggregates/aggregates.js";
import { BackendError } from "../error.js";
import type { Uses } from "./python/runtime.js";
import type { ScalarAggregate } from "./layout/result-layout.js";

/** `place`: where the group that is added to has the aggregate. */
interface Aggregation {
  /** Of no events. */
  readonly empty: string;
  /** Adds `per_cpu`, what the kernel side counted on each processor in these members. */
  readonly addCounted?: (place: string, members: ScalarAggregate, uses: Uses) => readonly string[];
  /** Adds one value. */
  readonly addValue: (place: string, value: string, of: ResultAggregate, uses: Uses) => readonly string[];
  /** What the runner receives. */
  readonly message: (place: string, of: ResultAggregate, uses: Uses) => string;
  /** By what groups are ranked. */
  readonly rank: (place: string, uses: Uses) => string;
}

const total = ({ name }: ScalarAggregate): string => `sum(value.${name} for value in per_cpu)`;
const events = ({ count = "" }: ScalarAggregate): string => `sum(value.${count} for value in per_cpu)`;
const itself = (place: string): string => place;

const SUM: Aggregation = {
  empty: "0",
  addCounted: (place, members) => [`${place} += ${total(members)}`],
  addValue: (place, value) => [`${place} += ${value}`],
  message: itself,
  rank: itself,
};

function extreme(name: "least" | "greatest"): Aggregation {
  return {
    empty: "None",
    addCounted: (place, { name: member, count = "" }, uses) => [
      `found = [value.${member} for value in per_cpu if value.${count}]`,
      `${place} = ${uses.of(name)}([${place}] + found)`,
    ],
    addValue: (place, value, _, uses) => [`${place} = ${uses.of(name)}([${place}, ${value}])`],
    message: itself,
    rank: (place, uses) => `${uses.of("rank")}(${place})`,
  };
}

function mean(message: Aggregation["message"], rank: Aggregation["rank"]): Aggregation {
  return {
    empty: "[0, 0]",
    addCounted: (place, members) => [`${place}[0] += ${total(members)}`, `${place}[1] += ${events(members)}`],
    addValue: (place, value) => [`${place}[0] += ${value}`, `${place}[1] += 1`],
    message,
    rank,
  };
}

const average = (place: string, uses: Uses): string => `${uses.of("divided")}(*${place})`;

function bars(slot: (value: string, of: ResultAggregate, uses: Uses) => string): Aggregation {
  return {
    empty: "{}",
    addValue: (place, value, of, uses) => [
      `slot = ${slot(value, of, uses)}`,
      `${place}[slot] = ${place}.get(slot, 0) + 1`,
    ],
    message: (place, of, uses) => `${uses.of("histogram")}(${place}, ${boundsOf(of, uses)})`,
    rank: (place) => `sum(${place}.values())`,
  };
}

/** What programs for BCC cannot keep so far. */
type Missing = "rate" | "distinct" | "p50" | "p90" | "p95" | "p99";

const AGGREGATIONS: Readonly<Record<Exclude<AggregateFunction, Missing>, Aggregation>> = {
  count: { ...SUM, addValue: (place) => [`${place} += 1`] },
  sum: SUM,
  avg: mean((place, _, uses) => `${average(place, uses)} if ${place}[1] else None`, average),
  min: extreme("least"),
  max: extreme("greatest"),
  stats: mean(
    (place, _, uses) => `${uses.of("summary")}(*${place})`,
    (place) => `${place}[0]`,
  ),
  hist: bars((value, _, uses) => `${uses.of("log2_slot")}(${value})`),
  lhist: bars((value, of, uses) => `${uses.of("linear_slot")}(${[value, ...rangeOf(of)].join(", ")})`),
};

/** Throws where a program cannot have it. */
export function aggregationOf(fn: AggregateFunction): Aggregation {
  if (!(fn in AGGREGATIONS)) throw new BackendError(`BCC cannot compute \`${fn}\` in this version`);
  return AGGREGATIONS[fn as Exclude<AggregateFunction, Missing>];
}

/** A function that gives the bounds of a slot. */
export function boundsOf(of: ResultAggregate, uses: Uses): string {
  return of.range ? `${uses.of("linear_bounds")}(${rangeOf(of).join(", ")})` : uses.of("log2_bounds");
}

function rangeOf({ range }: ResultAggregate): readonly string[] {
  return range ? [range.min, range.max, range.step].map(String) : [];
}

/** An aggregate as a column of a table; a histogram is none. */
export interface AggregateColumn extends Pick<ResultAggregate, "label" | "type" | "display"> {
  readonly value: string;
  readonly isNullable: boolean;
}

const COUNT: ResultAggregate["type"] = { kind: "number", unit: "none", signed: false };

export function aggregateColumns(of: ResultAggregate, place: string, uses: Uses): readonly AggregateColumn[] {
  if (of.type.kind === "histogram") return [];
  if (of.type.kind !== "stats")
    return [
      {
        ...of,
        value: aggregationOf(of.fn).message(place, of, uses),
        isNullable: of.fn !== "count" && of.fn !== "sum",
      },
    ];
  const type: ResultAggregate["type"] = { kind: "number", unit: of.type.unit, signed: true };
  const column = (name: string, value: string): AggregateColumn => ({
    ...of,
    label: `${of.label} ${name}`,
    type,
    value,
    isNullable: false,
  });
  return [
    { label: `${of.label} count`, type: COUNT, value: `${place}[1]`, isNullable: false },
    column("avg", average(place, uses)),
    column("sum", `${place}[0]`),
  ];
}
