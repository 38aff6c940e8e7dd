/** The open entries of a span, aggregated at the moment they are printed: for versions that can loop over a map. */
import { storedWith } from "../../../plan/columns.js";
import type { OpenGroupsResult, OpenResult, OpenRowsResult } from "../../../plan/plan.js";
import { updateOf } from "../aggregates.js";
import type { Code } from "../../code.js";
import type { RecordMaps } from "../records.js";
import type { Dialect } from "../versions.js";
import { condition, writeKept, writeValue } from "./bpftrace-expression.js";
import type { MapFills } from "./form.js";
import { ifLines, keyInBrackets } from "./layout.js";
import { newWriter } from "./probe-block.js";
import type { RecordWriter } from "./record-access.js";

const WALK = { entry: "$kv", locals: { entry: "$kv.0", now: "nsecs" } } as const;

export interface LoopContext {
  readonly dialect: Dialect;
  readonly records: RecordMaps;
  readonly stackMode: string | undefined;
}

/** `emit` is asked for the statements that show one entry. */
export function rowsLoop(
  result: OpenRowsResult,
  context: LoopContext,
  emit: (values: readonly Code[]) => readonly string[],
): string[] {
  const writer = loopWriter(context);
  return loop(result, writer, emit(result.columns.map(({ value }) => writeValue(value, writer))));
}

/** Adds up in maps with this suffix. `keys`: a map that keeps the keys of the groups. */
export function groupsLoop(
  result: OpenGroupsResult,
  context: LoopContext,
  suffix: string,
  fills: MapFills,
  keys?: string,
): string[] {
  const writer = loopWriter(context);
  const parts = result.keys.map(({ value }) => writeKept(value, writer).text);
  const key = keyInBrackets(parts);
  const added = result.aggregates.flatMap((a, i) => {
    if (storedWith(result, i) !== i) return [];
    const update = updateOf(a, a.value && writeKept(a.value, writer).text, context.dialect);
    return [...update.before, fills.note(a.map, update.add(`${a.map}${suffix}`, key))];
  });
  return loop(result, writer, keys === undefined ? added : [...added, `@${keys}${key} = count();`]);
}

function loopWriter({ dialect, records, stackMode }: LoopContext): RecordWriter {
  return newWriter(dialect, records, stackMode, { walk: WALK });
}

function loop(result: OpenResult, writer: RecordWriter, body: readonly string[]): string[] {
  const test = result.condition && condition(result.condition, writer).holds.text;
  const guarded = test === undefined ? body : ifLines(test, body);
  return [`for (${WALK.entry} : @${result.state}) {`, ...guarded.map((l) => `  ${l}`), "}"];
}

/** Of what was open at the end: what the last interval printed may not be cleared yet. */
export const AT_END = "_at_end";
