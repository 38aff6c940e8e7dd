/** What a form of the script does with the results of its probes. */
import type { Plan, Result } from "../../../plan/plan.js";
import type { Code } from "../../code.js";
import type { UnknownText } from "./probe-writer.js";
import type { Begin, Change } from "./record-access.js";

/** How a result's events are sent or kept; text and stream differ in it. */
export interface ResultWriter {
  /** How this form asks for the frames of user stacks; undefined: as the tracer gives them by itself. */
  readonly stackMode: string | undefined;
  /** Who names the addresses of user code. */
  readonly names: "tracer" | "runner";
  readonly plan: Plan;
  /** A statement that counts a text of which it is not known whether it meets a condition. */
  countUnknown(why: UnknownText): string;
  emit(result: number, values: readonly Code[]): readonly string[];
  /** The function as this form keeps it, and helper maps beside it. */
  aggregate(result: number, aggregate: number, key: string, value: string | undefined): readonly string[];
  /** What stores a span's begin: a full map takes no more, and what it does not take is counted. */
  storeBegin(begin: Begin): readonly string[];
  /** The number of rounds that a loop makes at most. */
  readonly mostTimes: number;
  /** Counts the events, of so many, that a loop leaves out. */
  beyondTimes(count: string): readonly string[];
  /** Counts how much of ranges ended that was found in no record. */
  unmatched(state: string, value: string): readonly string[];
  /** Counts a program whose system calls are not seen. */
  unseen(): readonly string[];
  /** Adds to running sums, or takes off. */
  change(change: Change): readonly string[];
  result(index: number): Result | undefined;
  /** After an entry has been taken out. */
  removed(map: string): readonly string[];
}
