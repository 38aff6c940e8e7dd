/** Plans queries about open spans: what the begin must record, and what is added up or read. */
import { definitionOf } from "../aggregates/aggregates.js";
import { comparisonOf, conjuncts, knownTruth, logic } from "../semantics/expression/fold.js";
import type { AggregateQuery, ShowQuery, Typed } from "../semantics/typed.js";
import { aggregateNames } from "./map-names.js";
import { fieldNames } from "./needs.js";
import { numberIn, openSpan, type OpenSpan } from "./open-spans.js";
import type { OpenColumn, OpenResult, RunningSum, RunningSums } from "./plan.js";
import type { Environment } from "./environment.js";
import type { Planner } from "./planner.js";
import { column, resultAggregates, resultBase } from "./result-parts.js";
import { sampleOf } from "../semantics/expression/hash.js";
import { ageing } from "./running.js";
import { ageText, sampleText } from "./words.js";
import { isSame } from "./same.js";
import { sumsOf, type SpanSource } from "./spans.js";
import { substitute } from "./substitute.js";

type OpenQuery = AggregateQuery | ShowQuery;

export function planOpen(query: OpenQuery, result: number, planner: Planner, readsAll = false): OpenResult {
  const { source } = query;
  if (source.kind !== "span") throw new Error(`${source.name} is not a span`);
  // All other conditions are tested when the span begins, so that no record is kept for spans that fail them. But where
  // the first begin stands, one that fails them is recorded as well: else a later one would pass for it.
  const growing = new Set(["age", ...sumsOf(source)]);
  const ofRange = source.range ? [source.range.start, source.range.size] : [];
  const keepsFirst = source.begin.some(({ repeat }) => repeat === "once");
  const isLate = (part: Typed): boolean =>
    keepsFirst || [...fieldNames([part])].some((name) => growing.has(name) || ofRange.includes(name));
  const parts = query.condition ? conjuncts(query.condition) : [];
  const early = parts.filter((part) => !isLate(part));
  const late = parts.filter(isLate);
  const least = leastAge(late);
  const sample = early.reduce((product, part) => product * (sampleOf(part) ?? 1n), 1n);
  const sampled = sample > 1n ? { sample } : {};
  if (sample > 1n) planner.note({ source: source.name, text: sampleText(sample), isOfFigures: true });
  if (!readsAll && query.kind === "aggregate" && least !== undefined && canRun(query, growing))
    return { ...planRunning(query, source, { result, early, least }, planner), ...sampled };
  const all = [...valuesOf(query), ...(query.condition ? [query.condition] : [])];
  const span = openSpan(planner, source, all, early, undefined);
  noteOwner(source, planner);
  const { environment } = span;
  const condition = logic("and", [...late.map((part) => substitute(part, environment)), ...ofLiving(span)]);
  const base = {
    ...resultBase(query),
    ...sampled,
    state: span.state,
    ...(knownTruth(condition) === true ? {} : { condition }),
  };
  if (query.kind === "show")
    return { kind: "openRows", ...base, columns: columnsOf(query.columns, environment) };
  planner.note({ source: source.name, text: "each time the result is printed, every open one is read" });
  const names = aggregateNames(source, query.aggregates, planner);
  return { kind: "openGroups", ...base, ...groupsOf(query, names, environment) };
}

interface Running {
  readonly result: number;
  readonly early: readonly Typed[];
  readonly least: bigint;
}

