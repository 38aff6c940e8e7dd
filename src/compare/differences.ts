/** Computes the differences between two runs as results that every view can show, one for each measure. */
import type { GroupsResult, Plan, Result, ResultAggregate, ResultColumn } from "../plan/plan.js";
import type { Group, GroupsEvent } from "../results/events.js";
import { numberOf, type Type } from "../types/types.js";
import { measuresOf, type Measure } from "./measures.js";
import type { Totals } from "./totals.js";

/** The indexes of the numbers among a group's values. */
export const PLACES = { before: 0, after: 1, change: 2, percent: 3 } as const;

/** In the order of `differences`. */
export function comparisonPlan(results: readonly Result[], keys: readonly (readonly ResultColumn[])[]): Plan {
  return {
    probes: [],
    states: [],
    choices: [],
    derived: [],
    notes: [],
    maxEntries: 0,
    results: results.flatMap((result, i) =>
      measuresOf(result).map((measure, _, { length }) =>
        comparisonOf(
          length === 1 ? result.query : `${measure.column.label} · ${result.query}`,
          keys[i] ?? [],
          measure,
        ),
      ),
    ),
  };
}

function comparisonOf(
  query: string,
  keys: readonly ResultColumn[],
  { column: measured, isAdditive }: Measure,
): GroupsResult {
  const number: Type =
    measured.type.kind === "number" ? { ...measured.type, signed: true } : numberOf("none", true);
  const column = (label: string, type: Type, isMeasured = true): ResultAggregate => ({
    label,
    type,
    fn: isAdditive ? "sum" : "avg",
    map: label,
    ...(isMeasured && measured.display ? { display: measured.display } : {}),
  });
  return {
    kind: "groups",
    asked: [],
    query,
    doc: `${measured.label}: before and after`,
    keys: keys.map(({ label, type, display }) => ({ label, type, ...(display ? { display } : {}) })),
    aggregates: [
      column(`${measured.label} before`, number),
      column("after", number),
      column("change", number),
      column("change %", numberOf("none", true), false),
    ],
  };
}

/** Compares one result, the largest absolute changes first. Returns all changes if `most` is absent. */
export function differences(
  result: Result,
  before: Totals,
  after: Totals,
  most = Infinity,
): readonly (readonly Group[])[] {
  const ids = [...new Set([...before.byKey.keys(), ...after.byKey.keys()])];
  return measuresOf(result).map(({ of, isAdditive }) => {
    const changes = ids.map((id) => {
      const [a, b] = [before.byKey.get(id), after.byKey.get(id)];
      const amount = (total: typeof a): number | null => (total ? of(total.values) : null) ?? (isAdditive ? 0 : null); // prettier-ignore
      const [was, is] = [amount(a), amount(b)];
      return { id, keys: (a ?? b)?.keys ?? [], was, is, size: Math.abs((is ?? 0) - (was ?? 0)) };
    });
    changes.sort((a, b) => b.size - a.size || (b.is ?? 0) - (a.is ?? 0) || (a.id < b.id ? -1 : 1));
    return changes.slice(0, most).map(({ keys, was, is }): Group => ({ keys, values: change(was, is) }));
  });
}

/** A key that is new has no percentage, and a missing value has no change. */
function change(was: number | null, is: number | null): (number | null)[] {
  if (was === null || is === null) return [was, is, null, null];
  const by = Number((is - was).toFixed(2));
  return [was, is, by, was === 0 ? null : Number(((by / Math.abs(was)) * 100).toFixed(1))];
}

export function differencesEvent(index: number, groups: readonly Group[]): GroupsEvent {
  return { kind: "groups", result: index, groups, nsecs: 0, final: true };
}
