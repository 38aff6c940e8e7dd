/** Plans queries about open spans: what the begin must record, and what is read when the result is printed. */
import { conjuncts, knownTruth, logic } from "../semantics/expression/fold.js";
import type { AggregateQuery, ShowQuery, Typed } from "../semantics/typed.js";
import { UNSIGNED } from "../types/types.js";
import { aggregateNames } from "./map-names.js";
import { fieldNames } from "./needs.js";
import type { OpenColumn, OpenResult } from "./plan.js";
import type { Environment, Planner } from "./planner.js";
import { column, resultAggregates, resultBase } from "./result-parts.js";
import { openSpan, sumsOf } from "./spans.js";
import { substitute } from "./substitute.js";

/** The key by which an expression reads the entry that is printed. */
const ENTRY: Typed = { op: "local", name: "entry", type: UNSIGNED };

type OpenQuery = AggregateQuery | ShowQuery;

export function planOpen(query: OpenQuery, planner: Planner): OpenResult {
  const { source } = query;
  if (source.kind !== "span") throw new Error(`${source.name} is not a span`);
  // All other conditions are tested when the span begins, so that no record is kept for spans that fail them. But where
  // the first begin stands, one that fails them is recorded as well: else a later one would pass for it.
  const growing = new Set(["age", ...sumsOf(source)]);
  const keepsFirst = source.begin.some(({ repeat }) => repeat === "once");
  const isLate = (part: Typed): boolean =>
    keepsFirst || [...fieldNames([part])].some((name) => growing.has(name));
  const parts = query.condition ? conjuncts(query.condition) : [];
  const all = [...valuesOf(query), ...(query.condition ? [query.condition] : [])];
  const early = parts.filter((part) => !isLate(part));
  const { state, environment } = openSpan(planner, source, all, early, ENTRY);
  const late = logic(
    "and",
    parts.filter(isLate).map((part) => substitute(part, environment)),
  );
  const base = {
    ...resultBase(query),
    state,
    ...(knownTruth(late) === true ? {} : { condition: late }),
  };
  if (query.kind === "show")
    return { kind: "openRows", ...base, columns: columnsOf(query.columns, environment) };
  const names = aggregateNames(source, query.aggregates, planner);
  return {
    kind: "openGroups",
    ...base,
    keys: columnsOf(query.keys, environment),
    aggregates: resultAggregates(query.aggregates, names).map((a, i) => {
      const value = query.aggregates[i]?.value;
      return value ? { ...a, value: substitute(value, environment) } : a;
    }),
    ...(query.top ? { top: query.top } : {}),
  };
}

/** All expressions except the condition. */
function valuesOf(query: OpenQuery): readonly Typed[] {
  if (query.kind === "show") return query.columns.map((c) => c.value);
  return [...query.keys.map((k) => k.value), ...query.aggregates.flatMap((a) => a.value ?? [])];
}

function columnsOf(
  columns: ShowQuery["columns"] | AggregateQuery["keys"],
  environment: Environment,
): OpenColumn[] {
  return columns.map((c) => ({
    ...column(c.label, c.value, c.display),
    value: substitute(c.value, environment),
  }));
}
