/** The maps of a script for bpftrace: how large they are, and what happens when one is full. */
import type { AggregateFunction } from "../../aggregates/aggregates.js";
import { aggregateInputs } from "../../plan/aggregate-inputs.js";
import { isOpen, isRows, sentColumns, storedWith } from "../../plan/columns.js";
import { allSteps } from "../../plan/needs.js";
import type { Plan, Step } from "../../plan/plan.js";
import { groupValues, isRunning, type RunningResult } from "../../plan/running.js";
import type { Typed } from "../../semantics/typed.js";
import { UNSIGNED } from "../../types/types.js";
import type { Footprint, KernelMap } from "../back-end.js";
import { keptOf } from "./aggregates.js";
import { storageOf, type MapLayout, type Storage } from "./map-memory.js";
import { GROUP, recordMaps, stored, type RecordMap } from "./records.js";
import { dialectOf } from "./versions.js";

/** Throws an `UnsupportedVersion`. */
export function footprintOf(plan: Plan, on: { readonly version: string; readonly cpus: number }): Footprint {
  const dialect = dialectOf(on.version);
  const storage = storageOf(plan, dialect.version);
  const steps = allSteps(plan.probes);
  const testsOpenSpans = dialect.can("forMap");
  const sized = ({ perCpu, entries, bytes }: MapLayout): Pick<KernelMap, "perCpu" | "entries" | "bytes"> => ({
    perCpu,
    entries,
    bytes: bytes(on.cpus),
  });
  // Where bpftrace cannot loop over a map, the runner aggregates open spans, and keeps the result itself.
  const aggregates = plan.results.flatMap((result, index) =>
    isRunning(result)
      ? runningMaps(result, index, storage).map(({ layout, ...map }) => ({ ...map, ...sized(layout) }))
      : isRows(result) || (isOpen(result) && !testsOpenSpans)
        ? []
        : result.aggregates.flatMap(({ fn, map }, position): KernelMap[] => {
            if (storedWith(result, position) !== position) return [];
            const { keys, value } = aggregateInputs(plan, index, position);
            const keyPart = KEY_PARTS[keptOf(fn)];
            return [
              {
                name: map,
                content: {
                  kind: "aggregate",
                  result: index,
                  aggregate: position,
                  ...(keyPart ? { keyPart } : {}),
                },
                ...sized(storage.aggregate(fn, keys, value)),
                whenFull: aggregateWhenFull(fn, keys, storage),
              },
            ];
          }),
  );
  const states = [...recordMaps(plan, dialect, true).values()].flatMap((record) =>
    stateMaps(record, steps, storage).map(({ layout, ...map }) => ({ ...map, ...sized(layout) })),
  );
  return {
    version: dialect.version,
    maps: [...aggregates, ...states, ...stackTable(plan, steps, storage)],
    buffer: storage.buffer,
    testsOpenSpans,
  };
}

const KEY_PARTS = {
  buckets: "bucket",
  values: "value",
  number: undefined,
  extreme: undefined,
  pair: undefined,
} as const;

function aggregateWhenFull(fn: AggregateFunction, keys: readonly Typed[], storage: Storage): string {
  const kept = keptOf(fn);
  const hasBuckets = kept === "buckets";
  if (keys.length === 0 && kept !== "values")
    return hasBuckets ? "never: there are fewer buckets than it has room for" : "never: it has one entry";
  const reported = storage.tellsFull ? "bpftrace warns of it" : "nothing reports it";
  if (kept === "values")
    return "a new value is not counted, so the number is too low; a run reports how many events were affected";
  return `${hasBuckets ? "new buckets and new keys are" : "a new key is"} not counted, and ${reported}; those that are there go on`;
}

type SizedLater = Omit<KernelMap, "perCpu" | "entries" | "bytes"> & { readonly layout: MapLayout };

/** The running sums of open spans, by group and step. */
function runningMaps(result: RunningResult, index: number, storage: Storage): readonly SizedLater[] {
  const hasGroups = groupValues(result).length > 0;
  const { sums, age } = result.running;
  const keys = [...(hasGroups ? [MARK] : []), ...(age ? [MARK] : [])];
  return sums.map(({ map }, sum) => ({
    name: map,
    content: { kind: "change", result: index, sum, hasGroups, hasSteps: age !== undefined },
    layout: storage.change(keys, age !== undefined),
    whenFull: "begins and ends in further groups are not counted, which a run tells",
  }));
}

/** The map of a span's records, and those of the fields that do not fit there. */
function stateMaps(record: RecordMap, steps: readonly Step[], storage: Storage): readonly SizedLater[] {
  const { state, members, apart } = record;
  const store = steps.find((each) => each.do === "store" && each.state === state.name);
  if (store?.do !== "store") return [];
  const map = (name: string, fields: readonly (string | null)[], isApart: boolean): SizedLater => ({
    name,
    content: {
      kind: "state",
      state: state.name,
      fields: fields.filter((field) => field !== null).filter((field) => field !== GROUP),
      isApart,
    },
    layout: storage.state(
      store.key,
      fields.map((field) => (field === null || field === GROUP ? MARK : stored(store, record, field))),
      state.name,
    ),
    whenFull:
      "the begin of a span is not kept, so its end is ignored and the result lacks it, which a run reports; entries whose end never comes stay until the trace ends",
  });
  return [map(state.name, members, false), ...apart.map(({ field, map: name }) => map(name, [field], true))];
}

/** The value of an entry that only says that the span has begun. */
const MARK: Typed = { op: "integer", value: 1n, type: UNSIGNED };

/** Older versions keep the stacks themselves in a table of their own, and maps have their numbers. */
function stackTable(plan: Plan, steps: readonly Step[], storage: Storage): readonly KernelMap[] {
  const open = plan.results
    .filter(isOpen)
    .flatMap((result) => sentColumns(result).map(({ type }) => type.kind));
  const kept = steps.flatMap((step) => keptKinds(step));
  const table = storage.stackTable;
  if (!table || ![...open, ...kept].includes("stack")) return [];
  return [
    {
      name: "stacks",
      content: { kind: "stacks" },
      perCpu: false,
      entries: table.entries,
      bytes: table.bytes,
      whenFull: `${table.dropsOldest ? "the stack that was used longest ago" : "a new stack"} is lost, and its events are shown without one`,
    },
  ];
}

function keptKinds(step: Step): string[] {
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
    case "times":
    case "unmatched":
    case "unseen":
    case "when":
      return [];
  }
}
