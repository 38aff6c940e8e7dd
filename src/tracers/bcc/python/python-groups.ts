/** Statements of Python that gather the groups of a result from the tables: `groups`, by their keys. */
import { append } from "../../../lists.js";
import type { GroupsResult, LineResult, OpenGroupsResult, ResultAggregate } from "../../../plan/plan.js";
import { aggregationOf } from "../aggregates.js";
import { groupNumber, keepsNumber, type GroupsLayout } from "../layout/result-layout.js";
import { UNSIGNED } from "../../../types/types.js";
import { indented, pythonString } from "../quoting.js";
import { filled, inTuple } from "./lines.js";
import { columnValues, memberValue, type PythonContext } from "./python-values.js";

/** The aggregates of a new group. */
export function emptyGroup({ aggregates }: Pick<GroupsResult, "aggregates">): string {
  // What another keeps too is kept once.
  const isStored = ({ map }: ResultAggregate, i: number): boolean =>
    aggregates.findIndex((each) => each.map === map) === i;
  return `[${aggregates.map((a, i) => (isStored(a, i) ? aggregationOf(a.fn).empty : "None")).join(", ")}]`;
}

/** Starts with no groups, or with the one of a result without keys. */
export function noGroups(result: GroupsResult | LineResult | OpenGroupsResult): string {
  const isKeyed = result.kind !== "line" && result.keys.length > 0;
  return isKeyed ? "groups = {}" : `groups = {(): ${emptyGroup(result)}}`;
}

/** Statements of Python that make `groups`. */
export interface Gathered {
  readonly lines: readonly string[];
  /** What stands at top level before the function that has them. */
  readonly before: readonly string[];
  /** A pair of a period and a function, for what must be read more often than the result is shown. */
  readonly timer?: string;
}

/** The group of these keys, which is made if there is none. */
export function groupOf(
  keys: readonly string[],
  result: Pick<GroupsResult, "aggregates">,
  name = "group",
): readonly string[] {
  return inTuple(`${name} = groups.setdefault(`, keys, `, ${emptyGroup(result)})`, 8);
}

export function gatherGroups(
  result: GroupsResult | LineResult,
  index: number,
  layout: GroupsLayout,
  context: PythonContext,
): readonly string[] {
  const { program, uses } = context;
  const takesTurns = program.takesTurns(index);
  const columns = result.kind === "groups" ? result.keys : [];
  const isKeyed = layout.keys.length > 0;
  /** A key that is a single number is one by itself, and has one in the struct of a slot. */
  const memberOf = (at: string, name: string): string =>
    groupNumber(layout) === undefined ? `${at}.${name}` : at === "key" ? "key.value" : at;
  const group = (at: string): readonly string[] =>
    groupOf(
      columnValues(columns, layout.keys, (name) => memberOf(at, name), uses),
      result,
    );
  /** Goes through a table; `turn`: what tells which set an entry is in. */
  const loop = (key: string, table: string, turn: string, body: readonly string[]): readonly string[] => {
    const entries = `bpf[${pythonString(table)}]`;
    const due = filled(
      `due = ${takesTurns ? uses.of("take") : ""}(`,
      [entries, `lambda key: ${turn} == turn`],
      ")",
    );
    return [
      ...(takesTurns ? due : []),
      `for ${key}, per_cpu in ${takesTurns ? "due" : `${entries}.items()`}:`,
      ...indented(body),
    ];
  };
  const lines = [
    ...(takesTurns ? [`turn = ${uses.of("switch_turn")}(bpf, ${index})`] : []),
    noGroups(result),
  ];
  if (layout.scalars.size > 0) {
    const added = [...layout.scalars].flatMap(([i, members]) => {
      const { fn } = result.aggregates[i] as ResultAggregate;
      const own = keepsNumber(layout) ? { ...members, name: "" } : members;
      return aggregationOf(fn).addCounted?.(`group[${i}]`, own, uses) ?? [];
    });
    const turn = isKeyed ? "key.turn" : "key.value";
    append(lines, loop(isKeyed ? "key" : "_", `${layout.name}_groups`, turn, [...group("key"), ...added]));
  }
  for (const [i, { table, most }] of layout.histograms) {
    const turn = isKeyed ? "key.group.turn" : `key.value // ${most}`;
    const slot = isKeyed ? "key.number" : takesTurns ? `key.value % ${most}` : "key.value";
    const added = [
      ...group("key.group"),
      `slot = ${slot}`,
      // An array has an entry for each slot.
      ...(isKeyed
        ? [`group[${i}][slot] = group[${i}].get(slot, 0) + sum(per_cpu)`]
        : ["if sum(per_cpu):", `    group[${i}][slot] = group[${i}].get(slot, 0) + sum(per_cpu)`]),
    ];
    append(lines, loop("key", table, turn, added));
  }
  for (const [i, { table, value }] of layout.values) {
    const { of } = result.aggregates[i] as ResultAggregate;
    const place = isKeyed ? "key.group" : "key";
    const member = memberValue(value, of ?? UNSIGNED, `key.${value.name}`, uses);
    append(lines, loop("key", table, `${place}.turn`, [...group("key.group"), `group[${i}].add(${member})`]));
  }
  return lines;
}
