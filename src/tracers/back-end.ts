/**
 * The interface of a back end, which turns a plan into a script. No earlier stage knows a tracer and no back end starts one, so
 * back ends work in a browser; a tracer that can run has a `Runner` as well.
 */
import type { Kernel } from "../kernel/kernel.js";
import type { Plan } from "../plan/plan.js";
import type { AttachGap } from "../plan/providers.js";
import type { ToolArguments } from "../semantics/tool/check-tool.js";
import type { Script, ScriptForm } from "./script.js";

/** The target of a compilation. */
export interface BackEndTarget {
  readonly kernel: Kernel;
  /** The version of the tracer; by default the newest known. */
  readonly version?: string;
  readonly form: ScriptForm;
  /** The tool that the query belongs to, for the header of the script. */
  readonly tool?: { readonly name: string; readonly arguments: ToolArguments };
}

/** A back end for one target. */
export interface ScriptWriter {
  /** Why the emitted code cannot attach a probe; undefined if it can. The planner calls it before it selects a probe. */
  readonly attachGap: AttachGap;
  /** Whether the script reads each span that is open when it reports them; otherwise they are added up as they begin and end. */
  readonly readsOpenSpans?: boolean;
  /** Throws a `BackendError` for a plan that it cannot express. */
  write(plan: Plan): Script;
}

export interface Versions {
  /** The oldest supported version and the newest tested one. */
  readonly oldest: string;
  readonly newest: string;
  /** Whether the output depends on the version; otherwise the installed one need not be determined. */
  readonly matters: boolean;
}

/** What a script keeps in the kernel while it runs. */
export interface Footprint {
  /** The version of the tracer that it holds for, in full. */
  readonly version: string;
  readonly maps: readonly KernelMap[];
  readonly buffer: EventBuffer;
  /** The most that each of the maps takes by which the script counts and follows: see `ScriptParts.helperMaps`. */
  readonly helperBytes?: number;
  /** Whether conditions on open spans are tested in the kernel; otherwise the runner tests them. */
  readonly testsOpenSpans: boolean;
}

export interface KernelMap {
  /** The name of the plan's map that it is or belongs to. */
  readonly name: string;
  readonly content: MapContent;
  /** Whether each CPU has values of its own. */
  readonly perCpu: boolean;
  /** The number of entries there is room for. */
  readonly entries: number;
  /** How many of it there are, if several: those that are written to and printed in turn. */
  readonly sets?: number;
  /** The kernel memory that it takes from the start, in bytes, all sets together. */
  readonly bytes: number;
  /** What happens to an entry for which there is no room, as the rest of a sentence: "when full: ...". */
  readonly whenFull: string;
}

export type MapContent =
  /** An aggregate of a result; its key may end with a bucket or with the value itself. */
  | {
      readonly kind: "aggregate";
      readonly result: number;
      readonly aggregate: number;
      readonly keyPart?: "bucket" | "value";
    }
  /** A running sum of a result: what was added to it since it was last read, by group and by the time of the begin. */
  | {
      readonly kind: "change";
      readonly result: number;
      readonly sum: number;
      readonly hasGroups: boolean;
      readonly hasSteps: boolean;
    }
  /** These fields of a span's records; without any, an entry says that the span has begun. */
  | {
      readonly kind: "state";
      readonly state: string;
      readonly fields: readonly string[];
      readonly isApart: boolean;
    }
  /** The stacks that other maps refer to by number. */
  | { readonly kind: "stacks" };

/** What printed events pass through on their way to the tracer. */
export interface EventBuffer {
  /** Its size; that of each, if every CPU has its own. */
  readonly bytes: number;
  readonly perCpu: boolean;
}

export interface BackEnd {
  /** The name in messages and headings. */
  readonly title: string;
  /** A description of the output: "a script for bpftrace". */
  readonly writes: string;
  /** Absent if the output is not for a particular tracer. */
  readonly versions?: Versions;
  /** Whether its scripts have `parts`, which `explain` shows side by side. */
  readonly hasParts: boolean;
  /** What begins a comment in its scripts that ends with the line. */
  readonly lineComment?: string;
  /** What the script for a plan keeps in the kernel, for `explain`; absent if that is not known. */
  footprint?(plan: Plan, on: { readonly version?: string; readonly cpus: number }): Footprint;
  /** Throws an `UnsupportedVersion`. */
  writerFor(target: BackEndTarget): ScriptWriter;
}

/** The target as the header of a script names it. */
export function targetText({ id, release }: Kernel): string {
  return `${id} (${release})`;
}
