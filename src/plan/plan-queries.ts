/** Plans checked queries: chooses providers, threads span state through maps, and places every filter. */
import { definitionOf } from "../aggregates/aggregates.js";
import type {
  Aggregate,
  AggregateQuery,
  CheckedQuery,
  CheckedSource,
  ShowQuery,
  TableQuery,
  Typed,
} from "../semantics/typed.js";
import { conjuncts, knownTruth, logic } from "../semantics/expression/fold.js";
import { UNSIGNED, type Type } from "../semantics/types/types.js";
import { Planner, type Environment } from "./planner.js";
import type { Binaries } from "./binaries.js";
import { mergeProbes } from "./merge.js";
import type { Asked, Plan, Result, ResultAggregate, ResultColumn, Step } from "./plan.js";
import { fieldNames } from "./needs.js";
import { givenBy, PlanError, type AttachGap } from "./providers.js";
import { openSpan } from "./spans.js";
import { isSame } from "./same.js";
import { substitute } from "./substitute.js";
import { append } from "../lists.js";

export interface PlanOptions {
  readonly process?: NonNullable<Plan["process"]>;
  /** How many keys each map may have. */
  readonly maxEntries?: number;
  /** What the tracer cannot attach to. */
  readonly attachGap?: AttachGap;
  readonly binaries?: Binaries;
}

/** Some 1 MB a map with short keys, and more groups than anyone reads. */
const DEFAULT_ENTRIES = 16384;

/** Throws `PlanError` when the target has no provider that gives what a query asks for. */
export function planQueries(queries: readonly CheckedQuery[], options: PlanOptions = {}): Plan {
  const planner = new Planner(options.process, options.attachGap, options.binaries);
  const results: Result[] = [];
  queries.forEach((query, position) => {
    results.push(
      query.kind === "table"
        ? planTable(query, position, planner)
        : query.open
          ? planOpen(query, position, planner)
          : query.kind === "show"
            ? planRows(query, position, planner)
            : planGroups(query, position, planner),
    );
  });
  // The shortest ends the trace, as the shortest was asked for.
  const durations = queries.flatMap((q) => (q.duration === undefined ? [] : [q.duration]));
  const duration = durations.reduce<bigint | undefined>(
    (a, b) => (a === undefined || b < a ? b : a),
    undefined,
  );
  return {
    probes: mergeProbes(planner.probes),
    states: planner.states,
    results,
    choices: planner.choices,
    derived: planner.derived,
    notes: planner.notes,
    maxEntries: options.maxEntries ?? DEFAULT_ENTRIES,
    ...(duration === undefined ? {} : { duration }),
    ...(options.process ? { process: options.process } : {}),
  };
}

export { PlanError };

function base(query: CheckedQuery): { query: string; asked: readonly Asked[]; doc?: string; every?: bigint } {
  return {
    query: query.text,
    asked: askedOf(query),
    ...(query.doc === undefined ? {} : { doc: query.doc }),
    ...(query.every === undefined ? {} : { every: query.every }),
  };
}

function askedOf(query: CheckedQuery): readonly Asked[] {
  const of = ({ name, doc }: CheckedSource): Pick<Asked, "source" | "doc"> => ({
    source: name,
    ...(doc === undefined ? {} : { doc }),
  });
  if (query.kind === "table")
    return query.columns.map(({ source, aggregate }) => ({
      ...of(source),
      columns: [],
      values: [aggregate.value],
    }));
  return [
    {
      ...of(query.source),
      ...(query.condition ? { condition: query.condition } : {}),
      columns: (query.kind === "show" ? query.columns : query.keys).map((c) => c.value),
      values: query.kind === "show" ? [] : query.aggregates.map((a) => a.value),
    },
  ];
}

function column(
  label: string,
  value: { readonly type: Typed["type"] },
  display: ResultColumn["display"],
): ResultColumn {
  return { label, type: printed(value.type), ...(display ? { display } : {}) };
}

/** Sizes are read as signed: what gets smaller is below zero, whichever of the providers gave it, and none has 2^63. */
function printed(type: Type): Type {
  return type.kind === "number" && type.unit === "bytes" ? { ...type, signed: true } : type;
}

