/** What both back ends ask of the kernel to tell what code processes map: see `tracers/script.ts`. */
import type { Plan } from "../plan/plan.js";
import { showsUserStacks } from "../plan/user-stacks.js";
import type { ScriptForm } from "./script.js";

/** Levels of directories above a program. */
export const DIRECTORIES = 8;
/** Where the auxiliary vector has `AT_BASE`: architectures put up to six pairs of their own before it. */
export const AUXILIARY_PAIRS = { first: 5, last: 10 } as const;
export const AT_BASE = 7;
export const PROT_EXEC = 4;
export const MAP_FIXED = 0x10;
export const MAP_ANONYMOUS = 0x20;

/** Whether it is told: a single process is known from the start. */
export function tellsMappedCode(plan: Plan, form: ScriptForm): boolean {
  return form === "stream" && showsUserStacks(plan) && plan.process?.followed !== false;
}
