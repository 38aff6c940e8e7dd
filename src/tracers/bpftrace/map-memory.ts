/**
 * What a script's maps take of the kernel's memory. bpftrace makes hash maps whose entries are all there from the
 * start, so a map costs the same empty and full.
 */
import type { Plan } from "../../plan/plan.js";
import type { AggregateFunction } from "../../aggregates/aggregates.js";
import type { Typed } from "../../semantics/typed.js";
import type { EventBuffer } from "../back-end.js";
import { keptOf, type AggregateStorage } from "./aggregates.js";
import { textRoom } from "./text-room.js";
import { changeRoom, commonRoom, recordRoom } from "./rooms.js";
import { dialectOf, factsOf, NEWEST, type Facts, type StackTable } from "./versions.js";

const NUMBER = 8;
/** Of a value of one CPU; beside an extreme stands whether there is one. */
const VALUE_BYTES: Readonly<Record<AggregateStorage, number>> = {
  number: 8,
  extreme: 16,
  pair: 16,
  buckets: 8,
  values: 8,
};
/** `TASK_COMM_LEN` of the kernel. */
const COMM = 16;
/** A family, and an address of 16 bytes. */
const INET = 24;
/** A probe's name, about. */
const PROBE = 64;
/** Of an entry: its place in a list, its hash, and for each CPU the pointer to its values. */
const ENTRY = 48;
const BUCKET = 16;

export interface MapLayout {
  readonly perCpu: boolean;
  readonly entries: number;
  /** Of one CPU, where each has its own. */
  readonly bytes: (cpus: number) => number;
}

const PAGE = 4096;

export interface Storage {
  readonly buffer: EventBuffer;
  readonly stackTable?: StackTable;
  readonly tellsFull: boolean;
  /** A map of aggregates; `keys` and `value` as the probe computes them. */
  aggregate(fn: AggregateFunction, keys: readonly Typed[], value: Typed | undefined): MapLayout;
  /** What spans keep: the values of an entry. */
  state(keys: readonly Typed[], values: readonly Typed[], state?: string): MapLayout;
  /** A running sum. */
  change(keys: readonly Typed[], hasSteps: boolean): MapLayout;
}

export function storageOf(
  plan: Pick<Plan, "results" | "probes" | "states" | "maxEntries" | "openEntries">,
  version: string,
): Storage {
  const dialect = dialectOf(version);
  const storing = { ...dialect.facts, textBytes: textRoom(plan, dialect) };
  const entriesFor = (keys: readonly Typed[], room = commonRoom(plan, dialect)): number =>
    keys.length === 0 && storing.sizesSingles ? 1 : room;
  return {
    buffer: { bytes: storing.buffer.pages * PAGE, perCpu: storing.buffer.perCpu },
    ...(storing.stackTable ? { stackTable: storing.stackTable } : {}),
    tellsFull: storing.tellsFull,
    aggregate: (fn, groupKeys, value) => {
      const kept = keptOf(fn);
      const keys = kept === "values" && value ? [...groupKeys, value] : groupKeys;
      const buckets = kept === "buckets" || (kept === "pair" && storing.splitsAverages) ? NUMBER : 0;
      const valueBytes = storing.splitsAverages ? NUMBER : VALUE_BYTES[kept];
      const entries = entriesFor(buckets > 0 ? [...keys, COUNTED] : keys);
      const key = Math.max(NUMBER, sizeOf(keys, storing) + buckets);
      return {
        perCpu: true,
        entries,
        bytes: (cpus) => hashBytes(entries, ENTRY + key + NUMBER + valueBytes * cpus),
      };
    },
    change: (keys, hasSteps) => {
      const entries = entriesFor(keys, changeRoom(plan, hasSteps, dialect));
      const key = Math.max(NUMBER, sizeOf(keys, storing));
      return {
        perCpu: true,
        entries,
        bytes: (cpus) => hashBytes(entries, ENTRY + key + NUMBER + NUMBER * cpus),
      };
    },
    state: (keys, values, state) => {
      const entries = entriesFor(keys, state === undefined ? undefined : recordRoom(plan, state, dialect));
      const bytes = hashBytes(entries, ENTRY + sizeOf(keys, storing) + sizeOf(values, storing));
      return { perCpu: false, entries, bytes: () => bytes };
    },
  };
}

/** In bytes, of a text whose length is not known; of the newest where the version is not. */
export function roomForText(version?: string): number {
  return factsOf(version ?? NEWEST).textBytes;
}

/** How many entries a key takes in a map of this; a histogram takes one a bucket. */
export function partsOf(fn: AggregateFunction, version?: string): number {
  return factsOf(version ?? NEWEST).splitsAverages && keptOf(fn) === "pair" ? 2 : 1;
}

/** A histogram's map has a key more: the bucket. */
const COUNTED: Typed = { op: "integer", value: 0n, type: { kind: "number", unit: "none", signed: false } };

function hashBytes(entries: number, each: number): number {
  return entries * each + 2 ** Math.ceil(Math.log2(entries)) * BUCKET;
}

/** Of what stands together, in bytes. */
export function sizeOf(values: readonly Typed[], storing: Facts): number {
  return sum(values.map((value) => bytesOf(value, storing)));
}

function bytesOf(value: Typed, storing: Facts): number {
  switch (value.type.kind) {
    case "stack":
      return storing.stackBytes;
    case "string":
      return textBytes(value, storing);
    case "address":
    case "bool":
    case "bounds":
    case "c":
    case "enum":
    case "error":
    case "flags":
    case "histogram":
    case "number":
    case "stats":
    case "symbol":
      return NUMBER;
  }
}

function textBytes(value: Typed, storing: Facts): number {
  if (value.op === "common") return value.name === "comm" ? COMM : PROBE;
  if (value.op === "inet") return INET;
  if (value.op === "text" && value.pointer.type.kind === "c" && value.pointer.type.ctype.kind === "array")
    return value.pointer.type.ctype.length;
  return storing.textBytes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
