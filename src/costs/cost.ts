/** What events cost: ranges of nanoseconds, each with where it comes from. */
import type { ProbeType } from "../semantics/typed.js";

/** In nanoseconds. */
export interface CostRange {
  readonly least: number;
  readonly most: number;
}

/** The origin of a range: a figure was measured by us, by others, or on the machine that it is used on. */
export const ORIGINS = ["measured", "published", "calibrated", "assumed"] as const;

export type Origin = (typeof ORIGINS)[number];

export interface Cost extends CostRange {
  readonly origin: Origin;
  /** Where it was measured, or published, in words. */
  readonly source: string;
  /** What decides whether an event costs the least or the most, in words. */
  readonly depends?: string;
}

/** What a program does at an event that takes time: each of them once. */
export const OPERATIONS = [
  "count", "update", "store", "lookup", "remove", "row", "stack", "time", "comm", "read", "text",
] as const; // prettier-ignore

export type ProgramOperation = (typeof OPERATIONS)[number];

export interface CostTable {
  /** From the event to a program that does nothing, and back. */
  readonly probes: Readonly<Record<ProbeType, Cost>>;
  readonly operations: Readonly<Record<ProgramOperation, Cost>>;
  /** Where the kernel cannot emulate the instruction that a probe in user code replaces, on top of the probe. */
  readonly step: Cost;
  /** Each frame of a stack, on top of what a walk costs. */
  readonly frame: Cost;
}

/** Of the function that a probe in user code is on. */
export type FirstInstruction = "emulated" | "stepped";

export const NOTHING: CostRange = { least: 0, most: 0 };

export function sumOf(ranges: readonly CostRange[]): CostRange {
  return ranges.reduce<CostRange>((a, b) => ({ least: a.least + b.least, most: a.most + b.most }), NOTHING);
}

/** One figure that stands for a range where two are compared: the geometric mean, as their ends differ by factors. */
export function middleOf({ least, most }: CostRange): number {
  return Math.sqrt(least * most);
}
