/** The explanation of a plan as plain data for JSON: amounts are numbers, probes and expressions are text. */
import type { AddedProbe } from "../tracers/script.js";
import type { CostRange } from "../costs/cost.js";
import type { EventCost } from "./event-cost.js";
import type { EventBuffer } from "../tracers/back-end.js";

export interface Explanation {
  /** The version of this format. */
  readonly version: 2;
  readonly target: Target;
  readonly queries: readonly ExplainedQuery[];
  readonly probes: readonly ExplainedProbe[];
  readonly fields: readonly ExplainedField[];
  readonly filters: readonly ExplainedFilter[];
  readonly maps: readonly ExplainedMap[];
  /** Absent if the back end does not report it. */
  readonly buffer?: EventBuffer;
  /** Anything else that the user should know. */
  readonly notes: readonly string[];
  /** The script of each back end; empty if none was asked. */
  readonly backEnds: readonly Written[];
  readonly elsewhere: readonly Elsewhere[];
  readonly concepts: readonly UsedConcept[];
}

export interface Target {
  /** `debian12`, `live`, or the name of a profile. */
  readonly kernel: string;
  readonly release: string;
  readonly bpftrace: string;
  /** The number of CPUs; per-CPU maps have a value for each. */
  readonly cpus: number;
}

export interface ExplainedQuery {
  readonly query: string;
  readonly doc?: string;
  /** A sentence that says what it does. */
  readonly meaning: string;
}

/** A probe that was chosen for a source. */
export interface ExplainedProbe {
  readonly source: string;
  /** Such as `fentry:handle_mm_fault`. */
  readonly probe: string;
  /** What is done there, as phrases. */
  readonly does: readonly string[];
  /** How its count differs from those of the alternatives. */
  readonly note?: string;
  /** The CPU time that an event costs, in nanoseconds. */
  readonly cost: EventCost;
  /** The usual number of events per second on a busy machine. */
  readonly rate?: number;
  /** The share of one CPU at that rate: 0.01 is one percent. */
  readonly share?: CostRange;
  readonly notTaken: readonly { readonly probe: string; readonly why: string }[];
}

export interface ExplainedField {
  readonly field: string;
  /** Absent for fields that every event has. */
  readonly source?: string;
  readonly probe?: string;
  /** The expression in C. */
  readonly expression: string;
  readonly type: string;
}

export interface ExplainedFilter {
  /** The probe or the result whose events are tested. */
  readonly at: string;
  readonly where: "kernel" | "runner";
  /** The position in the order of tests there, from 1. */
  readonly order: number;
  readonly test: string;
  /** When it is tested, as a phrase. */
  readonly when: string;
}

export interface ExplainedMap {
  readonly name: string;
  /** Whether it holds a result, what one probe keeps for another, or the stacks that other maps refer to. */
  readonly role: "result" | "state" | "stacks";
  readonly holds: string;
  readonly keys: readonly { readonly name: string; readonly type: string }[];
  readonly value: string;
  /** Whether every CPU has a value of its own, so that they need not wait for each other. */
  readonly perCpu: boolean;
  /** The number of entries there is room for. */
  readonly entries: number;
  /** How many of it there are, if several: those that are written to and printed in turn. */
  readonly sets?: number;
  /** The approximate kernel memory it takes from the start, in bytes, all sets together. */
  readonly bytes: number;
  readonly whenFull: string;
}

/** The query as a back end writes it, or the reason why it cannot. */
export type Written = {
  /** The name that `--to` takes. */
  readonly name: string;
  readonly title: string;
  /** The version of the tracer, if the back end writes for one. */
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

/** A probe of the plan; they are in the plan's order. */
export interface WrittenProbe {
  readonly purpose: string;
  readonly text: string;
}

export interface WrittenMap {
  /** The maps of `maps` that it stands for; empty if events are sent one by one. */
  readonly holds: readonly string[];
  readonly text: string;
}

/** The same query compiled for another kernel. */
export interface Elsewhere {
  readonly kernel: string;
  readonly release: string;
  readonly bpftrace: string;
  readonly answer: "same" | "differs" | "no";
  /** The differences, or the reason why there is no answer. */
  readonly differences: readonly string[];
}

export interface UsedConcept {
  readonly id: string;
  readonly name: string;
  /** A description in one line. */
  readonly gloss: string;
}