/** Plans groups that are added up while spans begin and end. */
function planRunning(
  query: AggregateQuery,
  source: SpanSource,
  { result, early, least }: Running,
  planner: Planner,
): OpenResult {
  const age = least > 0n ? ageing(least, query.every) : undefined;
  const needed = query.keys.map(({ value }) => value);
  const values = query.aggregates.flatMap(({ value }) => value ?? []);
  const distinct = values.filter((value, i) => values.findIndex((each) => isSame(each, value)) === i);
  const span = openSpan(planner, source, needed, early, { result, step: age?.step, sums: distinct });
  noteOwner(source, planner);
  const names = aggregateNames(source, query.aggregates, planner);
  const sumOf = (value: Typed | undefined): number =>
    value === undefined ? 0 : 1 + distinct.findIndex((each) => isSame(each, value));
  const of = query.aggregates.map(({ value }) => sumOf(value));
  const mapOf = (sum: number): string | undefined => names[of.indexOf(sum)];
  const sums: RunningSum[] = [
    { map: mapOf(0) ?? planner.mapName(`${source.name}_open`) },
    ...span.sums.map((value, i) => ({ map: mapOf(i + 1) ?? "", value })),
  ];
  const groups = {
    keys: columnsOf(query.keys, span.environment),
    aggregates: resultAggregates(query.aggregates, names).map((aggregate, i) => {
      const value = sums[of[i] ?? 0]?.value;
      return value ? { ...aggregate, value } : aggregate;
    }),
    ...(query.top ? { top: query.top } : {}),
  };
  if (age)
    planner.note({
      source: source.name,
      text: ageText(age),
      isOfFigures: true,
    });
  const running: RunningSums = {
    sums,
    of,
    ...(span.owner ? { owner: span.owner } : {}),
    ...(age && span.begun ? { age: { ...age, begun: span.begun } } : {}),
  };
  return { kind: "openGroups", ...resultBase(query), state: span.state, running, ...groups };
}

/** What begins and ends can be added and taken off if it is known at the begin and does not change. */
function canRun(query: AggregateQuery, growing: ReadonlySet<string>): boolean {
  return (
    query.aggregates.every(({ fn }) => definitionOf(fn).ofSums !== undefined) &&
    [...fieldNames(valuesOf(query))].every((name) => !growing.has(name))
  );
}

/** The age from which spans are shown, in nanoseconds; undefined if the conditions ask for anything else. */
function leastAge(late: readonly Typed[]): bigint | undefined {
  let least = 0n;
  for (const part of late) {
    const own = part.op === "compare" ? ageAbove(part) : undefined;
    if (own === undefined) return undefined;
    if (own > least) least = own;
  }
  return least;
}

function ageAbove({ operator, left, right }: Typed & { readonly op: "compare" }): bigint | undefined {
  const isAge = (value: Typed): boolean => value.op === "field" && value.name === "age";
  const [bound, isAbove] = isAge(left)
    ? [right, operator === ">" || operator === ">="]
    : [left, operator === "<" || operator === "<="];
  // What is shown is older than the bound in any case.
  return (isAge(left) || isAge(right)) && isAbove && bound.op === "integer" ? bound.value : undefined;
}

/** Records of processes that have ended stay until their keys come again, and are not open. */
function ofLiving({ owner }: OpenSpan): readonly Typed[] {
  if (!owner) return [];
  const { state, id, number } = owner;
  return [comparisonOf("==", number, numberIn(state, id))];
}

function noteOwner({ name, keys, owner }: SpanSource, planner: Planner): void {
  const isOwned = keys.includes("pid") || keys.includes("tid");
  if (isOwned && !owner)
    planner.note({
      source: name,
      text: "what belonged to processes that have ended stays open: the types of this kernel are not known",
      isOfFigures: true,
    });
}

/** All expressions except the condition. */
function valuesOf(query: OpenQuery): readonly Typed[] {
  if (query.kind === "show") return query.columns.map((c) => c.value);
  return [...query.keys.map((k) => k.value), ...query.aggregates.flatMap((a) => a.value ?? [])];
}

function groupsOf(
  query: AggregateQuery,
  names: readonly string[],
  environment: Environment,
): Pick<OpenResult & { readonly kind: "openGroups" }, "keys" | "aggregates" | "top"> {
  return {
    keys: columnsOf(query.keys, environment),
    aggregates: resultAggregates(query.aggregates, names).map((a, i) => {
      const value = query.aggregates[i]?.value;
      return value ? { ...a, value: substitute(value, environment) } : a;
    }),
    ...(query.top ? { top: query.top } : {}),
  };
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
