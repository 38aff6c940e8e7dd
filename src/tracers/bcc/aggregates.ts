/**
 * Each aggregate in a program for BCC: what the C side keeps and how it adds events, how Python adds up the entries of the
 * tables, and the resulting value.
 */
import { definitionOf, type AggregateFunction } from "../../aggregates/aggregates.js";
import { FINE_BITS } from "../../aggregates/histograms.js";
import { isDrawn, labelOfPart, partsOf, typeOfPart } from "../../aggregates/shapes.js";
import type { ResultAggregate } from "../../plan/plan.js";
import type { CHelper } from "./c/c-helpers.js";
import type { Uses } from "./python/runtime.js";

/** The members of a group's struct that an aggregate has. */
export interface AggregateMembers {
  /** The member for the sum, the extreme or the count; empty if the value is this number alone, without a struct. */
  readonly name: string;
  /** The member for the number of values: an average needs it, and an extreme, which has no value at first. */
  readonly count: string | undefined;
}

/** What the C side keeps for each group. */
type Keeps =
  /** `names` are those of the members; `update` returns statements, given how the members are accessed. */
  | {
      readonly as: "members";
      readonly names: readonly [name: string, count?: string];
      readonly update: (members: AggregateMembers, value: string) => readonly string[];
    }
  /** A number for each slot of a histogram; `slot` returns an expression that calls a function of the C text. */
  | {
      readonly as: "slots";
      readonly helper: CHelper;
      readonly most: (range: ResultAggregate["range"]) => number;
      readonly slot: (value: string, range: ResultAggregate["range"]) => string;
    }
  /** An entry for each value. */
  | { readonly as: "values" };

/** `place` is the Python expression for the aggregate in its group. */
interface Aggregation {
  readonly keeps: Keeps;
  /** The value without any events. */
  readonly empty: string;
  /** Adds `per_cpu`, the values of these members for each CPU. */
  readonly addCounted?: (place: string, members: AggregateMembers, uses: Uses) => readonly string[];
  /** Adds one value. */
  readonly addValue: (place: string, value: string, of: ResultAggregate, uses: Uses) => readonly string[];
  /** The value that the runner receives. */
  readonly message: (place: string, of: ResultAggregate, uses: Uses) => string;
  /** The value in a table, if it is not the one that the runner receives. For rates the variable `seconds` exists. */
  readonly cell?: (place: string, uses: Uses) => string;
  /** The value by which groups are ranked. */
  readonly rank: (place: string, uses: Uses) => string;
}

const total = ({ name }: AggregateMembers): string =>
  name === "" ? "sum(per_cpu)" : `sum(value.${name} for value in per_cpu)`;
const events = ({ count = "" }: AggregateMembers): string => `sum(value.${count} for value in per_cpu)`;
const itself = (place: string): string => place;

const SUM: Aggregation = {
  keeps: {
    as: "members",
    names: ["sum"],
    update: ({ name }, value) => [`${name} += ${value};`],
  },
  empty: "0",
  addCounted: (place, members) => [`${place} += ${total(members)}`],
  addValue: (place, value) => [`${place} += ${value}`],
  message: itself,
  rank: itself,
};

function extreme(name: "least" | "greatest"): Aggregation {
  return {
    keeps: {
      as: "members",
      names: [name, "seen"],
      update: ({ name: member, count = "" }, value) => [
        `if (!${count} || ${value} ${name === "least" ? "<" : ">"} ${member})`,
        `    ${member} = ${value};`,
        `${count} = 1;`,
      ],
    },
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
    keeps: {
      as: "members",
      names: ["total", "events"],
      update: ({ name, count = "" }, value) => [`${name} += ${value};`, `${count} += 1;`],
    },
    empty: "[0, 0]",
    addCounted: (place, members) => [`${place}[0] += ${total(members)}`, `${place}[1] += ${events(members)}`],
    addValue: (place, value) => [`${place}[0] += ${value}`, `${place}[1] += 1`],
    message,
    rank,
  };
}

const average = (place: string, uses: Uses): string => `${uses.of("divided")}(*${place})`;

function bars(keeps: Keeps, slot: (value: string, of: ResultAggregate, uses: Uses) => string): Aggregation {
  return {
    keeps,
    empty: "{}",
    addValue: (place, value, of, uses) => [
      `slot = ${slot(value, of, uses)}`,
      `${place}[slot] = ${place}.get(slot, 0) + 1`,
    ],
    message: (place, of, uses) => `${uses.of("histogram")}(${place}, ${boundsOf(of, uses)})`,
    rank: (place) => `sum(${place}.values())`,
  };
}

