/**
 * Evaluates an expression over one entry of a span's state, for tracers that cannot walk a map.
 * It counts as the kernel's programs do: in 64 bits, with division by zero giving zero.
 */
import { matchesGlob } from "../../../semantics/expression/glob.js";
import type { ArithmeticOperator, ComparisonOperator, Typed } from "../../../semantics/typed.js";
import { isSigned, type Type } from "../../../types/types.js";
import { fit } from "../../../integers.js";
import { integerOf } from "../../groups.js";
import type { Value } from "../../../results/events.js";

export interface Entry {
  /** A field of what the span keeps, or of another record by its key; null where that was not printed. */
  field(state: string, name: string, key?: string): Value;
  /** When the batch was printed, since boot. */
  readonly now: bigint;
}

function stateField({ state, field, key }: Typed & { readonly op: "state" }, entry: Entry): Value {
  const [only] = key;
  if (only?.op !== "state") return entry.field(state, field);
  const own = evaluate(only, entry);
  return own === null ? null : entry.field(state, field, String(own));
}

export class EvaluationError extends Error {}

/** Null when the entry lacks something the expression needs. */
export function evaluate(expression: Typed, entry: Entry): Value {
  switch (expression.op) {
    case "integer":
      return wrap(expression.value, expression.type);
    case "string":
      return expression.value;
    case "state":
      return stateField(expression, entry);
    case "local":
      if (expression.name === "now") return fit(entry.now);
      break;
    case "arithmetic":
      return onIntegers(expression.left, expression.right, entry, (left, right) =>
        // The map is read a little after the batch's time is taken, so that an entry may be younger than it.
        isAge(expression.left, expression.operator) && left < right
          ? 0
          : wrap(calculate(expression.operator, left, right), expression.type),
      );
    case "negate":
      return onInteger(expression.operand, entry, (value) => wrap(-value, expression.type));
    case "complement":
      return onInteger(expression.operand, entry, (value) => wrap(~value, expression.type));
    case "not": {
      const value = evaluate(expression.operand, entry);
      return value === null ? null : !isTrue(value);
    }
    case "compare": {
      const left = evaluate(expression.left, entry);
      const right = evaluate(expression.right, entry);
      return left === null || right === null ? null : compare(expression.operator, left, right);
    }
    case "logic":
      return logic(expression.operator === "and", expression.operands, entry);
    case "glob": {
      const subject = evaluate(expression.subject, entry);
      return subject === null ? null : matchesGlob(expression.glob, String(subject));
    }
    case "hasBits":
      return onInteger(
        expression.subject,
        entry,
        (value) => (BigInt.asUintN(64, value) & expression.mask) === expression.mask,
      );
    case "choose": {
      const condition = evaluate(expression.condition, entry);
      if (condition === null) return null;
      return evaluate(isTrue(condition) ? expression.then : expression.otherwise, entry);
    }
    case "argument":
    case "begun":
    case "cast":
    case "common":
    case "register":
    case "currentTask":
    case "element":
    case "field":
    case "followed":
    case "global":
    case "inet":
    case "member":
    case "returnValue":
    case "text":
    case "tracepointArgument":
    case "userWord":
      break;
  }
  throw new EvaluationError(`${expression.op} cannot be evaluated outside the kernel`);
}

function isAge(left: Typed, operator: ArithmeticOperator): boolean {
  return operator === "-" && left.op === "local" && left.name === "now";
}

export function isTrue(value: Value): boolean {
  return value !== null && value !== false && value !== 0 && value !== 0n && value !== "";
}

function wrap(value: bigint, type: Type): Value {
  return fit(isSigned({ type }) ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value));
}

function onInteger(operand: Typed, entry: Entry, then: (value: bigint) => Value): Value {
  const value = evaluate(operand, entry);
  if (value === null) return null;
  const integer = integerOf(value);
  if (integer === undefined) throw new EvaluationError(`${JSON.stringify(value)} is not a number`);
  return then(integer);
}

function onIntegers(
  left: Typed,
  right: Typed,
  entry: Entry,
  then: (left: bigint, right: bigint) => Value,
): Value {
  return onInteger(left, entry, (a) => onInteger(right, entry, (b) => then(a, b)));
}

function calculate(operator: ArithmeticOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0n ? 0n : left / right;
    case "%":
      return right === 0n ? left : left % right;
    case "<<":
      return left << (right & 63n);
    case ">>":
      return left >> (right & 63n);
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
  }
}

function compare(operator: ComparisonOperator, left: Value, right: Value): boolean {
  const [a, b] =
    typeof left === "string" || typeof right === "string"
      ? [String(left), String(right)]
      : [integerOf(left), integerOf(right)];
  if (a === undefined || b === undefined) throw new EvaluationError("the two cannot be compared");
  switch (operator) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}

/** Stops at the first operand that decides; what is not known decides nothing. */
function logic(all: boolean, operands: readonly Typed[], entry: Entry): Value {
  let known = true;
  for (const operand of operands) {
    const value = evaluate(operand, entry);
    if (value === null) known = false;
    else if (isTrue(value) !== all) return !all;
  }
  return known ? all : null;
}
