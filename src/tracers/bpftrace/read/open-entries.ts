/** What is open, worked out here from the span's state maps, for tracers that cannot walk a map. */
import type { OpenResult, StateMap } from "../../../plan/plan.js";
import type { Json } from "../../tracer-json.js";
import { decodeValue } from "../../column-values.js";
import { evaluate, isTrue, type Entry } from "./evaluate.js";
import type { Group, Value } from "../../../results/events.js";
import { showsEntries } from "../../../plan/columns.js";
import { groupEntries } from "../../groups.js";
import { withNames, type NameStack } from "../../stack-names.js";

/** A state map as it was printed: values by the text of the key. */
export type PrintedState = ReadonlyMap<string, Json>;

/** Throws an `EvaluationError`. */
export function openGroups(
  result: OpenResult,
  states: readonly StateMap[],
  printed: ReadonlyMap<string, PrintedState>,
  now: bigint,
  nameStack?: NameStack,
): Group[] {
  const types = new Map(states.map(({ name, value }) => [name, value]));
  const rows: { keys: readonly Value[]; values: readonly Value[] }[] = [];
  for (const key of printed.get(result.entries)?.keys() ?? []) {
    const entry: Entry = {
      now,
      state(map) {
        const json = printed.get(map)?.get(key);
        const type = types.get(map);
        return json === undefined || !type ? null : (decodeValue(json, type) ?? null);
      },
    };
    if (result.condition && !isTrue(evaluate(result.condition, entry))) continue;
    const columns = showsEntries(result) ? result.columns : result.keys;
    rows.push({
      keys: withNames(
        columns.map(({ value }) => evaluate(value, entry)),
        columns,
        nameStack,
      ),
      // `count()` has no value: each entry counts.
      values: result.aggregates.map(({ value }) => (value ? evaluate(value, entry) : 1n)),
    });
  }
  if (showsEntries(result)) return rows.map(({ keys }) => ({ keys, values: [] }));
  return groupEntries(rows, result.aggregates);
}
