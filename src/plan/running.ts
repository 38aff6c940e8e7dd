/** What running sums of open spans consist of: what probes add to which groups, and which groups are shown. */
import type { Typed } from "../semantics/typed.js";
import { commonValue } from "../semantics/source/probe-scope.js";
import { arithmeticOf, comparisonOf, integer } from "../semantics/expression/fold.js";
import { INT, TIMESTAMP, UNSIGNED } from "../types/types.js";
import { rewritten } from "./needs.js";
import type { ChangeStep, OpenGroupsResult, Result, RunningSums } from "./plan.js";

/** The key by which an expression reads the record of an open span. */
export const ENTRY: Typed = { op: "local", name: "entry", type: UNSIGNED };
/** The time at which the records are read. */
export const NOW_LOCAL = { op: "local", name: "now", type: TIMESTAMP } as const satisfies Typed;
export const NOW = commonValue("time");

export type RunningResult = OpenGroupsResult & { readonly running: RunningSums };

export function isRunning(result: Result | undefined): result is RunningResult {
  return result?.kind === "openGroups" && result.running !== undefined;
}

/** The step that spans have which count as old when their end is known: those of any time before are one group. */
export const SETTLED = 0n;

/** Older than this many times the age that is asked for, spans are no longer told apart by their begin. */
const AGES_TOLD_APART = 2n;

/** The length of a step, as a fraction of the age. */
const STEPS_OF_AGE = 8n;
const LEAST_STEP = 4_000_000n;
/** The begins of so many steps are told apart between two readings of the sums, at most. */
const STEPS_OF_READING = 64n;
const LEAST_READING = 1_000_000_000n;

/** Maps have room for so many steps of each group. */
export const STEPS_OF_GROUP = 4;

/** How ages are told apart, for sums that are printed every so often, or (undefined) once. */
export function ageing(
  least: bigint,
  every: bigint | undefined,
): Pick<NonNullable<RunningSums["age"]>, "least" | "step" | "readEvery"> {
  const step = greater(LEAST_STEP, least / STEPS_OF_AGE);
  const longest = step * STEPS_OF_READING;
  if (every === undefined) return { least, step, readEvery: greater(LEAST_READING, longest) };
  const readings = longest >= every ? 1n : (every + longest - 1n) / longest;
  return { least, step, readEvery: divisor(every, readings) };
}

/** The part of an interval, in whole milliseconds, that comes closest to this number of parts. */
function divisor(every: bigint, parts: bigint): bigint {
  const millisecond = 1_000_000n;
  for (let n = parts; n > 1n; n--) if (every % (n * millisecond) === 0n) return every / n;
  return every;
}

function greater(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** The last step whose spans are all at least as old as they must be; none that is younger is shown. */
export function lastStep({ least, step }: NonNullable<RunningSums["age"]>, now: bigint): bigint {
  // The spans of step n began before n * step.
  return (now - least) / step;
}

/** How often a result is read; undefined: once, at the end. */
export function readingPeriod(result: Result): bigint | undefined {
  return isRunning(result) && result.running.age ? result.running.age.readEvery : result.every;
}

/** What a group of a running sum is told by, beside the time: the keys of the result, and the owner. */
export function groupValues({ keys, running }: RunningResult): readonly Typed[] {
  const { owner } = running;
  return [...keys.map(({ value }) => value), ...(owner ? [owner.id, owner.number] : [])];
}

/** When the span of a change began, in steps; undefined where ages do not matter. */
export interface ChangeStepOf {
  readonly begun: Typed;
  /** Whether it is old enough by now to count as settled; absent if it has just begun. */
  readonly isSettled?: Typed;
}

export function stepOf({ running }: RunningResult, { by }: ChangeStep): ChangeStepOf | undefined {
  const { age } = running;
  if (!age || by === 1) return age && { begun: age.begun };
  const limit = arithmeticOf("/", NOW, unsigned(age.step), UNSIGNED);
  const toldApart = (AGES_TOLD_APART * age.least) / age.step + 2n;
  const later = arithmeticOf("+", age.begun, unsigned(toldApart), UNSIGNED);
  return { begun: age.begun, isSettled: comparisonOf("<", later, limit) };
}

/** What a change adds to each sum. */
export function changeValues({ running, sample = 1n }: RunningResult, { by }: ChangeStep): readonly Typed[] {
  return running.sums.map(({ value }) => {
    if (!value) return integer(BigInt(by) * sample, INT);
    const type = { ...(value.type.kind === "number" ? value.type : INT), signed: true };
    const scaled = arithmeticOf("*", value, integer(sample, INT), type);
    return by === 1 ? scaled : { op: "negate", operand: scaled, type };
  });
}

function unsigned(value: bigint): Typed {
  return integer(value, UNSIGNED);
}

/** An expression over any record as one over the record under this key, at this time. */
export function ofRecord(value: Typed, key: readonly Typed[]): Typed {
  return replaced(value, (read) => ({ ...read, key }));
}

/** An expression over any record as one over the values that a probe stores in it. */
export function ofStored(value: Typed, stored: (field: string) => Typed): Typed {
  return replaced(value, (read) => stored(read.field));
}

export type StateRead = Typed & { readonly op: "state" };

function replaced(value: Typed, read: (read: StateRead) => Typed): Typed {
  return rewritten(value, (part) => {
    if (part.op === "state" && part.key.length === 1 && part.key.every(isEntry)) return read(part);
    return part.op === "local" && part.name === "now" ? NOW : undefined;
  });
}

function isEntry(part: Typed): boolean {
  return part.op === "local" && part.name === "entry";
}
