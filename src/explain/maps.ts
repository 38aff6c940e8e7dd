/** The maps a plan keeps: what is in them, how large they are, and what happens when one is full. */
import { definitionOf, type AggregateFunction } from "../aggregates/aggregates.js";
import { keptOf } from "../tracers/bpftrace/aggregates.js";
import type { MapLayout, Storage } from "../tracers/bpftrace/map-memory.js";
import { fieldOf, GROUP, recordMaps, stored, type RecordMap } from "../tracers/bpftrace/records.js";
import type { Dialect } from "../tracers/bpftrace/versions.js";
import { isOpen, isRows, keyColumns, storedWith } from "../plan/columns.js";
import type { Plan, Result, ResultAggregate, SpanState, Step } from "../plan/plan.js";
import { groupValues, isRunning, type RunningResult } from "../plan/running.js";
import type { Typed } from "../semantics/typed.js";
import { cText } from "./prose-expression.js";
import { allSteps } from "../plan/needs.js";
import { stateText } from "../plan/words.js";
import { typeName, UNSIGNED } from "../types/types.js";
import type { ExplainedMap } from "./explanation.js";

/** Where the tracer cannot go through a map, the runner aggregates what is open, and keeps it itself. */
export function mapsOf(plan: Plan, storage: Storage, dialect: Dialect, cpus: number): ExplainedMap[] {
  const steps = allSteps(plan.probes);
  const results = plan.results.flatMap((result, index) =>
    isRunning(result)
      ? runningMaps(result, storage, cpus)
      : isRows(result) || (isOpen(result) && !dialect.can("forMap"))
        ? []
        : result.aggregates.flatMap((aggregate, position) =>
            storedWith(result, position) === position
              ? [aggregateMap(result, aggregate, addedTo(result, index, position, steps), storage, cpus)]
              : [],
          ),
  );
  const states = [...recordMaps(plan, dialect, true).values()].flatMap((record) =>
    stateMaps(record, steps, storage, cpus),
  );
  return [...results, ...states, ...stackTable(plan, steps, storage)];
}

/** The sums of open spans, by the number of the group. */
function runningMaps(result: RunningResult, storage: Storage, cpus: number): ExplainedMap[] {
  const { sums, of, age } = result.running;
  const keys = [
    ...(groupValues(result).length > 0 ? [{ name: "group", type: "int" }] : []),
    ...(age ? [{ name: "step", type: "int" }] : []),
  ];
  const layout = storage.aggregate(
    "sum",
    keys.map(() => MARK),
    MARK,
  );
  return sums.map(({ map }, i): ExplainedMap => {
    const labels = result.aggregates.flatMap(({ label }, n) => (of[n] === i ? [label] : []));
    return {
      name: `@${map}`,
      role: "result",
      holds: labels.length > 0 ? labels.join(", ") : "how many are open",
      keys,
      value: "what was added and taken off since it was last read",
      ...sizeOf(layout, cpus),
      whenFull: "begins and ends of further groups are not counted, which a run tells",
    };
  });
}

type Keyed = Exclude<Result, { kind: "rows" | "openRows" }>;

interface Added {
  readonly keys: readonly Typed[];
  readonly value?: Typed | undefined;
}

/** As a probe computes it, or for what is open as an entry gives it. */
function addedTo(result: Keyed, index: number, position: number, steps: readonly Step[]): Added {
  if (result.kind === "openGroups")
    return { keys: result.keys.map(({ value }) => value), value: result.aggregates[position]?.value };
  for (const step of steps) {
    if (step.do !== "aggregate" || step.result !== index) continue;
    const update = step.updates.find(({ aggregate }) => aggregate === position);
    if (update) return { keys: step.key, value: update.value };
  }
  return { keys: [] };
}

function aggregateMap(
  result: Keyed,
  aggregate: ResultAggregate,
  { keys, value }: Added,
  storage: Storage,
  cpus: number,
): ExplainedMap {
  const { fn, map } = aggregate;
  const named = keyColumns(result);
  return {
    name: `@${map}`,
    role: "result",
    holds: result.aggregates.flatMap((each) => (each.map === map ? [each.label] : [])).join(", "),
    keys: [
      ...named.map((key) => ({ name: key.label, type: typeName(key.type) })),
      ...(keptOf(fn) === "buckets" ? [{ name: "bucket", type: "int" }] : []),
      ...(keptOf(fn) === "values" && value ? [{ name: cText(value), type: typeName(value.type) }] : []),
    ],
    value: definitionOf(fn).words.keeps,
    ...sizeOf(storage.aggregate(fn, keys, value), cpus),
    whenFull: aggregateWhenFull(fn, keys, storage),
  };
}

