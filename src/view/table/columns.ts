/** The columns of a result as they are shown: keys and aggregates in one list, those of several numbers in several. */
import type { Result, ResultColumn } from "../../plan/plan.js";
import { isDrawn, labelOfPart, partsOf, typeOfPart } from "../../aggregates/shapes.js";
import { isHistogram, type Histogram } from "../../aggregates/values.js";
import type { Group, Value } from "../../results/events.js";
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
    return partsOf(type).map((part) => ({
      label: labelOfPart(label, part),
      type: typeOfPart(type, part),
      ...(display && !part.countsEvents ? { display } : {}),
      of: ({ values }) => part.of(values[i] ?? null),
    }));
  });
  return [...keys, ...counted];
}

export function histogramsOf(result: Result): { readonly column: ResultColumn; readonly index: number }[] {
  return aggregatesOf(result).flatMap((column, index) => (isDrawn(column.type) ? [{ column, index }] : []));
}

export function histogramAt(group: Group, index: number): Histogram {
  const value = group.values[index];
  return isHistogram(value) ? value : { buckets: [] };
}

/** Numbers are read from the right. */
export function isRightAligned(type: Type): boolean {
  return type.kind === "number" ? type.unit !== "timestamp" : type.kind === "address";
}
