/** Plans checked queries: chooses providers, threads span state through maps, and places every filter. */
import type {
  Aggregate,
  AggregateQuery,
  CheckedQuery,
  ShowQuery,
  TableQuery,
  Typed,
} from "../semantics/typed.js";
import { commonValue } from "../semantics/source/probe-scope.js";
import { conjuncts, knownTruth } from "../semantics/expression/fold.js";
import type { Environment } from "./environment.js";
import { Planner, type CommonValues } from "./planner.js";
import type { Binaries } from "./binaries.js";
import { withCallers } from "./callers.js";
import { isOpen } from "./columns.js";
import { aggregateNames } from "./map-names.js";
import { mergeProbes } from "./merge.js";
import type { AggregateUpdate, Plan, Result, ResultAggregate } from "./plan.js";
import { allSteps, partsOf, valuesOf } from "./needs.js";
import { planOpen } from "./plan-open.js";
import { joinCalls } from "./outermost.js";
import { PlanError, type AttachGap } from "./providers.js";
import { column, resultAggregates, resultBase } from "./result-parts.js";
import { definedNames, type FindNames } from "./set-names.js";
import { shareStates } from "./share-states.js";
import { substitute } from "./substitute.js";
import { withGroupTests, type TargetGroups } from "./group-tests.js";
import { numberingText } from "./words.js";
import { unseenProgramProbes } from "./unseen-programs.js";
import { filledBy, withoutUnmet } from "./unmet.js";
import { append } from "../lists.js";

export interface PlanOptions extends Partial<CommonValues> {
  readonly process?: NonNullable<Plan["process"]>;
  /** The maximum number of keys of each map. */
  readonly maxEntries?: number;
  /** Why the tracer cannot attach to a probe. */
  readonly attachGap?: AttachGap;
  /** Whether what is open is read span by span for each report, and not added up as spans begin and end. */
  readonly readsOpenSpans?: boolean;
  readonly binaries?: Binaries;
  /** The control groups of the target. */
  readonly groups?: TargetGroups;
  /** Whether the running program is a 32-bit one on a 64-bit kernel; undefined if the kernel does not tell. */
  readonly isCompat?: Typed | undefined;
  /** The sets of names that are defined. */
  readonly names?: FindNames;
  /** The architecture, by the kernel's name; by default x86_64. */
  readonly arch?: string;
}

/** About 1 MB per map with short keys, and more groups than anyone reads. */
const DEFAULT_ENTRIES = 16384;

/** As many blocks of memory as a large heap has. */
const DEFAULT_OPEN_ENTRIES = 1_048_576;

/** Throws `PlanError` if the target has no provider with the fields that a query needs. */
export function planQueries(queries: readonly CheckedQuery[], options: PlanOptions = {}): Plan {
  const planner = new Planner(options.process, options.attachGap, options.binaries, {
    common: commonValue,
    ...options,
  });
  const results: Result[] = [];
  queries.forEach((query, position) => {
    planner.startQuery();
    results.push(
      query.kind === "table"
        ? planTable(query, position, planner)
        : query.open
          ? planOpen(query, position, planner, options.readsOpenSpans)
          : query.kind === "show"
            ? planRows(query, position, planner)
            : planGroups(query, position, planner),
    );
  });
  if (options.numbering) planner.note({ text: numberingText(options.numbering), isOfFigures: true });
  append(planner.probes, unseenProgramProbes(planner, options.process, options.isCompat));
  const filled = filledBy(planner.probes);
  queries.forEach((query, position) => {
    if (query.kind !== "table" && !query.open && !filled.has(position)) noteUnmet(query, planner);
  });
  noteEmpty(planner);
  // The shortest duration ends the whole trace.
  const durations = queries.flatMap((q) => (q.duration === undefined ? [] : [q.duration]));
  const duration = durations.reduce<bigint | undefined>(
    (a, b) => (a === undefined || b < a ? b : a),
    undefined,
  );
  const { probes, tests, results: tested } = withGroupTests(planner, results, options.groups);
  const planned = {
    probes: probes.map((probe) => withoutUnmet(probe, filled)),
    states: planner.states,
    results: tested,
  };
  const shared = shareStates(withCallers(joinCalls(shareStates(planned)), options.arch ?? "x86_64"));
  const names = options.names ? definedNames(shared.results, options.names) : [];
  return {
    probes: mergeProbes(shared.probes),
    states: shared.states,
    results: shared.results,
    choices: planner.choices,
    derived: planner.derived,
    notes: planner.notes,
    maxEntries: options.maxEntries ?? DEFAULT_ENTRIES,
    ...(shared.results.some(isOpen) ? { openEntries: options.maxEntries ?? DEFAULT_OPEN_ENTRIES } : {}),
    ...(duration === undefined ? {} : { duration }),
    ...(options.process ? { process: options.process } : {}),
    ...(tests.length > 0 ? { groupTests: tests } : {}),
    ...(names.length > 0 ? { names } : {}),
    ...(options.numbering ? { numbering: options.numbering } : {}),
  };
}

