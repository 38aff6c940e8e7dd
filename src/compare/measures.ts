/** The measures by which two runs are compared: a number for each key. */
import { definitionOf } from "../aggregates/aggregates.js";
import { eventsIn, percentileOf } from "../aggregates/histograms.js";
import { shapeOf, type Shape } from "../aggregates/shapes.js";
import { isBounds, isHistogram, isStats, type AggregateValue, type Stats } from "../aggregates/values.js";
import { isNumber } from "../integers.js";
import { aggregatesOf } from "../plan/columns.js";
import type { Result, ResultAggregate, ResultColumn } from "../plan/plan.js";
import { numberOf, UNSIGNED } from "../types/types.js";
import { UNITS } from "../types/units.js";
import { PERCENTS } from "../view/value/percentiles.js";

export interface Measure {
  /** The label: that of the aggregate and its part, as in `stats(latency) avg`. */
  readonly column: ResultColumn;
  /** Whether it is additive: 0 for a missing key, and the sum for merged keys. */
  readonly isAdditive: boolean;
  /** Returns the number for the values of a key, one for each aggregate; null if there is none. */
  of(values: readonly AggregateValue[]): number | null;
}

export function measuresOf(result: Result): readonly Measure[] {
  const aggregates = aggregatesOf(result);
  const parts =
    aggregates.length > 0
      ? aggregates.map((aggregate) => PARTS[shapeOf(aggregate.type)](aggregate))
      : partsOfEvents(result);
  return parts.flatMap((each, i) =>
    each.map(({ of, ...part }) => ({ ...part, of: (values) => of(values[i] ?? null) })),
  );
}

/** The columns of single events that hold amounts. */
export function amountColumns(result: Result): readonly ResultColumn[] {
  return result.kind !== "rows"
    ? []
    : result.columns.filter(({ type }) => type.kind === "number" && UNITS[type.unit].isAmount);
}

/** The count and the total. */
function partsOfEvents(result: Result): readonly (readonly MeasurePart[])[] {
  return [
    [{ column: { label: "events", type: UNSIGNED }, isAdditive: true, of: whole }],
    ...amountColumns(result).map((column) => [
      statsPart(column.label, measured(column), "avg"),
      statsPart(column.label, measured(column), "sum"),
    ]),
  ];
}

interface MeasurePart extends Omit<Measure, "of"> {
  of(value: AggregateValue): number | null;
}

type MeasureColumn = Omit<ResultColumn, "label">;

function measured({ type, display }: ResultColumn): MeasureColumn {
  const amount =
    type.kind === "number" ? { ...type, signed: true } : numberOf("unit" in type ? type.unit : "none", true);
  return { type: amount, ...(display ? { display } : {}) };
}

const PARTS: Readonly<Record<Shape, (aggregate: ResultAggregate) => readonly MeasurePart[]>> = {
  number: (aggregate) => [
    {
      column: { ...measured(aggregate), label: aggregate.label },
      isAdditive: definitionOf(aggregate.fn).isAdditive,
      of: whole,
    },
  ],
  histogram: (aggregate) => [
    {
      column: { label: `${aggregate.label} events`, type: UNSIGNED },
      isAdditive: true,
      of: (value) => (isHistogram(value) ? Number(eventsIn(value)) : 0),
    },
    ...PERCENTS.map((percent) => ({
      column: { ...measured(aggregate), label: `${aggregate.label} p${percent} at most` },
      isAdditive: false,
      of: (value: AggregateValue) =>
        isHistogram(value) ? whole(percentileOf(value, percent)?.max ?? null) : null,
    })),
  ],
  bounds: (aggregate) => [
    {
      column: { ...measured(aggregate), label: `${aggregate.label} at most` },
      isAdditive: false,
      of: (value) => (isBounds(value) ? whole(value.max) : null),
    },
  ],
  stats: (aggregate) => [
    statsPart(aggregate.label, { type: UNSIGNED }, "count"),
    statsPart(aggregate.label, measured(aggregate), "avg"),
    statsPart(aggregate.label, measured(aggregate), "sum"),
  ],
};

/** The average with two decimals, as an average of pages may be as small as 1. */
function statsPart(label: string, amount: MeasureColumn, name: keyof Stats): MeasurePart {
  return {
    column: { ...amount, label: `${label} ${name}` },
    isAdditive: name !== "avg",
    of(value) {
      if (!isStats(value)) return null;
      if (name !== "avg") return whole(value[name]);
      const count = Number(value.count);
      return count === 0 ? null : Number((Number(value.sum) / count).toFixed(2));
    },
  };
}

function whole(value: AggregateValue | undefined): number | null {
  return isNumber(value) ? Number(value) : null;
}
