/** What of a result two runs are compared by: a number a key each. */
import { aggregatesOf } from "../plan/columns.js";
import type { Result, ResultAggregate, ResultColumn } from "../plan/plan.js";
import { isInteger, magnitude } from "../runtime/aggregates.js";
import { isHistogram, isStats, type AggregateValue, type Stats } from "../runtime/events.js";
import { numberOf, UNSIGNED } from "../semantics/types.js";
import { boundOf, PERCENTS } from "../view/percentiles.js";

export interface Measure {
  /** Called as the aggregate is, with what of it is measured: `stats(latency) avg`. */
  readonly column: ResultColumn;
  /** Whether it is 0 where there is nothing, and of two keys the sum. */
  readonly isAdditive: boolean;
  /** Of the values of a key, one an aggregate; null where they have none. */
  of(values: readonly AggregateValue[]): number | null;
}

/** Single events are counted. */
export function measuresOf(result: Result): readonly Measure[] {
  const aggregates = aggregatesOf(result);
  if (aggregates.length === 0)
    return [{ column: { label: "events", type: UNSIGNED }, isAdditive: true, of: ([count]) => whole(count) }];
  return aggregates.flatMap((aggregate, i) =>
    partsOf(aggregate).map(({ of, ...part }) => ({ ...part, of: (values) => of(values[i] ?? null) })),
  );
}

interface Part extends Omit<Measure, "of"> {
  of(value: AggregateValue): number | null;
}

function partsOf(aggregate: ResultAggregate): readonly Part[] {
  const { label, type, display, fn } = aggregate;
  const unit = "unit" in type ? type.unit : "none";
  const measured = { type: numberOf(unit, true), ...(display ? { display } : {}) };
  switch (type.kind) {
    case "histogram":
      return [
        {
          column: { label: `${label} events`, type: UNSIGNED },
          isAdditive: true,
          of: (value) => (isHistogram(value) ? Number(magnitude(value)) : 0),
        },
        ...PERCENTS.map((percent) => ({
          column: { ...measured, label: `${label} p${percent} at most` },
          isAdditive: false,
          of: (value: AggregateValue) =>
            isHistogram(value) ? whole(boundOf(value, percent)?.max ?? null) : null,
        })),
      ];
    case "stats": {
      const part = (name: keyof Stats, isAdditive: boolean): Part => ({
        column: name === "count" ? { label: `${label} count`, type: UNSIGNED } : { ...measured, label: `${label} ${name}` }, // prettier-ignore
        isAdditive,
        of: (value) =>
          isStats(value) && (isAdditive || Number(value.count) > 0) ? whole(value[name]) : null,
      });
      return [part("count", true), part("avg", false), part("sum", true)];
    }
    default:
      return [{ column: { ...measured, label }, isAdditive: fn === "count" || fn === "sum", of: whole }];
  }
}

function whole(value: AggregateValue | undefined): number | null {
  return isInteger(value) ? Number(value) : null;
}
