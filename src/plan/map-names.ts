/** Readable names for the maps of results. */
import { definitionOf } from "../aggregates/aggregates.js";
import type { Aggregate, CheckedSource, Typed } from "../semantics/typed.js";
import type { Planner } from "./planner.js";
import { isSame } from "./same.js";

/** `faults`, `malloc_sum_size`. */
export function aggregateNames(
  source: CheckedSource,
  aggregates: readonly Aggregate[],
  planner: Planner,
): string[] {
  const stem = stemOf(source);
  const names: string[] = [];
  for (const a of aggregates) {
    const alone = aggregates.length === 1 && a.fn === "count";
    const field = a.value ? `_${wordIn(a.value)}` : "";
    const isPercentile = definitionOf(a.fn).keptAs === "fine buckets";
    const twin = aggregates.findIndex((each) => sharesMap(each, a));
    names.push(
      names[twin] ?? planner.mapName(alone ? stem : `${stem}_${isPercentile ? "percentiles" : a.fn}${field}`),
    );
  }
  return names;
}

/** Whether two aggregates share a map: all percentiles of one value come from one histogram. */
function sharesMap(a: Aggregate, b: Aggregate): boolean {
  const isFine = (each: Aggregate): boolean => definitionOf(each.fn).keptAs === "fine buckets";
  return isFine(a) && isFine(b) && a.value !== undefined && b.value !== undefined && isSame(a.value, b.value);
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
    case "register":
      return value.name.replace(" ", "_");
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
    case "begun":
    case "cast":
    case "currentTask":
    case "element":
    case "followed":
    case "glob":
    case "global":
    case "hasBits":
    case "inet":
    case "integer":
    case "logic":
    case "state":
    case "string":
    case "text":
    case "userWord":
      return "value";
  }
}
