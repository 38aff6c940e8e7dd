/** Types operators on numbers with units: which operands fit together, and the type of the result. */
import type { Span } from "../../diagnostics/diagnostic.js";
import { checkAddress } from "./addresses.js";
import { isPrintedSet } from "../../kernel/flags/flag-sets.js";
import { whyNoMember } from "./named-values.js";
import { CGROUP, CMDLINE, GROUP, USER } from "../../kernel/names.js";
import { fail, type Context } from "../context.js";
import { arithmeticOf, comparisonOf, integer } from "./fold.js";
import { write } from "../../diagnostics/advice.js";
import type { Advice } from "../../diagnostics/diagnostic.js";
import type { ArithmeticOperator, ComparisonOperator, Typed } from "../typed.js";
import {
  ADDRESS,
  BYTES,
  describeType,
  DURATION,
  isPlain,
  isSigned as isSignedValue,
  numberOf,
  UNSIGNED,
  type Type,
} from "../../types/types.js";
import { spellingsFor, unitsMeant } from "../../types/unit-spellings.js";
import { UNITS, type Unit } from "../../types/units.js";
import { bytesOfText, quoteText } from "../../types/text.js";
import { MOST_PATTERN_BYTES } from "../limits.js";

/** Converts pages to bytes with this kernel's page size. */
export function pagesToBytes(value: Typed, context: Context): Typed {
  const signed = value.type.kind === "number" && value.type.signed;
  const size = integer(BigInt(context.kernel.pageSize), BYTES);
  return arithmeticOf("*", value, size, value.op === "integer" ? BYTES : numberOf("bytes", signed));
}

function isUnit(type: Type, unit: Unit): boolean {
  return type.kind === "number" && type.unit === unit;
}

/** Gives a bare literal the unit of the other operand, if that accepts it, or if the literal is 0. */
function withUnitOf(literal: Typed, other: Type): Typed | undefined {
  if (literal.op !== "integer" || !isPlain(literal.type) || other.kind !== "number") return undefined;
  const { display, acceptsBare } = UNITS[other.unit];
  if (display.as === "fraction") return { ...literal, value: literal.value * display.parts, type: other };
  return acceptsBare || literal.value === 0n ? { ...literal, type: other } : undefined;
}

/** Converts two operands to the same unit; returns undefined after reporting an error. */
function align(
  one: Typed,
  other: Typed,
  verb: string,
  context: Context,
  span: Span,
  spans: readonly [Span, Span],
): readonly [Typed, Typed] | undefined {
  const [left, right] = [asNumber(one), asNumber(other)];
  if (isUnit(left.type, "pages") && isUnit(right.type, "bytes")) return [pagesToBytes(left, context), right];
  if (isUnit(left.type, "bytes") && isUnit(right.type, "pages")) return [left, pagesToBytes(right, context)];
  if (left.type.kind === "number" && right.type.kind === "number") {
    if (left.type.unit === right.type.unit) return [left, right];
    const adopted = withUnitOf(right, left.type);
    if (adopted) return [left, adopted];
    const flipped = withUnitOf(left, right.type);
    if (flipped) return [flipped, right];
    const bare = bareNumber(left, right, context, spans);
    if (bare) return undefined;
  }
  fail(
    context,
    span,
    "unit-mismatch",
    `cannot ${verb} ${describeType(left.type)} and ${describeType(right.type)}`,
    otherUnits(left, right, context, spans),
  );
  return undefined;
}

/** What a constant in the wrong unit may be meant as: `size > 1m` is `1MB`. */
function otherUnits(
  left: Typed,
  right: Typed,
  { source }: Context,
  spans: readonly [Span, Span],
): Advice | undefined {
  const at = right.op === "integer" ? spans[1] : left.op === "integer" ? spans[0] : undefined;
  if (!at) return undefined;
  const [, amount, unit = ""] =
    /^(\d[\d_.]*)([A-Za-z\u00b5]+)$/.exec(source.text.slice(at.start, at.end)) ?? [];
  if (amount === undefined) return undefined;
  return write(
    at,
    unitsMeant(unit).map((each) => amount + each),
    "did you mean {}?",
  );
}