export { PlanError };

/** Notes where a name may be missing. */
function noteEmpty(planner: Planner): void {
  const values = [
    ...planner.probes.flatMap(({ filter }) => filter),
    ...allSteps(planner.probes).flatMap(valuesOf),
  ];
  if (values.flatMap(partsOf).some((part) => part.op === "member" && part.name === "exe_file"))
    planner.note({
      text: "`exe` is empty for threads of the kernel, and for processes that end and have given up their memory",
    });
}

/** Notes where the chosen probes decide a condition; the checker has warned of others that are never true. */
function noteUnmet({ source, condition }: AggregateQuery | ShowQuery, planner: Planner): void {
  if (!condition || knownTruth(condition) === false) return;
  planner.note({
    source: source.name,
    text: "no event of its probes can meet the condition, so there is no result",
    isOfFigures: true,
  });
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
  const does = `aggregate into ${[...new Set(names)].map((n) => `@${n}`).join(", ")}`;
  planner.subscribe(
    query.source,
    fields,
    { does, about: query.source.name, isObvious: true },
    (environment) => ({
      filter: conditions(query.condition, environment),
      steps: [
        {
          do: "aggregate",
          result,
          key: query.keys.map((k) => substitute(k.value, environment)),
          updates: query.aggregates.map((a, i) => update(a, i, environment)),
        },
      ],
    }),
  );
  return {
    kind: "groups",
    ...resultBase(query),
    keys: query.keys.map((k) => column(k.label, k.value, k.display)),
    aggregates: resultAggregates(query.aggregates, names),
    ...(query.top ? { top: query.top } : {}),
  };
}

function update({ value }: Aggregate, aggregate: number, environment: Environment): AggregateUpdate {
  return { aggregate, ...(value ? { value: substitute(value, environment) } : {}) };
}

function planRows(query: ShowQuery, result: number, planner: Planner): Result {
  const fields = [...query.columns.map((c) => c.value), ...(query.condition ? [query.condition] : [])];
  planner.subscribe(
    query.source,
    fields,
    { does: "print each event", about: query.source.name, isObvious: true },
    (environment) => ({
      filter: conditions(query.condition, environment),
      steps: [{ do: "emit", result, values: query.columns.map((c) => substitute(c.value, environment)) }],
    }),
  );
  return {
    kind: "rows",
    ...resultBase(query),
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
      { does: `update the column ${JSON.stringify(aggregate.label)}` },
      (environment) => ({
        filter: [],
        steps: [{ do: "aggregate", result, key: [], updates: [update(aggregate, i, environment)] }],
      }),
    );
  });
  return {
    kind: "line",
    ...resultBase(query),
    every: query.every,
    ...(query.header === undefined ? {} : { header: query.header }),
    aggregates,
  };
}