function sizeOf(layout: MapLayout, cpus: number): Pick<ExplainedMap, "perCpu" | "entries" | "bytes"> {
  return { perCpu: layout.perCpu, entries: layout.entries, bytes: layout.bytes(cpus) };
}

function aggregateWhenFull(fn: AggregateFunction, keys: readonly Typed[], storage: Storage): string {
  const kept = keptOf(fn);
  const hasBuckets = kept === "buckets";
  if (keys.length === 0 && kept !== "values")
    return hasBuckets ? "never: there are fewer buckets than it has room for" : "never: it has one entry";
  const told = storage.tellsFull ? "bpftrace warns of it" : "nothing tells of it";
  if (kept === "values")
    return "a new value is not counted, so that the number is too low; a run tells how many events that were";
  return `${hasBuckets ? "new buckets and new keys are" : "a new key is"} not counted, and ${told}; those that are there go on`;
}

/** The map of what a span keeps, and those of the fields that do not fit there. */
function stateMaps(
  record: RecordMap,
  steps: readonly Step[],
  storage: Storage,
  cpus: number,
): ExplainedMap[] {
  const { state, members, apart } = record;
  const store = steps.find((each) => each.do === "store" && each.state === state.name);
  if (store?.do !== "store") return [];
  const map = (name: string, holds: string, fields: readonly (string | null)[]): ExplainedMap => ({
    name: `@${name}`,
    role: "state",
    holds,
    keys: state.key.map((key) => ({ name: key.name, type: typeName(key.type) })),
    value: valueText(state, fields),
    ...sizeOf(
      storage.state(
        store.key,
        fields.map((field) => (field === null || field === GROUP ? MARK : stored(store, record, field))),
      ),
      cpus,
    ),
    whenFull:
      "a span that begins is not kept, so its end is passed over and the result lacks it, which a run tells; entries whose end never comes stay until the trace ends",
  });
  return [
    map(state.name, stateText(state), members),
    ...apart.map(({ field, map: name }) => map(name, `${field} of ${stateText(state)}`, [field])),
  ];
}

/** What says that a span has begun, where no field does. */
const MARK: Typed = { op: "integer", value: 1n, type: UNSIGNED };

function valueText(state: SpanState, fields: readonly (string | null)[]): string {
  const named = fields.flatMap((field) => {
    if (field === null) return [];
    return [field === GROUP ? { name: GROUP, type: UNSIGNED } : fieldOf(state, field)];
  });
  if (named.length === 0) return "that it has begun";
  return named
    .map(({ name, type }) => (name === typeName(type) ? name : `${name} (${typeName(type)})`))
    .join(", ");
}

/** Where older tracers keep the stacks themselves: the maps have only their numbers. */
function stackTable(plan: Plan, steps: readonly Step[], storage: Storage): ExplainedMap[] {
  const open = plan.results
    .filter(isOpen)
    .flatMap((result) => keyColumns(result).map(({ type }) => type.kind));
  const kept = steps.flatMap((step) => stackKinds(step));
  const table = storage.stackTable;
  if (!table || ![...open, ...kept].includes("stack")) return [];
  return [
    {
      name: "stacks",
      role: "stacks",
      holds: "the stacks themselves, one table for all maps, which have their numbers",
      keys: [{ name: "number", type: "int" }],
      value: "up to 127 addresses",
      perCpu: false,
      entries: table.entries,
      bytes: table.bytes,
      whenFull: `${table.dropsOldest ? "the stack that was used longest ago" : "a new stack"} is lost, and its events are shown without one`,
    },
  ];
}

function stackKinds(step: Step): string[] {
  switch (step.do) {
    case "aggregate":
      return step.key.map(({ type }) => type.kind);
    case "store":
      return step.values.map(({ type }) => type.kind);
    case "emit":
      return step.values.map(({ type }) => type.kind);
    case "add":
    case "change":
    case "let":
    case "remove":
    case "when":
      return [];
  }
}
