/**
 * What a script's maps take of the kernel's memory. bpftrace makes hash maps whose entries are all there from the
 * start, so a map costs the same empty and full.
 *
 * Measured from `/proc/PID/fdinfo` (`memlock`) of bpftrace 0.17, 0.23 and 0.27; a version between two is taken to
 * do as the older one does.
 */
import { coerce, gte } from "semver";
import type { Plan } from "../../plan/plan.js";
import type { AggregateFunction } from "../../aggregates/aggregates.js";
import type { Typed } from "../../semantics/typed.js";
import { keptOf, type Kept } from "./aggregates.js";

export interface StackTable {
  readonly bytes: number;
  readonly entries: number;
  /** Whether the one used longest ago makes room when it is full; else the new one is lost. */
  readonly dropsOldest: boolean;
}

interface Storing {
  readonly since: string;
  /** Of a text whose length is not known. */
  readonly textBytes: number;
  /** Of a stack in a key or a value. */
  readonly stackBytes: number;
  /** The table that the stacks themselves are in, one for all maps; absent where they are in the maps. */
  readonly stackTable?: StackTable;
  /** Whether a map without keys has room for one entry only. */
  readonly sizesSingles: boolean;
  /** Whether averages take two entries a key, as histograms take one a bucket. */
  readonly splitsAverages: boolean;
  /** Whether it tells when a map is full, whatever is in it. */
  readonly tellsFull: boolean;
  /**
   * What events come through: one ring, or before that a buffer for each CPU. The 64 pages that 0.23 takes by itself
   * hold 240 events that show a text, which a busy machine fills in a millisecond.
   */
  readonly buffer: { readonly pages: number; readonly perCpu: boolean };
}

/** Newest first. */
const STORING: readonly [Storing, ...Storing[]] = [
  {
    since: "0.27.0",
    textBytes: 1024,
    stackBytes: 1032,
    sizesSingles: true,
    splitsAverages: false,
    tellsFull: true,
    buffer: { pages: 4096, perCpu: false },
  },
  {
    since: "0.23.0",
    textBytes: 1024,
    stackBytes: 24,
    stackTable: { bytes: 143_655_808, entries: 131_072, dropsOldest: true },
    sizesSingles: false,
    splitsAverages: false,
    tellsFull: false,
    buffer: { pages: 4096, perCpu: false },
  },
  {
    since: "0.17.0",
    textBytes: 64,
    stackBytes: 8,
    stackTable: { bytes: 136_315_200, entries: 131_072, dropsOldest: false },
    sizesSingles: false,
    splitsAverages: true,
    tellsFull: false,
    buffer: { pages: 256, perCpu: true },
  },
];

const NUMBER = 8;
/** Of a value of one CPU; beside an extreme stands whether there is one. */
const VALUE_BYTES: Readonly<Record<Kept, number>> = { number: 8, extreme: 16, pair: 16, buckets: 8 };
/** `TASK_COMM_LEN` of the kernel. */
const COMM = 16;
/** A family, and an address of 16 bytes. */
const INET = 24;
/** A probe's name, about. */
const PROBE = 64;
/** Of an entry: its place in a list, its hash, and for each CPU the pointer to its values. */
const ENTRY = 48;
const BUCKET = 16;

/** What events come through. */
export interface Buffered {
  /** Of one, where each CPU has its own. */
  readonly bytes: number;
  readonly perCpu: boolean;
}

export interface MapLayout {
  readonly perCpu: boolean;
  readonly entries: number;
  /** Of one CPU, where each has its own. */
  readonly bytes: (cpus: number) => number;
}

const PAGE = 4096;

export interface Storage {
  readonly buffer: Buffered;
  readonly stackTable?: StackTable;
  readonly tellsFull: boolean;
  /** A map of aggregates; `keys` as the probe computes them. */
  aggregate(fn: AggregateFunction, keys: readonly Typed[]): MapLayout;
  /** What spans keep: the values of an entry. */
  state(keys: readonly Typed[], values: readonly Typed[]): MapLayout;
}

export function storageOf(plan: Pick<Plan, "maxEntries">, version: string): Storage {
  const storing = storingOf(version);
  const entriesFor = (keys: readonly Typed[]): number =>
    keys.length === 0 && storing.sizesSingles ? 1 : plan.maxEntries;
  const sizeOf = (keys: readonly Typed[]): number => sum(keys.map((key) => bytesOf(key, storing)));
  return {
    buffer: { bytes: storing.buffer.pages * PAGE, perCpu: storing.buffer.perCpu },
    ...(storing.stackTable ? { stackTable: storing.stackTable } : {}),
    tellsFull: storing.tellsFull,
    aggregate: (fn, keys) => {
      const kept = keptOf(fn);
      const buckets = kept === "buckets" || (kept === "pair" && storing.splitsAverages) ? NUMBER : 0;
      const value = storing.splitsAverages ? NUMBER : VALUE_BYTES[kept];
      const entries = entriesFor(buckets > 0 ? [...keys, COUNTED] : keys);
      const key = Math.max(NUMBER, sizeOf(keys) + buckets);
      return {
        perCpu: true,
        entries,
        bytes: (cpus) => hashBytes(entries, ENTRY + key + NUMBER + value * cpus),
      };
    },
    state: (keys, values) => {
      const entries = entriesFor(keys);
      const bytes = hashBytes(entries, ENTRY + sizeOf(keys) + sizeOf(values));
      return { perCpu: false, entries, bytes: () => bytes };
    },
  };
}

/** In bytes, of a text whose length is not known; of the newest where the version is not. */
export function roomForText(version?: string): number {
  return storingOf(version).textBytes;
}

/** Of what events come through. */
export function bufferPages(version: string): number {
  return storingOf(version).buffer.pages;
}

/** How many entries a key takes in a map of this; a histogram takes one a bucket. */
export function partsOf(fn: AggregateFunction, version?: string): number {
  return storingOf(version).splitsAverages && keptOf(fn) === "pair" ? 2 : 1;
}

function storingOf(version?: string): Storing {
  const exact = coerce(version);
  return STORING.find(({ since }) => exact && gte(exact, since)) ?? STORING[0];
}

/** A histogram's map has a key more: the bucket. */
const COUNTED: Typed = { op: "integer", value: 0n, type: { kind: "number", unit: "none", signed: false } };

function hashBytes(entries: number, each: number): number {
  return entries * each + 2 ** Math.ceil(Math.log2(entries)) * BUCKET;
}

function bytesOf(value: Typed, storing: Storing): number {
  switch (value.type.kind) {
    case "stack":
      return storing.stackBytes;
    case "string":
      return textBytes(value, storing);
    default:
      return NUMBER;
  }
}

function textBytes(value: Typed, storing: Storing): number {
  if (value.op === "common") return value.name === "comm" ? COMM : PROBE;
  if (value.op === "inet") return INET;
  if (value.op === "text" && value.pointer.type.kind === "c" && value.pointer.type.ctype.kind === "array")
    return value.pointer.type.ctype.length;
  return storing.textBytes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
