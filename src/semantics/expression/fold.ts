/**
 * Builds expressions and folds constants in them. Used by the checker when it types an expression, and by the planner
 * when it has replaced the fields by their values.
 */
import type { ArithmeticOperator, ComparisonOperator, Typed } from "../typed.js";
import { BOOL, type Type } from "../../types/types.js";

export function integer(value: bigint, type: Type): Typed {
  return { op: "integer", value, type };
}

/** A number as one of 64 bits. */
export function wordOf(operand: Typed, type: Type): Typed {
  const signed = type.kind === "number" && type.signed;
  return {
    op: "cast",
    to: { kind: "int", name: "unsigned long", bytes: 8, signed },
    pointer: false,
    operand,
    type,
  };
}

/** A result that is not below zero fits operands of either sign, as a literal does. */
function folded(value: bigint, type: Type): Typed {
  return integer(value, type.kind === "number" && value >= 0n ? { ...type, signed: false } : type);
}

/** Returns a constant condition. */
export function truth(value: boolean): Typed {
  return integer(value ? 1n : 0n, BOOL);
}

/** Returns the value of a constant condition; undefined if it is not constant. */
export function knownTruth(value: Typed): boolean | undefined {
  return value.op === "integer" && value.type.kind === "bool" ? value.value !== 0n : undefined;
}

const BITS = 64;

/** Calculates a result before it is cut to 64 bits; undefined if it would depend on the tracer. */
function calculated(operator: ArithmeticOperator, a: bigint, b: bigint): bigint | undefined {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return b === 0n ? undefined : a / b;
    case "%":
      return b === 0n ? undefined : a % b;
    case "<<":
      return b >= 0n && b < 64n ? a << b : undefined;
    case ">>":
      return b >= 0n && b < 64n ? a >> b : undefined;
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
  }
}

export function arithmeticOf(operator: ArithmeticOperator, left: Typed, right: Typed, type: Type): Typed {
  if (left.op === "integer" && right.op === "integer") {
    const value = calculated(operator, left.value, right.value);
    if (value !== undefined) return folded(BigInt.asIntN(BITS, value), type);
  }
  if (right.op === "integer") {
    if (operator === "%" && right.value === 1n) return integer(0n, type);
    if ((operator === "*" || operator === "&") && right.value === 0n) return integer(0n, type);
    if (right.value === NEUTRAL[operator] && isAlike(left.type, type)) return { ...left, type };
  }
  if (left.op === "integer" && COMMUTATIVE.has(operator)) {
    if ((operator === "*" || operator === "&") && left.value === 0n) return integer(0n, type);
    if (left.value === NEUTRAL[operator] && isAlike(right.type, type)) return { ...right, type };
  }
  return { op: "arithmetic", operator, left, right, type };
}

/** Whether two types have the same representation: if signedness or kind differ, the same bits are another value. */
function isAlike(one: Type, other: Type): boolean {
  if (one.kind === "number" && other.kind === "number") return one.signed === other.signed;
  return one.kind === other.kind;
}

/** The right operand with which an operator returns its left operand. */
const NEUTRAL: Readonly<Partial<Record<ArithmeticOperator, bigint>>> = {
  "+": 0n,
  "-": 0n,
  "*": 1n,
  "/": 1n,
  "<<": 0n,
  ">>": 0n,
  "|": 0n,
  "^": 0n,
};

const COMMUTATIVE: ReadonlySet<ArithmeticOperator> = new Set(["+", "*", "|", "^", "&"]);

/** Folds a comparison that always holds. One that never holds is kept, to show it in the script, unless both sides are constant. */
export function comparisonOf(operator: ComparisonOperator, left: Typed, right: Typed): Typed {
  if (left.op === "integer" && right.op === "integer")
    return truth(comparedWith(operator, left, right.value) === true);
  const always =
    (right.op === "integer" && comparedWith(operator, left, right.value)) ||
    (left.op === "integer" && comparedWith(MIRRORED[operator], right, left.value));
  if (always === true) return truth(true);
  if (left.op === "string" && right.op === "string" && (operator === "==" || operator === "!="))
    return truth((left.value === right.value) === (operator === "=="));
  return { op: "compare", operator, left, right, type: BOOL };
}