/** One for negative values, one for zero, and 64 powers of two. */
const POWERS = 66;

/** One for negative values, one for each value below 2 * 16, and 16 for each further power of two. */
const FINE_SLOTS = 1 + (64 - FINE_BITS) * 2 ** FINE_BITS + 2 ** FINE_BITS;

const RATE: Aggregation = {
  ...SUM,
  addValue: () => {
    throw new Error("what is open has no rate");
  },
};

function percentile(percent: number): Aggregation {
  const fine = bars(
    {
      as: "slots",
      helper: "fine_slot",
      most: () => FINE_SLOTS,
      slot: (value) => `fine_slot(${value})`,
    },
    (value, _, uses) => `${uses.of("fine_slot")}(${value})`,
  );
  const bounds = (place: string, uses: Uses): string =>
    `${uses.of("percentile")}(${place}, ${percent}, ${uses.of("fine_bounds")})`;
  return { ...fine, rank: (place, uses) => `(${bounds(place, uses)} or (0, 0))[1]`, cell: bounds };
}

const AGGREGATIONS: Readonly<Record<AggregateFunction, Aggregation>> = {
  count: {
    ...SUM,
    keeps: { as: "members", names: ["count"], update: ({ name }) => [`${name} += 1;`] },
    addValue: (place) => [`${place} += 1`],
  },
  sum: SUM,
  avg: mean((place, _, uses) => `${average(place, uses)} if ${place}[1] else None`, average),
  min: extreme("least"),
  max: extreme("greatest"),
  stats: mean(
    (place, _, uses) => `${uses.of("summary")}(*${place})`,
    (place) => `${place}[0]`,
  ),
  hist: bars(
    {
      as: "slots",
      helper: "log2_slot",
      most: () => POWERS,
      slot: (value) => `log2_slot(${value})`,
    },
    (value, _, uses) => `${uses.of("log2_slot")}(${value})`,
  ),
  lhist: bars(
    {
      as: "slots",
      helper: "linear_slot",
      most: (range) => (range ? Number((range.max - range.min) / range.step) + 2 : 0),
      slot: (value, range) =>
        `linear_slot(${value}, ${range?.min ?? 0}LL, ${range?.max ?? 0}LL, ${range?.step ?? 1})`,
    },
    (value, of, uses) => `${uses.of("linear_slot")}(${[value, ...rangeOf(of)].join(", ")})`,
  ),
  rate: { ...RATE, cell: (place) => `${place} / seconds if seconds else None` },
  distinct: {
    keeps: { as: "values" },
    empty: "set()",
    addValue: (place, value) => [`${place}.add(${value})`],
    message: (place) => `len(${place})`,
    rank: (place) => `len(${place})`,
  },
  p50: percentile(50),
  p90: percentile(90),
  p95: percentile(95),
  p99: percentile(99),
};

export function aggregationOf(fn: AggregateFunction): Aggregation {
  return AGGREGATIONS[fn];
}

/** The function that returns the bounds of a slot. */
export function boundsOf(of: ResultAggregate, uses: Uses): string {
  if (definitionOf(of.fn).keptAs === "fine buckets") return uses.of("fine_bounds");
  return of.range ? `${uses.of("linear_bounds")}(${rangeOf(of).join(", ")})` : uses.of("log2_bounds");
}

function rangeOf({ range }: ResultAggregate): readonly string[] {
  return range ? [range.min, range.max, range.step].map(String) : [];
}

/** An aggregate as columns of a table; a histogram has none. */
export interface AggregateColumn extends Pick<ResultAggregate, "label" | "type" | "display"> {
  readonly value: string;
  readonly isNullable: boolean;
}

export function aggregateColumns(of: ResultAggregate, place: string, uses: Uses): readonly AggregateColumn[] {
  if (isDrawn(of.type)) return [];
  const { cell, message } = aggregationOf(of.fn);
  if (of.type.kind !== "stats")
    return [
      {
        ...of,
        value: cell ? cell(place, uses) : message(place, of, uses),
        isNullable: definitionOf(of.fn).empty === null || cell !== undefined,
      },
    ];
  // A summary is a sum and a count.
  const values: Readonly<Record<string, string>> = {
    count: `${place}[1]`,
    avg: average(place, uses),
    sum: `${place}[0]`,
  };
  return partsOf(of.type).map((part) => ({
    label: labelOfPart(of.label, part),
    type: typeOfPart(of.type, part),
    ...(of.display && !part.countsEvents ? { display: of.display } : {}),
    value: values[part.name ?? ""] ?? "None",
    isNullable: false,
  }));
}
