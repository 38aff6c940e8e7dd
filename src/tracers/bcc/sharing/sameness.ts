/** In what expressions of several probes may differ, if the probes are to share the steps that they are in. */
import { partsOf } from "../../../plan/needs.js";
import { pointText } from "../../../semantics/source/probe-points.js";
import { isTest, type ProbePoint, type Typed } from "../../../semantics/typed.js";
import { scalarType } from "../c/c-types.js";

/** Whether it can be a parameter: a number that is not the outcome of a test. */
export function isNumber(value: Typed): boolean {
  if (isTest(value)) return false;
  switch (value.type.kind) {
    case "address":
    case "enum":
    case "flags":
    case "number":
      return true;
    case "c":
      return scalarType(value.type.ctype) !== undefined;
    case "bool":
    case "bounds":
    case "error":
    case "histogram":
    case "stack":
    case "stats":
    case "string":
    case "symbol":
      return false;
  }
}

/** Whether the C text of an expression is the same at all of these points. */
export function isSameAt(value: Typed, points: readonly ProbePoint[]): boolean {
  const [first, ...others] = points;
  if (!first || others.every((point) => pointText(point) === pointText(first))) return true;
  const own = partsOf(value).filter(isOfPoint);
  if (own.length === 0) return true;
  // Registers are read alike whichever function is called.
  return (
    ["kprobe", "kretprobe", "uprobe", "uretprobe"].includes(first.type) &&
    others.every(({ type }) => type === first.type) &&
    own.every(({ op }) => op === "argument" || op === "returnValue")
  );
}

function isOfPoint(value: Typed): boolean {
  return (
    value.op === "argument" ||
    value.op === "returnValue" ||
    value.op === "tracepointArgument" ||
    (value.op === "common" && value.name === "probe")
  );
}

/** Whether it may be calculated before it is known to be needed. `isKnown`: whether a record has been looked up. */
export function isCheap(
  value: Typed,
  isKnown: (record: Typed & { readonly op: "state" }) => boolean,
): boolean {
  switch (value.op) {
    case "argument":
    case "common":
    case "integer":
    case "local":
    case "register":
    case "returnValue":
      return true;
    case "tracepointArgument":
      return value.field.shape === "number";
    case "state":
      return isKnown(value);
    case "arithmetic":
      return isCheap(value.left, isKnown) && isCheap(value.right, isKnown);
    case "cast":
    case "complement":
    case "negate":
      return isCheap(value.operand, isKnown);
    case "begun":
    case "choose":
    case "compare":
    case "currentTask":
    case "element":
    case "field":
    case "followed":
    case "glob":
    case "global":
    case "hasBits":
    case "inet":
    case "logic":
    case "member":
    case "not":
    case "string":
    case "text":
    case "userWord":
      return false;
  }
}
