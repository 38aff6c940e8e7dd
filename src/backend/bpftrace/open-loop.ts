/** The open entries of a span, aggregated at the moment they are printed: for versions that can loop over a map. */
import type { OpenResult, ResultAggregate } from "../../plan/plan.js";
import { aggregateCall } from "./aggregates.js";
import type { Dialect } from "./dialect.js";
import { condition, writeKept, writeValue } from "./expression.js";
import { newWriter } from "./probe-block.js";

/** What is done with one entry: the statement that shows it, or the map that takes each of its aggregates. */
type Entry =
  | { readonly row: (values: readonly string[]) => string }
  | { readonly mapOf: (aggregate: ResultAggregate) => string };

export function openLoop(result: OpenResult, dialect: Dialect, entry: Entry): string[] {
  const writer = newWriter(dialect, undefined, { entry: "$kv.0", now: "nsecs" });
  const body =
    "row" in entry
      ? [entry.row(result.columns.map((c) => writeValue(c.value, writer)))]
      : result.aggregates.map((a) => {
          const key =
            result.keys.length > 0
              ? `[${result.keys.map((k) => writeKept(k.value, writer)).join(", ")}]`
              : "";
          return `@${entry.mapOf(a)}${key} = ${aggregateCall(a, a.value && writeValue(a.value, writer))};`;
        });
  const test = result.condition && condition(result.condition, writer);
  const guarded = test === undefined ? body : [`if (${test}) {`, ...body.map((l) => `  ${l}`), "}"];
  return [`for ($kv : @${result.entries}) {`, ...guarded.map((l) => `  ${l}`), "}"];
}