/** Reports a literal without a unit: "10 what? write 10ms". */
function bareNumber(left: Typed, right: Typed, context: Context, spans: readonly [Span, Span]): boolean {
  for (const [literal, other, span] of [
    [right, left, spans[1]],
    [left, right, spans[0]],
  ] as const) {
    if (literal.op !== "integer" || !isPlain(literal.type) || other.type.kind !== "number") continue;
    const spellings = spellingsFor(other.type.unit, String(literal.value));
    if (spellings.length === 0) continue;
    fail(
      context,
      span,
      "missing-unit",
      `${literal.value} what? The other side is ${describeType(other.type)}`,
      write(span, spellings),
    );
    return true;
  }
  return false;
}

/** Whether the operator's result can be negative. */
function isSigned(operator: ArithmeticOperator, left: Type, right: Type): boolean {
  if (operator === "-") return true;
  return [left, right].some((t) => t.kind === "number" && t.signed);
}

/**
 * What has names and is a number to the kernel, as that: a user, a group, a control group, a field that the kernel prints
 * names for, the result of a call.
 */
export function asNumber(value: Typed): Typed {
  const { type } = value;
  if (isPlain(type)) return { ...value, type: { ...type, unit: "none" } };
  if (type.kind !== "enum" && type.kind !== "flags") return value;
  if ([USER, GROUP, CGROUP].includes(type.of)) return { ...value, type: UNSIGNED };
  if (!isPrintedSet(type.of)) return value;
  const signed = value.op === "tracepointArgument" ? value.field.signed : isSignedValue(value);
  return { ...value, type: numberOf("none", signed) };
}

export function arithmetic(
  operator: ArithmeticOperator,
  one: Typed,
  other: Typed,
  context: Context,
  span: Span,
  spans: readonly [Span, Span],
): Typed {
  const [left, right] = [asNumber(one), asNumber(other)];
  if (left.type.kind === "error" || right.type.kind === "error")
    return left.type.kind === "error" ? left : right;
  if ((operator === "/" || operator === "%") && right.op === "integer" && right.value === 0n)
    return fail(context, spans[1], "divide-by-zero", "this divides by zero");
  if (
    (operator === "<<" || operator === ">>") &&
    right.op === "integer" &&
    (right.value < 0n || right.value > 63n)
  )
    return fail(context, spans[1], "shift-range", "a 64-bit number is shifted by 0 to 63 bits");

  const typed = resultType(operator, left, right, context, span, spans);
  if (!typed) return { op: "integer", value: 0n, type: { kind: "error" } };
  const [a, b, type] = typed;
  return arithmeticOf(operator, a, b, type);
}

