/**
 * A test of a text that is one of two (`fd >= 0 ? name : ""`) as tests of each: a tracer can look into a text that
 * stands in memory, and not into the outcome of a choice.
 */
import { beginsWith } from "../semantics/expression/addresses.js";
import { comparisonOf as comparisonOfBoth, logic, opposite, truth } from "../semantics/expression/fold.js";
import { matchesGlob } from "../semantics/expression/glob.js";
import type { Typed } from "../semantics/typed.js";
import { addressBytes, prefixBytes } from "../types/addresses.js";
import { isInet } from "../types/types.js";
import { PlanError } from "./providers.js";

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
    text.op === "string"
      ? truth(matchesGlob(value.glob, text.value))
      : isInet(text.type) && text.op !== "field"
        ? addressTest(text, prefixBytes(value.glob.text))
        : { ...value, subject: text },
  );
}

/** Compares two values, either of which may be such a choice. */
export function comparisonOf(value: Typed & { readonly op: "compare" }, left: Typed, right: Typed): Typed {
  return distribute(left, (a) =>
    distribute(right, (b) => {
      const [address, literal] = isInet(a.type) ? [a, b] : [b, a];
      if (!isInet(address.type) || literal.op !== "string" || address.op === "field")
        return comparisonOfBoth(value.operator, a, b);
      const same = addressTest(address, addressBytes(literal.value));
      return value.operator === "==" ? same : opposite(same);
    }),
  );
}

/** An address is compared by its bytes, since tracers make a text of it only where they print it. */
function addressTest(address: Typed, bytes: readonly number[] | undefined): Typed {
  if (!bytes) throw new Error("an address was compared with what is none");
  if (address.op === "inet") return beginsWith(address, bytes);
  throw new PlanError("an IP address that a span keeps cannot be compared when it ends", [
    "make the condition one of the `begin`: `begin … where`",
  ]);
}

function isTextChoice(value: Typed): value is TextChoice {
  return value.op === "choose" && value.type.kind === "string";
}
