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

export interface BackEnd {
  /** The name in messages and headings. */
  readonly title: string;
  /** A description of the output: "a script for bpftrace". */
  readonly writes: string;
  /** Absent if the output is not for a particular tracer. */
  readonly versions?: Versions;
  /** Whether its scripts have `parts`, which `explain` shows side by side. */
  readonly hasParts: boolean;
  /** Throws an `UnsupportedVersion`. */
  writerFor(target: BackEndTarget): ScriptWriter;
}

/** The target as the header of a script names it. */
export function targetText({ id, release }: Kernel): string {
  return `${id} (${release})`;
}