/** Map names a reader can follow: `faults`, `malloc_sum_size`. */
function aggregateNames(source: CheckedSource, aggregates: readonly Aggregate[], planner: Planner): string[] {
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

/** The percentiles of one value are all of one histogram. */
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

function resultAggregates(aggregates: readonly Aggregate[], names: readonly string[]): ResultAggregate[] {
  return aggregates.map((a, i) => ({
    label: a.label,
    type: printed(a.type),
    fn: a.fn,
    map: names[i] as string,
    ...(a.range ? { range: a.range } : {}),
    ...(a.value && definitionOf(a.fn).keptAs === "values" ? { of: a.value.type } : {}),
    ...(a.display ? { display: a.display } : {}),
  }));
}

function conditions(condition: Typed | undefined, environment: Environment): readonly Typed[] {
  if (!condition) return [];
  return conjuncts(substitute(condition, environment));
}

function planGroups(query: AggregateQuery, result: number, planner: Planner): Result {
  const names = aggregateNames(query.source, query.aggregates, planner);
  const fields = [
    ...query.keys.map((k) => k.value),
    ...query.aggregates.flatMap((a) => a.value ?? []),
    ...(query.condition ? [query.condition] : []),
  ];
  planner.subscribe(
    query.source,
    fields,
    `count into ${[...new Set(names)].map((n) => `@${n}`).join(", ")}`,
    (environment) => ({
      filter: conditions(query.condition, environment),
      steps: aggregateSteps(
        query.aggregates,
        result,
        query.keys.map((k) => substitute(k.value, environment)),
        environment,
      ),
    }),
  );
  return {
    kind: "groups",
    ...base(query),
    keys: query.keys.map((k) => column(k.label, k.value, k.display)),
    aggregates: resultAggregates(query.aggregates, names),
    ...(query.top ? { top: query.top } : {}),
  };
}

function aggregateSteps(
  aggregates: readonly Aggregate[],
  result: number,
  key: readonly Typed[],
  environment: Environment,
): Step[] {
  return aggregates.map((a, i) => ({
    do: "aggregate",
    result,
    aggregate: i,
    key,
    ...(a.value ? { value: substitute(a.value, environment) } : {}),
  }));
}

function planRows(query: ShowQuery, result: number, planner: Planner): Result {
  const fields = [...query.columns.map((c) => c.value), ...(query.condition ? [query.condition] : [])];
  planner.subscribe(query.source, fields, "show each one", (environment) => ({
    filter: conditions(query.condition, environment),
    steps: [{ do: "emit", result, values: query.columns.map((c) => substitute(c.value, environment)) }],
  }));
  return {
    kind: "rows",
    ...base(query),
    columns: query.columns.map((c) => column(c.label, c.value, c.display)),
  };
}

function planTable(query: TableQuery, result: number, planner: Planner): Result {
  const aggregates: ResultAggregate[] = [];
  query.columns.forEach(({ source, aggregate }, i) => {
    const [name] = aggregateNames(source, [aggregate], planner) as [string];
    append(aggregates, resultAggregates([aggregate], [name]));
    planner.subscribe(
      source,
      aggregate.value ? [aggregate.value] : [],
      `column ${JSON.stringify(aggregate.label)}`,
      (environment) => ({
        filter: [],
        steps: [
          {
            do: "aggregate",
            result,
            aggregate: i,
            key: [],
            ...(aggregate.value ? { value: substitute(aggregate.value, environment) } : {}),
          },
        ],
      }),
    );
  });
  return {
    kind: "line",
    ...base(query),
    every: query.every,
    ...(query.header === undefined ? {} : { header: query.header }),
    aggregates,
  };
}

/** The name an expression reads the printed entry by. */
const ENTRY: Typed = { op: "local", name: "entry", type: UNSIGNED };

function planOpen(query: AggregateQuery | ShowQuery, _result: number, planner: Planner): Result {
  if (query.source.kind !== "span") throw new Error(`${query.source.name} is not a span`);
  const values =
    query.kind === "show"
      ? query.columns.map((c) => c.value)
      : [...query.keys.map((k) => k.value), ...query.aggregates.flatMap((a) => a.value ?? [])];
  const all = [...values, ...(query.condition ? [query.condition] : [])];
  // The rest is known when the span begins: it is tested there, and nothing is kept for the others.
  const growing = new Set(["age", ...givenBy(query.source.during)]);
  const isLate = (part: Typed): boolean => [...fieldNames([part])].some((name) => growing.has(name));
  const parts = query.condition ? conjuncts(query.condition) : [];
  const early = parts.filter((p) => !isLate(p));
  const late = parts.filter(isLate);
  const state = openSpan(planner, query.source, all, early, ENTRY);
  const read = (value: Typed): Typed => substitute(value, state.environment);
  const condition = late.length === 0 ? undefined : logic("and", late.map(read));
  const names = query.kind === "show" ? [] : aggregateNames(query.source, query.aggregates, planner);
  return {
    kind: "open",
    ...base(query),
    entries: state.entries,
    ...(condition && knownTruth(condition) !== true ? { condition } : {}),
    keys:
      query.kind === "show"
        ? []
        : query.keys.map((k) => ({ ...column(k.label, k.value, k.display), value: read(k.value) })),
    aggregates:
      query.kind === "show"
        ? []
        : resultAggregates(query.aggregates, names).map((a, i) => {
            const value = query.aggregates[i]?.value;
            return value ? { ...a, value: read(value) } : a;
          }),
    columns:
      query.kind === "show"
        ? query.columns.map((c) => ({ ...column(c.label, c.value, c.display), value: read(c.value) }))
        : [],
    ...(query.kind === "aggregate" && query.top ? { top: query.top } : {}),
  };
}