function resultType(
  operator: ArithmeticOperator,
  left: Typed,
  right: Typed,
  context: Context,
  span: Span,
  spans: readonly [Span, Span],
): readonly [Typed, Typed, Type] | undefined {
  const verb = { "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "take the remainder of", "<<": "shift", ">>": "shift", "&": "combine", "|": "combine", "^": "combine" }[operator]; // prettier-ignore
  const signed = isSigned(operator, left.type, right.type);
  const refuse = (): undefined => {
    fail(
      context,
      span,
      "unit-mismatch",
      `cannot ${verb} ${describeType(left.type)} and ${describeType(right.type)}`,
    );
    return undefined;
  };
  const l = left.type;
  const r = right.type;
  if (operator === "+" || operator === "-") {
    if (l.kind === "address" && r.kind === "address")
      return operator === "-" ? [left, right, numberOf("bytes", true)] : refuse();
    if (l.kind === "address" && (isPlain(r) || isUnit(r, "bytes"))) return [left, right, ADDRESS];
    if (isUnit(l, "timestamp") && isUnit(r, "timestamp"))
      return operator === "-" ? [left, right, DURATION] : refuse();
    if (isUnit(l, "timestamp") && isUnit(r, "duration")) return [left, right, l];
    if (l.kind !== "number" || r.kind !== "number") return refuse();
    const aligned = align(left, right, verb, context, span, spans);
    if (!aligned || aligned[0].type.kind !== "number") return undefined;
    return [...aligned, numberOf(aligned[0].type.unit, signed)];
  }
  if (operator === "&" || operator === "|" || operator === "^") {
    const mask = (t: Type): boolean =>
      t.kind === "flags" || t.kind === "address" || isPlain(t) || isUnit(t, "bytes");
    return mask(l) && mask(r) ? [left, right, l.kind === "number" && r.kind !== "number" ? r : l] : refuse();
  }
  if (l.kind === "address" && isPlain(r) && operator !== "*")
    return [left, right, operator === "/" ? numberOf("none", false) : l];
  if (l.kind === "address" && isUnit(r, "bytes") && (operator === "/" || operator === "%"))
    return [left, right, operator === "/" ? numberOf("none", false) : r];
  if (l.kind !== "number" || r.kind !== "number" || l.unit === "timestamp" || r.unit === "timestamp")
    return refuse();
  switch (operator) {
    case "*":
      if (isPlain(r)) return [left, right, numberOf(l.unit, signed)];
      return isPlain(l) ? [left, right, numberOf(r.unit, signed)] : refuse();
    case "<<":
    case ">>":
      return isPlain(r) ? [left, right, l] : refuse();
    case "/":
    case "%": {
      // size / 2 is a size; size / 4KB is a count.
      if (isPlain(r)) return [left, right, numberOf(l.unit, signed)];
      const aligned = align(left, right, verb, context, span, spans);
      if (!aligned || aligned[0].type.kind !== "number") return undefined;
      return [...aligned, numberOf(operator === "/" ? "none" : aligned[0].type.unit, signed)];
    }
  }
}

export function compare(
  operator: ComparisonOperator,
  left: Typed,
  right: Typed,
  context: Context,
  span: Span,
  spans: readonly [Span, Span],
): Typed {
  const l = left.type;
  const r = right.type;
  if (l.kind === "error" || r.kind === "error") return { op: "integer", value: 0n, type: { kind: "error" } };
  const refused = checkAddress(operator, left, right, context, spans);
  if (refused) return refused;
  const equality = operator === "==" || operator === "!=";
  const line = [l, r].find((type) => type.kind === "enum" && type.of === CMDLINE);
  const areLines = l.kind === "enum" && r.kind === "enum" && l.of === r.of && equality;
  if (line?.kind === "enum" && !areLines) {
    const { message, hint } = whyNoMember("", line, span, context);
    return fail(context, span, "only-shown", message, hint);
  }
  if (l.kind === "number" && r.kind === "number") {
    const aligned = align(left, right, "compare", context, span, spans);
    if (!aligned) return { op: "integer", value: 0n, type: { kind: "error" } };
    return comparisonOf(operator, ...aligned);
  }
  const alike =
    (l.kind === "string" && r.kind === "string" && equality) ||
    (l.kind === "bool" && r.kind === "bool" && equality) ||
    (numeric(l) && numeric(r)) ||
    (l.kind === "stack" && r.kind === "stack" && equality);
  if (!alike) {
    if (l.kind === "string" && r.kind === "string")
      return fail(
        context,
        span,
        "not-ordered",
        `strings have no \`${operator}\``,
        "compare them with `==`, `!=` or `~`",
      );
    return fail(
      context,
      span,
      "type-mismatch",
      `cannot compare ${describeType(l)} with ${describeType(r)}`,
      quoteHint(l, r, context, spans),
    );
  }
  const long = [left, right].findIndex(
    (side) => side.op === "string" && lengthOf(side.value) > MOST_PATTERN_BYTES,
  );
  if (long >= 0 && left.op !== right.op)
    return fail(
      context,
      spans[long] ?? span,
      "long-text",
      `only ${MOST_PATTERN_BYTES} bytes of a text are compared, and this is longer`,
      'compare its beginning, as in `~ "/srv/data/*"`',
    );
  return comparisonOf(operator, left, right);
}

function lengthOf(text: string): number {
  return bytesOfText(text).length;
}

function quoteHint(l: Type, r: Type, { source }: Context, spans: readonly [Span, Span]): Advice | undefined {
  if (![l, r].some((t) => t.kind === "string") || ![l, r].some((t) => t.kind === "number")) return undefined;
  const number = l.kind === "number" ? spans[0] : spans[1];
  const text = source.text.slice(number.start, number.end);
  return write(number, quoteText(text), "a string is written in double quotes: {}");
}

/** Whether a type is a single number without a unit to the kernel. */
function numeric(type: Type): boolean {
  return ["address", "symbol", "enum", "flags"].includes(type.kind) || isPlain(type);
}
