/** Which results show stacks of user code, whose frames can be named only while their process exists. */
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
