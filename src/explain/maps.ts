/** The maps a plan keeps: what is in them, how large they are, and what happens when one is full. */
import { definitionOf, type AggregateFunction } from "../aggregates/aggregates.js";
import { keptOf } from "../tracers/bpftrace/aggregates.js";
import type { MapLayout, Storage } from "../tracers/bpftrace/map-memory.js";
import { storedWith } from "../plan/columns.js";
import type { Plan, Result, ResultAggregate, Step } from "../plan/plan.js";
import type { Typed } from "../semantics/typed.js";
import { typeName } from "../semantics/types/types.js";
import { cText } from "./prose-expression.js";
import type { ExplainedMap } from "./explanation.js";

/** `walksMaps`: whether the tracer can go through a map; else the runner aggregates what is open, and keeps it itself. */
export function mapsOf(plan: Plan, storage: Storage, walksMaps: boolean, cpus: number): ExplainedMap[] {
  const steps = plan.probes.flatMap((probe) => allSteps(probe.steps));
  const results = plan.results.flatMap((result, index) =>
    result.kind === "rows" || (result.kind === "open" && !walksMaps)
      ? []
      : result.aggregates.flatMap((aggregate, position) =>
          storedWith(result, position) === position
            ? [aggregateMap(result, aggregate, addedTo(result, index, position, steps), storage, cpus)]
            : [],
        ),
  );
  return [...results, ...stateMaps(plan, steps, storage, cpus), ...stackTable(plan, steps, storage)];
}

/** Those inside of others too. */
export function allSteps(steps: readonly Step[]): readonly Step[] {
  return steps.flatMap((step) => (step.do === "when" ? [step, ...allSteps(step.then)] : [step]));
}

type Keyed = Exclude<Result, { kind: "rows" }>;

interface Added {
  readonly keys: readonly Typed[];
  readonly value?: Typed | undefined;
}

/** As a probe computes it, or for what is open as an entry gives it. */
function addedTo(result: Keyed, index: number, position: number, steps: readonly Step[]): Added {
  if (result.kind === "open")
    return { keys: result.keys.map(({ value }) => value), value: result.aggregates[position]?.value };
  const step = steps.find(
    (each) => each.do === "aggregate" && each.result === index && each.aggregate === position,
  );
  return step?.do === "aggregate" ? { keys: step.key, value: step.value } : { keys: [] };
}

function aggregateMap(
  result: Keyed,
  aggregate: ResultAggregate,
  { keys, value }: Added,
  storage: Storage,
  cpus: number,
): ExplainedMap {
  const { fn, map } = aggregate;
  const named = result.kind === "line" ? [] : result.keys;
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

function stateMaps(plan: Plan, steps: readonly Step[], storage: Storage, cpus: number): ExplainedMap[] {
  return plan.states.flatMap((state): ExplainedMap[] => {
    const store = steps.find((each) => each.do === "store" && each.map === state.name);
    if (store?.do !== "store") return [];
    return [
      {
        name: `@${state.name}`,
        role: "state",
        holds: state.purpose,
        keys: store.key.map((key) => ({ name: cText(key), type: typeName(key.type) })),
        value: typeName(state.value),
        ...sizeOf(storage.state(store.key, store.value), cpus),
        whenFull:
          "a span that begins is not kept, so its end is passed over and the result lacks it, which a run tells; entries whose end never comes stay until the trace ends",
      },
    ];
  });
}

/** Where older tracers keep the stacks themselves: the maps have only their numbers. */
function stackTable(plan: Plan, steps: readonly Step[], storage: Storage): ExplainedMap[] {
  const open = plan.results.flatMap((result) =>
    result.kind === "open" ? [...result.keys, ...result.columns].map(({ type }) => type.kind) : [],
  );
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
      return [step.value.type.kind];
    case "emit":
      return step.values.map(({ type }) => type.kind);
    default:
      return [];
  }
}
