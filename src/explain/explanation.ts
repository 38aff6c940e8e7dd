/** What a plan means, as plain data that is ready for JSON: amounts are numbers, probes and expressions are text. */
import type { AddedProbe } from "../tracers/script.js";
import type { EventBuffer } from "../tracers/back-end.js";

export interface Explanation {
  /** Of this format. */
  readonly version: 1;
  readonly target: Target;
  readonly queries: readonly ExplainedQuery[];
  readonly probes: readonly ExplainedProbe[];
  readonly fields: readonly ExplainedField[];
  readonly filters: readonly ExplainedFilter[];
  readonly maps: readonly ExplainedMap[];
  /** Absent if the back end does not say. */
  readonly buffer?: EventBuffer;
  /** What else a reader should know. */
  readonly notes: readonly string[];
  /** How each back end writes it; empty where it was written by none. */
  readonly backEnds: readonly Written[];
  readonly elsewhere: readonly Elsewhere[];
  readonly concepts: readonly UsedConcept[];
}

export interface Target {
  /** `debian12`, `live`, or the name of a profile. */
  readonly kernel: string;
  readonly release: string;
  readonly bpftrace: string;
  /** Of which maps that count a CPU at a time have a value each. */
  readonly cpus: number;
}

export interface ExplainedQuery {
  readonly query: string;
  readonly doc?: string;
  /** What it does, in a sentence. */
  readonly meaning: string;
}

/** A probe that was chosen for a source. */
export interface ExplainedProbe {
  readonly source: string;
  /** `fentry:handle_mm_fault`. */
  readonly probe: string;
  /** What is done there, a phrase each. */
  readonly does: readonly string[];
  /** How what it counts differs from what the others would. */
  readonly note?: string;
  /** What an event costs, measured in emulated guests. */
  readonly nanoseconds: number;
  /** How many events a second are usual on a busy machine. */
  readonly rate?: number;
  /** At that rate, of one CPU: 0.01 is one percent. */
  readonly share?: number;
  readonly notTaken: readonly { readonly probe: string; readonly why: string }[];
}

export interface ExplainedField {
  readonly field: string;
  /** Absent for what every event has. */
  readonly source?: string;
  readonly probe?: string;
  /** As C would write it. */
  readonly expression: string;
  readonly type: string;
}

export interface ExplainedFilter {
  /** The probe, or the result, whose events are tested. */
  readonly at: string;
  readonly where: "kernel" | "runner";
  /** From 1: in which order they are tested there. */
  readonly order: number;
  readonly test: string;
  /** Before or after what. */
  readonly when: string;
}

export interface ExplainedMap {
  readonly name: string;
  /** Of a result, what one probe leaves for another, or the stacks that the others name. */
  readonly role: "result" | "state" | "stacks";
  readonly holds: string;
  readonly keys: readonly { readonly name: string; readonly type: string }[];
  readonly value: string;
  /** Whether every CPU has a value of its own, so that none waits for another. */
  readonly perCpu: boolean;
  /** How many it has room for. */
  readonly entries: number;
  /** What it takes of the kernel's memory from the start, about. */
  readonly bytes: number;
  readonly whenFull: string;
}

/** The query as a back end writes it, or why it cannot. */
export type Written = {
  /** As `--to` takes it. */
  readonly name: string;
  readonly title: string;
  /** Of the tracer that is written for, where there is one. */
  readonly version?: string;
} & (
  | {
      readonly probes: readonly WrittenProbe[];
      readonly maps: readonly WrittenMap[];
      /** The probes that run besides those of the query. */
      readonly added: readonly AddedProbe[];
    }
  | { readonly why: string }
);

/** Of the plan's probes, in their order. */
export interface WrittenProbe {
  readonly purpose: string;
  readonly text: string;
}

export interface WrittenMap {
  /** By the names that `maps` has; none where events are sent one by one. */
  readonly holds: readonly string[];
  readonly text: string;
}

/** The same query, compiled for another kernel. */
export interface Elsewhere {
  readonly kernel: string;
  readonly release: string;
  readonly bpftrace: string;
  readonly answer: "same" | "differs" | "no";
  /** What differs, or why there is no answer. */
  readonly differences: readonly string[];
}

export interface UsedConcept {
  readonly id: string;
  readonly name: string;
  /** What it is, on one line. */
  readonly gloss: string;
}
