/** Kernel facts that both back ends use to report the code that processes map: see `tracers/script.ts`. */
import type { Plan } from "../plan/plan.js";
import { needsProcesses } from "../plan/user-stacks.js";
import type { ScriptForm } from "./script.js";

/** The number of parent directories of a program to report. */
export const DIRECTORIES = 8;
/** The positions of `AT_BASE` in the auxiliary vector: architectures put up to six entries of their own before it. */
export const AUXILIARY_PAIRS = { first: 5, last: 10 } as const;
export const AT_BASE = 7;
export const PROT_EXEC = 4;
export const MAP_FIXED = 0x10;
export const MAP_ANONYMOUS = 0x20;

export const PROGRAM_PURPOSE = "report new programs, so that their stacks can be symbolized";
export const NOTICE_PURPOSE = "report new programs, so that their command lines can be read";
export const LIBRARY_PURPOSE = "report the libraries that they map";

/** Whether mapped code is reported: that of a single process is known from the start. */
export function tellsMappedCode(plan: Plan, form: ScriptForm): boolean {
  return form === "stream" && plan.results.some(needsProcesses) && plan.process?.followed !== false;
}
