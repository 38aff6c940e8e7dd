/**
 * A test of a text that is one of two (`fd >= 0 ? name : ""`) as tests of each: a tracer can look into a text that
 * stands in memory, and not into the outcome of a choice.
 */
import { comparisonOf as comparisonOfBoth, logic, opposite, truth } from "../semantics/expression/fold.js";
import { matchesGlob } from "../semantics/expression/glob.js";
import type { Typed } from "../semantics/typed.js";

type TextChoice = Typed & { readonly op: "choose" };

/** Applies `test` to each of the two texts. */
export function distribute(subject: Typed, test: (text: Typed) => Typed): Typed {
  if (!isTextChoice(subject)) return test(subject);
  const { condition, then, otherwise } = subject;
  return logic("or", [
    logic("and", [condition, distribute(then, test)]),
    logic("and", [opposite(condition), distribute(otherwise, test)]),
  ]);
}

/** Matches a pattern against a text; the outcome for a constant is folded. */
export function globOf(value: Typed & { readonly op: "glob" }, subject: Typed): Typed {
  return distribute(subject, (text) =>
    text.op === "string" ? truth(matchesGlob(value.glob, text.value)) : { ...value, subject: text },
  );
}

/** Compares two values, either of which may be such a choice. */
export function comparisonOf(value: Typed & { readonly op: "compare" }, left: Typed, right: Typed): Typed {
  return distribute(left, (a) => distribute(right, (b) => comparisonOfBoth(value.operator, a, b)));
}

function isTextChoice(value: Typed): value is TextChoice {
  return value.op === "choose" && value.type.kind === "string";
}
