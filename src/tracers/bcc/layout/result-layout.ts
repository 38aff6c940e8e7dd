/** The tables and structs of each result. */
import { freeName } from "../../../plan/free-name.js";
import { aggregationOf, type AggregateMembers } from "../aggregates.js";
import { storedAggregates } from "../../../plan/columns.js";
import { allSteps } from "../../../plan/needs.js";
import type { GroupsResult, LineResult, Plan, ResultColumn } from "../../../plan/plan.js";
import { groupValues, isRunning, ofStored, type RunningResult } from "../../../plan/running.js";
import { integer } from "../../../semantics/expression/fold.js";
import type { Typed } from "../../../semantics/typed.js";
import { UNSIGNED } from "../../../types/types.js";
import {
  fieldOf,
  fieldsOf,
  keyFieldsOf,
  numberType,
  SHOWN_SIZE,
  type Field,
  type MemberColumn,
} from "./fields.js";
import type { Names } from "../names.js";

export interface Slots {
  /** The table; with keys the struct of its keys has the same name. */
  readonly table: string;
  /** The maximum number of slots. */
  readonly most: number;
}

/** An entry for each value. */
export interface Values {
  /** The table, and the struct of its keys. */
  readonly table: string;
  readonly value: Field;
}

export interface GroupsLayout {
  readonly kind: "groups";
  /** The stem of the names: `NAME_groups` is the table, `NAME_key` and `NAME_value` are its structs. */
  readonly name: string;
  readonly keys: readonly Field[];
  /** The aggregates that are one number or two, by position. */
  readonly scalars: ReadonlyMap<number, AggregateMembers>;
  /** The histograms, by position. */
  readonly histograms: ReadonlyMap<number, Slots>;
  /** The aggregates that keep the values themselves, by position. */
  readonly values: ReadonlyMap<number, Values>;
  /** Whether the keys include which of two sets of entries they belong to. */
  readonly takesTurns: boolean;
  /** Whether the last key is a step of running sums. */
  readonly hasSteps?: boolean;
}

/** The type of the key, if it is a single number. */
export function groupNumber({ keys, takesTurns }: GroupsLayout): string | undefined {
  return takesTurns ? undefined : numberType(keys);
}

export function groupKeyType(layout: GroupsLayout): string {
  return groupNumber(layout) ?? `struct ${layout.name}_key`;
}

/** Whether each group has a single number, which needs no struct. */
export function keepsNumber({ scalars }: GroupsLayout): boolean {
  const [only] = scalars.values();
  return scalars.size === 1 && only?.count === undefined;
}

export function groupValueType(layout: GroupsLayout): string {
  return keepsNumber(layout) ? "s64" : `struct ${layout.name}_value`;
}

export interface RowsLayout {
  readonly kind: "rows";
  /** The name of the struct and, with an s, of the buffer. */
  readonly name: string;
  readonly columns: readonly Field[];
}

/** An `open` result whose records are read has no tables of its own. */
export type ResultLayout = GroupsLayout | RowsLayout | { readonly kind: "open" };

export function resultLayouts(
  plan: Plan,
  names: Names,
  takesTurns: (result: number) => boolean,
): readonly ResultLayout[] {
  const steps = allSteps(plan.probes);
  return plan.results.map((result, index): ResultLayout => {
    switch (result.kind) {
      case "openGroups":
        return isRunning(result)
          ? { ...runningLayout(result, plan, names), takesTurns: takesTurns(index) }
          : { kind: "open" };
      case "openRows":
        return { kind: "open" };
      case "rows": {
        const emitted = steps.flatMap((s) => (s.do === "emit" && s.result === index ? [s.values] : []));
        const columns = fieldsOf(result.columns.map(ofColumn), emitted, { longest: SHOWN_SIZE });
        return { kind: "rows", name: names.take(`event_${index}`), columns };
      }
      case "line":
      case "groups": {
        const keyed = steps.flatMap((s) => (s.do === "aggregate" && s.result === index ? [s.key] : []));
        const valuesOf = (aggregate: number): readonly Typed[] =>
          steps.flatMap((s) =>
            s.do === "aggregate" && s.result === index
              ? s.updates.flatMap((update) => (update.aggregate === aggregate ? (update.value ?? []) : []))
              : [],
          );
        return {
          kind: "groups",
          ...aggregateLayout(result, valuesOf, names),
          keys: keyFieldsOf(result.kind === "groups" ? result.keys.map(ofColumn) : [], keyed),
          takesTurns: takesTurns(index),
        };
      }
    }
  });
}

/** The keys of the result, its owner's id and number, and the step; a scalar for each sum. */
function runningLayout(result: RunningResult, plan: Plan, names: Names): Omit<GroupsLayout, "takesTurns"> {
  const { sums, owner, age } = result.running;
  const state = plan.states.find(({ name }) => name === result.state);
  const values = [...groupValues(result), ...(age ? [age.begun] : [])];
  const stored = allSteps(plan.probes).flatMap((step): (readonly Typed[])[] => {
    if (step.do !== "store" || step.state !== result.state) return [];
    const recorded = (field: string): Typed =>
      step.values[state?.fields.findIndex(({ name }) => name === field) ?? -1] ?? integer(0n, UNSIGNED);
    return [values.map((value) => ofStored(value, recorded))];
  });
  const labels = [
    ...result.keys.map(({ label }) => label),
    ...(owner ? ["owner", "owner_number"] : []),
    ...(age ? ["step"] : []),
  ];
  const columns = values.map(({ type }, i) => ({ name: labels[i] ?? "key", type }));
  return {
    kind: "groups",
    name: names.take(sums[0]?.map ?? "open"),
    keys: fieldsOf(columns, stored),
    hasSteps: age !== undefined,
    scalars: new Map(
      sums.map((_, i) => {
        return [i, { name: i === 0 ? "count" : i === 1 ? "sum" : `sum_${i}`, count: undefined }];
      }),
    ),
    histograms: new Map(),
    values: new Map(),
  };
}

function ofColumn({ label, type }: ResultColumn): MemberColumn {
  return { name: label, type };
}

function aggregateLayout(
  result: GroupsResult | LineResult,
  valuesOf: (aggregate: number) => readonly Typed[],
  names: Names,
): Pick<GroupsLayout, "name" | "scalars" | "histograms" | "values"> {
  const { aggregates } = result;
  const name = names.take(aggregates[0]?.map ?? "events");
  const taken = new Set<string>();
  const member = (wanted: string): string => {
    const own = freeName(wanted, (each) => taken.has(each));
    taken.add(own);
    return own;
  };
  const scalars = new Map<number, AggregateMembers>();
  const histograms = new Map<number, Slots>();
  const values = new Map<number, Values>();
  for (const [i, { fn, map, range, of }] of storedAggregates(result)) {
    const { keeps } = aggregationOf(fn);
    switch (keeps.as) {
      case "members": {
        const [own, count] = keeps.names;
        scalars.set(i, { name: member(own), count: count === undefined ? undefined : member(count) });
        break;
      }
      case "slots":
        histograms.set(i, { table: names.take(`${map}_slots`), most: keeps.most(range) });
        break;
      case "values": {
        const value = fieldOf({ name: "value", type: of ?? UNSIGNED }, valuesOf(i));
        values.set(i, { table: names.take(`${map}_values`), value });
        break;
      }
    }
  }
  return { name, scalars, histograms, values };
}
