/** What is open, worked out here from what its span keeps, for tracers that cannot walk a map. */
import type { OpenResult, SpanState } from "../../../plan/plan.js";
import { JsonObject, type Json } from "../../tracer-json.js";
import { decodeValue } from "../../column-values.js";
import { evaluate, isTrue, type Entry } from "./evaluate.js";
import type { Group, Value } from "../../../results/events.js";
import { openColumns } from "../../../plan/columns.js";
import { groupEntries } from "../../groups.js";
import { withNames, type ProcessNames } from "../../stack-names.js";

/** A map of a state, as it was printed. */
export interface PrintedMap {
  readonly state: string;
  /** What each value is: see `MapRole`. */
  readonly members: readonly (string | null)[];
  readonly contents: Json;
}

/** Throws an `EvaluationError`. */
export function openGroups(
  result: OpenResult,
  states: readonly SpanState[],
  printed: readonly PrintedMap[],
  now: bigint,
  names: ProcessNames,
): Group[] {
  const types = new Map(
    states.map(({ name, fields }) => [name, new Map(fields.map((field) => [field.name, field.type]))]),
  );
  const maps = printed.map(entriesOf);
  const columns = openColumns(result);
  const aggregates = result.kind === "openRows" ? [] : result.aggregates;
  const rows: { keys: readonly Value[]; values: readonly Value[] }[] = [];
  for (const key of maps.find(({ state }) => state === result.state)?.entries.keys() ?? []) {
    const entry: Entry = {
      now,
      field(state, name, own = key) {
        const map = maps.find((each) => each.state === state && each.members.includes(name));
        const json = map && memberOf(map, own, name);
        const type = types.get(state)?.get(name);
        return json === undefined || !type ? null : (decodeValue(json, type) ?? null);
      },
    };
    if (result.condition && !isTrue(evaluate(result.condition, entry))) continue;
    rows.push({
      keys: withNames(
        columns.map(({ value }) => evaluate(value, entry)),
        columns,
        names,
      ),
      // `count()` has no value: each entry counts.
      values: aggregates.map(({ value }) => (value ? evaluate(value, entry) : 1n)),
    });
  }
  if (result.kind === "openRows") return rows.map(({ keys }) => ({ keys, values: [] }));
  return groupEntries(rows, aggregates);
}

interface Entries extends PrintedMap {
  readonly entries: ReadonlyMap<string, Json>;
}

function entriesOf(map: PrintedMap): Entries {
  return { ...map, entries: new Map(map.contents instanceof JsonObject ? map.contents.members : []) };
}

/** A tuple is a list; of one member there is none. */
function memberOf({ members, entries }: Entries, key: string, name: string): Json | undefined {
  const value = entries.get(key);
  if (members.length === 1 || value === undefined) return value;
  return Array.isArray(value) && value.length === members.length
    ? (value as readonly Json[])[members.indexOf(name)]
    : undefined;
}
