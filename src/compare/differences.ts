/** What changed from one run to another, as a result of its own that every view can show. */
import type { GroupsResult, Plan, Result, ResultAggregate, ResultColumn } from "../plan/plan.js";
import type { Group, GroupsEvent } from "../runtime/events.js";
import { numberOf, type Type } from "../semantics/types.js";
import type { Totals } from "./totals.js";

/** Where the numbers stand among a group's values. */
export const PLACES = { before: 0, after: 1, change: 2, percent: 3 } as const;

export function comparisonPlan(
  results: readonly Result[],
  keys: readonly (readonly ResultColumn[])[],
  totals: readonly Totals[],
): Plan {
  return {
    probes: [],
    states: [],
    choices: [],
    derived: [],
    notes: [],
    maxEntries: 0,
    results: results.map((result, i) =>
      comparisonOf(result, keys[i] ?? [], (totals[i] as Totals).weight.column),
    ),
  };
}

function comparisonOf(result: Result, keys: readonly ResultColumn[], measured: ResultColumn): GroupsResult {
  const unit = measured.type.kind === "number" ? measured.type.unit : "none";
  const number: Type = numberOf(unit, true);
  const column = (label: string, type: Type, isMeasured = true): ResultAggregate => ({
    label,
    type,
    fn: "sum",
    map: label,
    ...(isMeasured && measured.display ? { display: measured.display } : {}),
  });
  return {
    kind: "groups",
    asked: [],
    query: result.query,
    doc: `${measured.label}: before and after`,
    keys: keys.map(({ label, type, display }) => ({ label, type, ...(display ? { display } : {}) })),
    aggregates: [
      column("before", number),
      column("after", number),
      column("change", number),
      column("change %", numberOf("none", true), false),
    ],
  };
}

/** The largest change first, whichever way it goes. Without `most`, all of them. */
export function differences(index: number, before: Totals, after: Totals, most = Infinity): GroupsEvent {
  const ids = new Set([...before.byKey.keys(), ...after.byKey.keys()]);
  const changes = [...ids].map((id) => {
    const [a, b] = [before.byKey.get(id), after.byKey.get(id)];
    const [was, is] = [a?.amount ?? 0, b?.amount ?? 0];
    return { id, keys: (a ?? b)?.keys ?? [], was, is, size: Math.abs(is - was) };
  });
  changes.sort((a, b) => b.size - a.size || b.is - a.is || (a.id < b.id ? -1 : 1));
  const groups = changes.slice(0, most).map(({ keys, was, is }): Group => ({
    keys,
    // What was not there before has grown by no percentage.
    values: [was, is, is - was, was === 0 ? null : Math.round(((is - was) / was) * 1000) / 10],
  }));
  return { kind: "groups", result: index, groups, nsecs: 0, final: true };
}
