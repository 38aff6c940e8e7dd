/** The columns of a result as they are shown: keys and aggregates in one list, summaries in three. */
import type { Result, ResultColumn } from "../../plan/plan.js";
import { isHistogram, isStats, type AggregateValue, type Group, type Value } from "../../results/events.js";
import { aggregatesOf, keyColumns } from "../../plan/columns.js";
import type { Type } from "../../semantics/types/types.js";

export interface ShownColumn extends ResultColumn {
  /** What a group has in this column; a histogram has a place of its own. */
  readonly of: (group: Group) => Value;
}

/** Keys first, then what was counted. Histograms are left out. */
export function scalarColumns(result: Result): ShownColumn[] {
  const keys = keyColumns(result).map((key, i): ShownColumn => ({
    ...key,
    of: ({ keys: values }) => values[i] ?? null,
  }));
  const counted = aggregatesOf(result).flatMap((aggregate, i): ShownColumn[] => {
    const { label, type, display } = aggregate;
    const shown = { ...(display ? { display } : {}) };
    if (type.kind === "histogram") return [];
    if (type.kind !== "stats") return [{ label, type, ...shown, of: ({ values }) => scalar(values[i]) }];
    const measure: Type = { kind: "number", unit: type.unit, signed: true };
    const part = (name: "count" | "avg" | "sum"): ShownColumn => ({
      label: `${label} ${name}`,
      ...(name === "count" ? { type: COUNT } : { type: measure, ...shown }),
      of: ({ values }) => partOf(values[i], name),
    });
    return [part("count"), part("avg"), part("sum")];
  });
  return [...keys, ...counted];
}

const COUNT: Type = { kind: "number", unit: "none", signed: false };

function scalar(value: AggregateValue | undefined): Value {
  return value === undefined || (typeof value === "object" && value !== null) ? null : value;
}

function partOf(value: AggregateValue | undefined, name: "count" | "avg" | "sum"): Value {
  return value !== undefined && isStats(value) ? value[name] : null;
}

export function histogramsOf(result: Result): { readonly column: ResultColumn; readonly index: number }[] {
  return aggregatesOf(result).flatMap((column, index) =>
    column.type.kind === "histogram" ? [{ column, index }] : [],
  );
}

export function histogramAt(group: Group, index: number): AggregateValue & object {
  const value = group.values[index];
  return value !== undefined && isHistogram(value) ? value : { buckets: [] };
}

/** Numbers are read from the right. */
export function isRightAligned(type: Type): boolean {
  return type.kind === "number"
    ? type.unit !== "timestamp"
    : type.kind === "address" || type.kind === "stats";
}
