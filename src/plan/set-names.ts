/** The names that definitions give to numbers that a plan's results show: no kernel has them. */
import type { NamedValues } from "../kernel/names.js";
import { setShownBy } from "../types/types.js";
import { aggregatesOf, keyColumns } from "./columns.js";
import type { Plan, PlanNames, Result } from "./plan.js";

/** Looks up a set of names. */
export type FindNames = (kind: "enum" | "flags", of: string) => NamedValues | undefined;

/** Collects the names of defined sets that results show. */
export function definedNames(results: readonly Result[], find: FindNames): readonly PlanNames[] {
  const found = new Map<string, PlanNames>();
  for (const { type } of results.flatMap((result) => [...keyColumns(result), ...aggregatesOf(result)])) {
    const set = setShownBy(type);
    const values = set && find(set.kind, set.of);
    if (set && values)
      found.set(`${set.kind} ${set.of}`, { kind: set.kind, of: set.of, members: [...values] });
  }
  return [...found.values()];
}

/** Looks up names in a plan, and behind that elsewhere. */
export function namesOf({ names = [] }: Pick<Plan, "names">, otherwise: FindNames): FindNames {
  const sets = new Map(names.map(({ kind, of, members }) => [`${kind} ${of}`, new Map(members)]));
  return (kind, of) => sets.get(`${kind} ${of}`) ?? otherwise(kind, of);
}
