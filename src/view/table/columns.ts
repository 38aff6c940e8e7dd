/** The columns of a result as shown: keys and aggregates in one list; an aggregate of several numbers has several. */
import { betweenText, formatValue, type Formatting } from "../value/format-value.js";
import type { Result, ResultColumn } from "../../plan/plan.js";
import { isDrawn, labelOfPart, partsOf, shapeOf, typeOfPart } from "../../aggregates/shapes.js";
import { isHistogram, type Histogram } from "../../aggregates/values.js";
import type { Group, Value } from "../../results/events.js";
import { aggregatesOf, keyColumns } from "../../plan/columns.js";
import { numberOf, type Type } from "../../types/types.js";

export interface ShownColumn extends ResultColumn {
  readonly isAmount?: boolean;
  /** Returns the value of a group in this column; histograms are shown elsewhere. */
  readonly of: (group: Group) => Value;
  /** Returns the lower bound, where the column shows a range. */
  readonly from?: (group: Group) => Value;
}

/** Returns the keys, then the aggregates, without histograms. */
export function scalarColumns(result: Result): ShownColumn[] {
  const keys = keyColumns(result).map((key, i): ShownColumn => ({
    ...key,
    of: ({ keys: values }) => values[i] ?? null,
  }));
  const counted = aggregatesOf(result).flatMap((aggregate, i): ShownColumn[] => {
    const { label, type, display } = aggregate;
    const shown = { ...(display ? { display } : {}) };
    if (shapeOf(type) === "bounds") {
      const [from, to] = partsOf(type).map(
        ({ of }) =>
          ({ values }: Group) =>
            of(values[i] ?? null),
      );
      const amount = "unit" in type ? numberOf(type.unit, true) : type;
      return [
        { label, type: amount, isAmount: true, ...shown, of: to ?? (() => null), ...(from ? { from } : {}) },
      ];
    }
    return partsOf(type).map((part) => ({
      label: labelOfPart(label, part),
      type: typeOfPart(type, part),
      isAmount: true,
      ...(part.countsEvents ? {} : shown),
      of: ({ values }) => part.of(values[i] ?? null),
    }));
  });
  return [...keys, ...counted];
}

/** Formats the value of a group as a table shows it. */
export function cellText(column: ShownColumn, group: Group, formatting: Formatting): string {
  const text = (value: Value): string => formatValue(value, column, formatting);
  return column.from ? betweenText(column.from(group), column.of(group), text) : text(column.of(group));
}

export function histogramsOf(result: Result): { readonly column: ResultColumn; readonly index: number }[] {
  return aggregatesOf(result).flatMap((column, index) => (isDrawn(column.type) ? [{ column, index }] : []));
}

export function histogramAt(group: Group, index: number): Histogram {
  const value = group.values[index];
  return isHistogram(value) ? value : { buckets: [] };
}

/** Whether a column is aligned to the right, as numbers are. */
export function isRightAligned(type: Type): boolean {
  return type.kind === "number" ? type.unit !== "timestamp" : type.kind === "address";
}
