/** Which results show stacks of user code, whose frames can be named only while their process exists. */
import { isCommandLine, isGroup } from "../semantics/source/task-fields.js";
import type { Type } from "../types/types.js";
import { keyColumns } from "./columns.js";
import type { Plan, Result } from "./plan.js";

export function isUserStack(type: Type): boolean {
  return type.kind === "stack" && type.space === "user";
}

/** Whether a value is in terms of the code of a process: a stack, or a function. */
export function isUserCode(type: Type): boolean {
  return isUserStack(type) || (type.kind === "symbol" && type.space === "user");
}

export function showsUserStacks(plan: Plan): boolean {
  return plan.results.some(hasUserStacks);
}

export function hasUserStacks(result: Result): boolean {
  return keyColumns(result).some(({ type }) => isUserStack(type));
}

export function hasCommandLines(result: Result): boolean {
  return keyColumns(result).some(({ type }) => isCommandLine(type));
}

/** Whether a result shows control groups, or the containers or pods that they are of. */
export function hasGroups(result: Result): boolean {
  return keyColumns(result).some(({ type }) => isGroup(type));
}

/** Whether what the tracer tells apart may have one name. */
export function hasSharedNames(result: Result): boolean {
  return hasUserStacks(result) || hasCommandLines(result) || hasGroups(result);
}

/** Whether a result shows something that can be found out only while its process exists. */
export function needsProcesses(result: Result): boolean {
  return hasUserStacks(result) || hasCommandLines(result);
}