const MIRRORED = { "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;
/** The comparison that holds where one does not. */
export const OPPOSITES = { "==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<" } as const;

/** Returns the result of a comparison with a constant, if it is the same for every possible left side. */
function comparedWith(operator: ComparisonOperator, left: Typed, right: bigint): boolean | undefined {
  const range = rangeOf(left);
  if (!range) return undefined;
  const { least, most } = range;
  // If the signedness differs, tracers compare the bits.
  if (left.op !== "integer" && ((right < 0n && most > MOST_SIGNED) || (right > MOST_SIGNED && least < 0n)))
    return undefined;
  switch (operator) {
    case "<":
      return most < right ? true : least >= right ? false : undefined;
    case "<=":
      return most <= right ? true : least > right ? false : undefined;
    case ">":
      return least > right ? true : most <= right ? false : undefined;
    case ">=":
      return least >= right ? true : most < right ? false : undefined;
    case "==":
      return least === right && most === right ? true : right < least || right > most ? false : undefined;
    case "!=":
      return least === right && most === right ? false : right < least || right > most ? true : undefined;
  }
}

const MOST_SIGNED = 2n ** 63n - 1n;

interface ValueRange {
  readonly least: bigint;
  readonly most: bigint;
}

function rangeOfBits(bits: number, signed: boolean): ValueRange {
  return signed
    ? { least: -(1n << BigInt(bits - 1)), most: (1n << BigInt(bits - 1)) - 1n }
    : { least: 0n, most: (1n << BigInt(bits)) - 1n };
}

/**
 * Returns the range of a value, if its type determines it. A field's declared type does not: what a definition calls
 * a size may be negative in the chosen provider.
 */
function rangeOf(value: Typed): ValueRange | undefined {
  switch (value.op) {
    case "integer":
      return { least: value.value, most: value.value };
    case "common":
      return ["pid", "tid", "uid", "gid", "cpu"].includes(value.name) ? rangeOfBits(32, false) : whole(value);
    case "tracepointArgument":
      return value.field.shape === "number" && value.type.kind === "number"
        ? rangeOfBits(8 * value.field.size, value.field.signed)
        : undefined;
    case "argument":
      return value.ctype?.kind === "int" && value.type.kind === "number"
        ? rangeOfBits(8 * value.ctype.bytes, value.ctype.signed)
        : whole(value);
    case "member":
      return value.ctype.kind === "int" && value.type.kind === "number"
        ? rangeOfBits(8 * value.ctype.bytes, value.ctype.signed)
        : undefined;
    case "arithmetic":
      return rangeOf(value.left) && rangeOf(value.right) && whole(value);
    case "state":
    case "local":
      return value.type.kind === "number" && ["timestamp", "duration"].includes(value.type.unit)
        ? whole(value)
        : undefined;
    case "begun":
    case "cast":
    case "choose":
    case "compare":
    case "complement":
    case "currentTask":
    case "element":
    case "field":
    case "followed":
    case "glob":
    case "global":
    case "hasBits":
    case "inet":
    case "logic":
    case "negate":
    case "not":
    case "returnValue":
    case "string":
    case "text":
    case "register":
    case "userWord":
      return undefined;
  }
}

/** Returns the range of an unsigned 64-bit number; for a signed one tracers differ in what overflows. */
function whole({ type }: Typed): ValueRange | undefined {
  return type.kind === "number" && !type.signed ? rangeOfBits(BITS, false) : undefined;
}

/** Builds `and` or `or`, without the operands that are constant. */
export function logic(operator: "and" | "or", operands: readonly Typed[]): Typed {
  const broken = operands.find((o) => o.type.kind === "error");
  if (broken) return broken;
  const decisive = operator === "or";
  const flat = operands.flatMap((o) => (o.op === "logic" && o.operator === operator ? o.operands : [o]));
  if (flat.some((o) => knownTruth(o) === decisive)) return truth(decisive);
  const open = flat.filter((o) => knownTruth(o) === undefined);
  const [only] = open;
  if (!only) return truth(!decisive);
  return open.length === 1 ? only : { op: "logic", operator, operands: open, type: BOOL };
}

export function negation(operand: Typed): Typed {
  if (operand.type.kind === "error") return operand;
  const known = knownTruth(operand);
  if (known !== undefined) return truth(!known);
  if (operand.op === "not") return operand.operand;
  return { op: "not", operand, type: BOOL };
}

/** Builds a test that all bits of a mask are set. */
export function hasBitsOf(subject: Typed, mask: bigint, names: readonly string[]): Typed {
  if (subject.op === "integer") return truth((subject.value & mask) === mask);
  return { op: "hasBits", subject, mask, names, type: BOOL };
}

/** Negates a condition, moving the negation inwards as far as possible. */
export function opposite(operand: Typed): Typed {
  if (operand.op === "logic")
    return logic(operand.operator === "and" ? "or" : "and", operand.operands.map(opposite));
  if (operand.op === "compare") return comparisonOf(OPPOSITES[operand.operator], operand.left, operand.right);
  return negation(operand);
}

export function choiceOf(condition: Typed, then: Typed, otherwise: Typed, type: Type): Typed {
  const known = knownTruth(condition);
  return known === undefined
    ? { op: "choose", condition, then, otherwise, type }
    : { ...(known ? then : otherwise), type };
}

/** Returns the operands of a conjunction, without those that always hold. */
export function conjuncts(condition: Typed): readonly Typed[] {
  if (condition.op === "logic" && condition.operator === "and") return condition.operands.flatMap(conjuncts);
  return knownTruth(condition) === true ? [] : [condition];
}
