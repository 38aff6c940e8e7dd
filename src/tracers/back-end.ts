/**
 * What a back end is: it turns a plan into a script. Nothing before it knows a tracer, and nothing here starts one, so that
 * it works in a browser; what can be run has a `Runner` beside it.
 */
import type { Kernel } from "../kernel/kernel.js";
import type { Plan } from "../plan/plan.js";
import type { AttachGap } from "../plan/providers.js";
import type { ToolArguments } from "../semantics/tool/check-tool.js";
import type { Script, ScriptForm } from "./script.js";

/** What is compiled for. */
export interface BackEndTarget {
  readonly kernel: Kernel;
  /** Of the tracer; by default the newest that is known. */
  readonly version?: string;
  readonly form: ScriptForm;
  /** The tool that the query is of, for the header of the script. */
  readonly tool?: { readonly name: string; readonly arguments: ToolArguments };
}

/** A back end for one target. */
export interface ScriptWriter {
  /** Why a probe cannot be attached by what is written; undefined: it can. The planner asks before it takes one. */
  readonly attachGap: AttachGap;
  /** Throws a `BackendError` for a plan that it cannot express. */
  write(plan: Plan): Script;
}

export interface Versions {
  /** The oldest that is supported, and the newest that was tried. */
  readonly oldest: string;
  readonly newest: string;
  /** Whether what is written depends on it: else it is not worth finding out which is installed. */
  readonly matters: boolean;
}

export interface BackEnd {
  /** In messages and headings. */
  readonly title: string;
  /** What it writes: "a script for bpftrace". */
  readonly writes: string;
  /** Absent: what it writes is for no tracer in particular. */
  readonly versions?: Versions;
  /** Whether its scripts have `parts`, which `explain` shows beside those of the other back ends. */
  readonly hasParts: boolean;
  /** Throws an `UnsupportedVersion`. */
  writerFor(target: BackEndTarget): ScriptWriter;
}

/** As the header of a script has it. */
export function targetText({ id, release }: Kernel): string {
  return `${id} (${release})`;
}
