/** The open entries of a span, aggregated at the moment they are printed: for versions that can loop over a map. */
import type { OpenResult } from "../../../plan/plan.js";
import { aggregateCall } from "../aggregates.js";
import type { Code } from "../../code.js";
import type { Dialect } from "../versions.js";
import { condition, writeKept, writeValue } from "./bpftrace-expression.js";
import { newWriter } from "./probe-block.js";

/** `emit` is asked for the statements that show one entry; `keys`: a map that keeps the keys of the groups. */
export function openLoop(
  result: OpenResult,
  dialect: Dialect,
  emit: (values: readonly Code[]) => readonly string[],
  keys?: string,
): string[] {
  const writer = newWriter(dialect, undefined, { entry: "$kv.0", now: "nsecs" });
  const key = (): string =>
    result.keys.length > 0 ? `[${result.keys.map((k) => writeKept(k.value, writer).text).join(", ")}]` : "";
  const body =
    result.columns.length > 0
      ? emit(result.columns.map((c) => writeValue(c.value, writer)))
      : [
          ...result.aggregates.map(
            (a) => `@${a.map}${key()} = ${aggregateCall(a, a.value && writeValue(a.value, writer).text)};`,
          ),
          ...(keys === undefined ? [] : [`@${keys}${key()} = count();`]),
        ];
  const test = result.condition && condition(result.condition, writer).holds.text;
  const guarded = test === undefined ? body : [`if (${test}) {`, ...body.map((l) => `  ${l}`), "}"];
  return [`for ($kv : @${result.entries}) {`, ...guarded.map((l) => `  ${l}`), "}"];
}

/** The same result in maps of its own. */
export function inMaps(result: OpenResult, suffix: string): OpenResult {
  return { ...result, aggregates: result.aggregates.map((a) => ({ ...a, map: `${a.map}${suffix}` })) };
}

/** Of what was open at the end: what the last interval printed may not be cleared yet. */
export const AT_END = "_at_end";
