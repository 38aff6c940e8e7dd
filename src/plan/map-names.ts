/** Names of the maps of results, which a reader of a script can follow. */
import type { Aggregate, CheckedSource, Typed } from "../semantics/typed.js";
import type { Planner } from "./planner.js";

/** `faults`, `malloc_sum_size`. */
export function aggregateNames(
  source: CheckedSource,
  aggregates: readonly Aggregate[],
  planner: Planner,
): string[] {
  const stem = stemOf(source);
  return aggregates.map((a) => {
    const alone = aggregates.length === 1 && a.fn === "count";
    const field = a.value ? `_${wordIn(a.value)}` : "";
    return planner.mapName(alone ? stem : `${stem}_${a.fn}${field}`);
  });
}

function stemOf(source: CheckedSource): string {
  const words = source.name.split(":").filter((w) => /[A-Za-z]/.test(w));
  return (
    (words.at(-1) ?? "events").replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "") || words[0] || "events"
  );
}

/** The field an expression is mostly about, for a map's name. */
function wordIn(value: Typed): string {
  switch (value.op) {
    case "field":
    case "common":
    case "local":
      return value.name;
    case "argument":
      return value.name ?? `arg${value.index}`;
    case "tracepointArgument":
      return value.field.name;
    case "returnValue":
      return "retval";
    case "arithmetic":
      return wordIn(value.left.op === "integer" ? value.right : value.left);
    case "choose":
      return wordIn(value.condition);
    case "member":
      return value.name;
    case "negate":
    case "complement":
    case "not":
      return wordIn(value.operand);
    case "compare":
      return wordIn(value.left);
    default:
      return "value";
  }
}
