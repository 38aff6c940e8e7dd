/** Which results show stacks of user code, whose frames have names only while their process is there. */
import type { Type } from "../semantics/types.js";
import type { Plan, Result } from "./plan.js";

export function isUserStack(type: Type): boolean {
  return type.kind === "stack" && type.space === "user";
}

export function showsUserStacks(plan: Plan): boolean {
  return plan.results.some(hasUserStacks);
}

export function hasUserStacks(result: Result): boolean {
  return columnsOf(result).some(({ type }) => isUserStack(type));
}

function columnsOf(result: Result): readonly { readonly type: Type }[] {
  switch (result.kind) {
    case "groups":
      return result.keys;
    case "rows":
      return result.columns;
    case "line":
      return [];
    case "open":
      return [...result.keys, ...result.columns];
  }
}
