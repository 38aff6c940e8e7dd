/** The maps a plan keeps: what is in them, how large they are, and what happens when one is full. */
import { definitionOf, type AggregateFunction } from "../aggregates/aggregates.js";
import { keptOf } from "../tracers/bpftrace/aggregates.js";
import type { MapLayout, Storage } from "../tracers/bpftrace/map-memory.js";
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
      : result.aggregates.map((aggregate, position) =>
          aggregateMap(result, aggregate, keysOf(result, index, position, steps), storage, cpus),
        ),
  );
  return [...results, ...stateMaps(plan, steps, storage, cpus), ...stackTable(plan, steps, storage)];
}

/** Those inside of others too. */
export function allSteps(steps: readonly Step[]): readonly Step[] {
  return steps.flatMap((step) => (step.do === "when" ? [step, ...allSteps(step.then)] : [step]));
}

type Keyed = Exclude<Result, { kind: "rows" }>;

/** As a probe computes them, or for what is open as an entry gives them. */
function keysOf(result: Keyed, index: number, position: number, steps: readonly Step[]): readonly Typed[] {
  if (result.kind === "open") return result.keys.map(({ value }) => value);
  const step = steps.find(
    (each) => each.do === "aggregate" && each.result === index && each.aggregate === position,
  );
  return step?.do === "aggregate" ? step.key : [];
}

function aggregateMap(
  result: Keyed,
  aggregate: ResultAggregate,
  keys: readonly Typed[],
  storage: Storage,
  cpus: number,
): ExplainedMap {
  const { fn, map, label } = aggregate;
  const named = result.kind === "line" ? [] : result.keys;
  return {
    name: `@${map}`,
    role: "result",
    holds: label,
    keys: [
      ...named.map((key) => ({ name: key.label, type: typeName(key.type) })),
      ...(keptOf(fn) === "buckets" ? [{ name: "bucket", type: "int" }] : []),
    ],
    value: definitionOf(fn).words.keeps,
    ...sizeOf(storage.aggregate(fn, keys), cpus),
    whenFull: aggregateWhenFull(fn, keys, storage),
  };
}

function sizeOf(layout: MapLayout, cpus: number): Pick<ExplainedMap, "perCpu" | "entries" | "bytes"> {
  return { perCpu: layout.perCpu, entries: layout.entries, bytes: layout.bytes(cpus) };
}

function aggregateWhenFull(fn: AggregateFunction, keys: readonly Typed[], storage: Storage): string {
  const hasBuckets = keptOf(fn) === "buckets";
  if (keys.length === 0)
    return hasBuckets ? "never: there are fewer buckets than it has room for" : "never: it has one entry";
  const told = storage.tellsFull ? "bpftrace warns of it" : "nothing tells of it";
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
