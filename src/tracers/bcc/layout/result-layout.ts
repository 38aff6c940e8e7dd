/** The tables and structs of each result. */
import { definitionOf } from "../../../aggregates/aggregates.js";
import { BackendError } from "../../error.js";
import type { Plan, ResultAggregate, Step } from "../../../plan/plan.js";
import type { Typed } from "../../../semantics/typed.js";
import { fieldOf, type Field } from "./fields.js";
import type { Names } from "../names.js";

export interface ScalarAggregate {
  /** The member that has its sum, its extreme or its count. */
  readonly name: string;
  /** The member that says how many values went in, for an average and for an extreme, which has none at first. */
  readonly count: string | undefined;
}

export interface Slots {
  /** The table; with keys the struct of its keys has the same name. */
  readonly table: string;
  /** How many there can be. */
  readonly most: number;
}

export interface GroupsLayout {
  readonly kind: "groups";
  /** Stem of the names: `NAME_groups` is the table, `NAME_key` and `NAME_value` its structs. */
  readonly name: string;
  readonly keys: readonly Field[];
  /** By position of the aggregate: those that are one number or two. */
  readonly scalars: ReadonlyMap<number, ScalarAggregate>;
  /** And the histograms. */
  readonly histograms: ReadonlyMap<number, Slots>;
}

export interface RowsLayout {
  readonly kind: "rows";
  /** Of the struct and, with an s, of the buffer. */
  readonly name: string;
  readonly columns: readonly Field[];
}

/** An `open` result has no tables of its own. */
export type ResultLayout = GroupsLayout | RowsLayout | { readonly kind: "open" };

export function resultLayouts(plan: Plan, names: Names): readonly ResultLayout[] {
  const steps = plan.probes.flatMap((probe) => flatten(probe.steps));
  return plan.results.map((result, index): ResultLayout => {
    switch (result.kind) {
      case "openGroups":
      case "openRows":
        return { kind: "open" };
      case "rows": {
        const emitted = steps.flatMap((s) => (s.do === "emit" && s.result === index ? [s.values] : []));
        const labels = result.columns.map((c) => c.label);
        return { kind: "rows", name: names.take(`event_${index}`), columns: fields(labels, emitted) };
      }
      case "line":
      case "groups": {
        const keyed = steps.flatMap((s) => (s.do === "aggregate" && s.result === index ? [s.key] : []));
        const labels = result.kind === "groups" ? result.keys.map((k) => k.label) : [];
        return {
          kind: "groups",
          ...aggregateLayout(result.aggregates, names),
          keys: fields(labels, keyed),
        };
      }
    }
  });
}

/** `when` opened. */
export function flatten(steps: readonly Step[]): readonly Step[] {
  return steps.flatMap((step) => (step.do === "when" ? flatten(step.then) : [step]));
}

function fields(labels: readonly string[], values: readonly (readonly Typed[])[]): Field[] {
  const taken = new Set<string>();
  return labels.map((label, i) =>
    fieldOf(label, values.map((each) => each[i] as Typed) as [Typed, ...Typed[]], taken),
  );
}

/** Negative, zero, and 64 powers of two. */
const POWERS = 66;

function aggregateLayout(
  aggregates: readonly ResultAggregate[],
  names: Names,
): Pick<GroupsLayout, "name" | "scalars" | "histograms"> {
  const name = names.take(aggregates[0]?.map ?? "events");
  const taken = new Set<string>();
  const member = (wanted: string): string => {
    let own = wanted;
    for (let n = 2; taken.has(own); n++) own = `${wanted}_${n}`;
    taken.add(own);
    return own;
  };
  const scalars = new Map<number, ScalarAggregate>();
  const histograms = new Map<number, Slots>();
  aggregates.forEach(({ fn, map, range }, i) => {
    if (definitionOf(fn).keptAs !== undefined || definitionOf(fn).isByTime)
      throw new BackendError(`BCC programs have no \`${fn}\` yet`);
    if (fn === "hist" || fn === "lhist") {
      const most = range ? Number((range.max - range.min) / range.step) + 2 : POWERS;
      histograms.set(i, { table: names.take(`${map}_slots`), most });
    } else if (fn === "count") scalars.set(i, { name: member("count"), count: undefined });
    else if (fn === "sum") scalars.set(i, { name: member("sum"), count: undefined });
    else if (fn === "min" || fn === "max")
      scalars.set(i, { name: member(fn === "min" ? "least" : "most"), count: member("seen") });
    else scalars.set(i, { name: member("total"), count: member("of") });
  });
  return { name, scalars, histograms };
}
