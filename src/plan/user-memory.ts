/** Which expressions read memory of the traced program, and which values are addresses in it. */
import type { ProbePoint, Typed } from "../semantics/typed.js";
import { isOfBinary } from "./binaries.js";
import { allSteps, partsOf } from "./needs.js";
import type { Plan } from "./plan.js";

/** Where a value is calculated. */
export interface ProbeOfPlan {
  readonly point: ProbePoint;
  readonly plan: Pick<Plan, "probes" | "states">;
}

/** Whether an address is of the traced program: what its functions are given, and what it gives to system calls. */
export function isUserMemory(value: Typed, place: ProbeOfPlan): boolean {
  switch (value.op) {
    case "argument":
    case "returnValue":
      return isOfBinary(place.point);
    case "tracepointArgument":
      return place.point.parts[0] === "syscalls";
    case "member":
    case "element":
      return isUserMemory(value.object, place);
    case "cast":
      return isUserMemory(value.operand, place);
    case "userWord":
      return true;
    case "text":
      return isUserMemory(value.pointer, place);
    case "arithmetic":
      return isUserMemory(value.left, place) || isUserMemory(value.right, place);
    case "choose":
      return isUserMemory(value.then, place) || isUserMemory(value.otherwise, place);
    case "state":
      return keepsUserMemory(value.state, value.field, place.plan);
    case "begun":
    case "common":
    case "register":
    case "compare":
    case "complement":
    case "currentTask":
    case "field":
    case "followed":
    case "glob":
    case "global":
    case "hasBits":
    case "inet":
    case "integer":
    case "local":
    case "logic":
    case "negate":
    case "not":
    case "string":
      return false;
  }
}

/** Whether a field of what spans keep is an address of the traced program, as the probe that stores it knows. */
function keepsUserMemory(state: string, field: string, plan: ProbeOfPlan["plan"]): boolean {
  const at = plan.states.find(({ name }) => name === state)?.fields.findIndex(({ name }) => name === field);
  return plan.probes.some(({ point, steps }) =>
    allSteps([{ steps }]).some((step) => {
      const value = step.do === "store" && step.state === state ? step.values[at ?? -1] : undefined;
      return value !== undefined && value.op !== "state" && isUserMemory(value, { point, plan });
    }),
  );
}

/** Whether a value takes anything from memory of the traced program, which may not be there when it is read. */
export function readsUserMemory(value: Typed, place: ProbeOfPlan): boolean {
  return partsOf(value).some((part) => {
    if (part.op === "userWord") return true;
    if (part.op === "text") return isUserMemory(part.pointer, place);
    if (part.op === "member") return part.through && isUserMemory(part.object, place);
    return part.op === "element" && isPointer(part.object) && isUserMemory(part.object, place);
  });
}

function isPointer({ type }: Typed): boolean {
  return type.kind === "c" && type.ctype.kind === "pointer";
}
