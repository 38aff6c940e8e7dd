/** Which test to make first: a filter should cost little when it lets nothing through. */
import { conjuncts } from "../semantics/expression/fold.js";
import type { Typed } from "../semantics/typed.js";

/** A rough rank: constants and registers, then memory reads, then text. */
export function costOf(value: Typed): number {
  switch (value.op) {
    case "integer":
    case "string":
    case "local":
    case "register":
      return 0;
    case "common":
      return value.name === "comm" ? 4 : value.name === "ustack" || value.name === "kstack" ? 1000 : 1;
    case "state":
    case "begun":
      return 5 + sum(value.key);
    case "followed":
      return 5 + costOf(value.pid);
    case "member":
      return 3 + costOf(value.object);
    case "element":
      return 3 + costOf(value.object) + costOf(value.index);
    case "text":
      return 20 + costOf(value.pointer);
    case "userWord":
      return 5 + costOf(value.address);
    case "inet":
      return 20 + costOf(value.bytes);
    case "glob":
      return (value.glob.pieces.length > 2 ? 200 : 20) + costOf(value.subject);
    case "cast":
    case "negate":
    case "complement":
    case "not":
      return 1 + costOf(value.operand);
    case "arithmetic":
    case "compare":
      return 1 + costOf(value.left) + costOf(value.right);
    case "logic":
      return sum(value.operands);
    case "hasBits":
      return 1 + costOf(value.subject);
    case "choose":
      return 1 + costOf(value.condition) + costOf(value.then) + costOf(value.otherwise);
    case "argument":
    case "currentTask":
    case "field":
    case "global":
    case "returnValue":
    case "tracepointArgument":
      return 1;
  }
}

function sum(values: readonly Typed[]): number {
  return values.reduce((total, v) => total + costOf(v), 0);
}

/** Sorts tests cheapest first, keeping the written order among equals, and drops those that always hold. */
export function byCost(tests: readonly Typed[]): readonly Typed[] {
  return tests.flatMap(conjuncts).sort((a, b) => costOf(a) - costOf(b));
}
