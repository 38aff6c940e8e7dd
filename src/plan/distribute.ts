/**
 * A test of a text that is one of two (`fd >= 0 ? name : ""`) as tests of each: a tracer can look into a text that
 * stands in memory, and not into the outcome of a choice.
 */
import { logic, negation } from "../semantics/expression/arithmetic.js";
import { matchesGlob } from "../semantics/expression/glob.js";
import type { Typed } from "../semantics/typed.js";
import { BOOL } from "../semantics/types/types.js";

type Choice = Typed & { readonly op: "choose" };

/** `test` is asked for each of the two texts. */
export function distribute(subject: Typed, test: (text: Typed) => Typed): Typed {
  if (!isTextChoice(subject)) return test(subject);
  const { condition, then, otherwise } = subject;
  return logic("or", [
    logic("and", [condition, distribute(then, test)]),
    logic("and", [negation(condition), distribute(otherwise, test)]),
  ]);
}

/** A pattern against a text; that of a constant is known. */
export function globOf(value: Typed & { readonly op: "glob" }, subject: Typed): Typed {
  return distribute(subject, (text) =>
    text.op === "string"
      ? { op: "integer", value: matchesGlob(value.glob, text.value) ? 1n : 0n, type: BOOL }
      : { ...value, subject: text },
  );
}

/** A comparison, of which one side may be such a choice. */
export function comparisonOf(value: Typed & { readonly op: "compare" }, left: Typed, right: Typed): Typed {
  const compared = (a: Typed, b: Typed): Typed =>
    a.op === "string" && b.op === "string"
      ? { op: "integer", value: (a.value === b.value) === (value.operator === "==") ? 1n : 0n, type: BOOL }
      : { ...value, left: a, right: b };
  return distribute(left, (a) => distribute(right, (b) => compared(a, b)));
}

function isTextChoice(value: Typed): value is Choice {
  return value.op === "choose" && value.type.kind === "string";
}
