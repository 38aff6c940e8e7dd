/** Converts number literals to base units: `1.5KB` is 1536 bytes. */
import { quoteText } from "../../types/text.js";
import type { NumberLiteral } from "../../syntax/tree.js";
import { fail, type Context } from "../context.js";
import { write } from "../../diagnostics/advice.js";
import { nearest } from "../../diagnostics/suggest.js";
import { numberOf } from "../../types/types.js";
import type { Typed } from "../typed.js";
import { lookUpUnit, unitList, unitsMeant, UNIT_SPELLINGS } from "../../types/unit-spellings.js";

/** The limit on literals: scripts use signed 64-bit numbers. */
const LARGEST = 2n ** 63n - 1n;
const LARGEST_UNSIGNED = 2n ** 64n - 1n;

export function checkNumber(literal: NumberLiteral, context: Context): Typed {
  const spelling = literal.unit === undefined ? undefined : lookUpUnit(literal.unit);
  if (literal.unit !== undefined && !spelling) {
    const meant = unitsMeant(literal.unit);
    return fail(
      context,
      literal.span,
      "unknown-unit",
      `\`${literal.unit}\` is not a unit`,
      write(
        literal.span,
        (meant.length > 0 ? meant : nearest(literal.unit, UNIT_SPELLINGS)).map(
          (unit) => literal.text.slice(0, -(literal.unit?.length ?? 0)) + unit,
        ),
        "did you mean {}?",
        `the units are ${unitList()}`,
      ),
    );
  }
  const scaled = literal.numerator * (spelling?.factor ?? 1n);
  if (scaled % literal.denominator !== 0n)
    return fail(
      context,
      literal.span,
      "not-whole",
      `${literal.text} is not a whole number${spelling ? " of the smallest unit" : ""}`,
      "tracers count in whole numbers: write a smaller unit",
    );
  const value = scaled / literal.denominator;
  // A bare hexadecimal number may be an address or a mask, which can use the top bit.
  const largest = literal.unit === undefined ? LARGEST_UNSIGNED : LARGEST;
  if (value > largest)
    return fail(context, literal.span, "too-large", `${literal.text} does not fit in 64 bits`);
  return { op: "integer", value, type: numberOf(spelling?.unit ?? "none", false) };
}

/** Rejects a NUL in a string: a tracer's strings end at the first NUL, so it could never match. */
export function checkText(value: string, span: { start: number; end: number }, context: Context): boolean {
  if (!value.includes("\0")) return true;
  fail(
    context,
    span,
    "nul-in-string",
    `${quoteText(value)} has a NUL in it, and a string ends at its first NUL`,
  );
  return false;
}
