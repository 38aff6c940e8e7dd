/** The functions that an expression may call. Aggregates are not among them: they are columns. */
import { AGGREGATE_NAMES, isAggregateFunction } from "../../aggregates/aggregates.js";
import type { CallExpression } from "../../syntax/tree.js";
import { isText, readText } from "../source/c-values.js";
import { fail, type Context, type Scope } from "../context.js";
import { inetOf } from "./addresses.js";
import { asNumber } from "./arithmetic.js";
import { checkExpression } from "./expressions.js";
import { offerNearest } from "../../diagnostics/advice.js";
import { hashOf } from "./hash.js";
import { isStackCall, stackOfDepth } from "./stack-depth.js";
import type { Typed } from "../typed.js";
import { ADDRESS, describeType, INT, UNSIGNED } from "../../types/types.js";

interface FunctionDefinition {
  /** The expected argument, for messages. */
  readonly takes: string;
  /** What it gives, for help. */
  readonly about: string;
  apply(operand: Typed): Typed | undefined;
}

function isAddress(operand: Typed): boolean {
  const { type } = operand;
  if (type.kind === "address" || type.kind === "symbol") return true;
  if (type.kind === "c") return type.ctype.kind === "pointer";
  return type.kind === "number" && type.unit === "none";
}

const FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  global: {
    takes: "the name of a kernel variable, in quotes",
    about: "the first 8 bytes of a kernel variable, by its name",
    apply: (operand) =>
      operand.op === "string" && /^\w{1,100}$/.test(operand.value)
        ? { op: "global", name: operand.value, type: UNSIGNED }
        : undefined,
  },
  str: {
    takes: "the address of a text",
    about: "the text at an address",
    apply: (operand) => {
      if (operand.type.kind === "string") return operand;
      const text = operand.type.kind === "c" && isText(operand.type.ctype);
      return text || isAddress(operand) ? readText(operand) : undefined;
    },
  },
  addr: {
    takes: "a pointer",
    about: "a pointer as its address, without reading the text there",
    apply: (operand) => (isAddress(operand) ? { ...operand, type: ADDRESS } : undefined),
  },
  hash: {
    takes: "a number or an address",
    about:
      "a number spread evenly over 32 bits: `hash(x) % n == 0` takes one in n, whatever the pattern of x is",
    apply: (operand) => (isAddress(operand) ? hashOf(operand) : undefined),
  },
  user_word: {
    takes: "an address of the program",
    about: "the 8 bytes at a user-space address",
    apply: (operand) =>
      isAddress(operand) ? { op: "userWord", address: operand, type: ADDRESS } : undefined,
  },
  int32: {
    takes: "a number",
    about: "the low 32 bits as a signed number, for an `int` that was passed in a wider register",
    apply: (operand) =>
      isAddress(operand)
        ? {
            op: "cast",
            to: { kind: "int", name: "int", bytes: 4, signed: true },
            pointer: false,
            operand,
            type: INT,
          }
        : undefined,
  },
  inet: {
    takes: "the 4 or 16 bytes of an IP address",
    about: "the IP address that 4 or 16 bytes are, shown as text",
    apply: inetOf,
  },
  ksym: {
    takes: "an address",
    about: "a kernel address, shown as its symbol",
    apply: (operand) =>
      isAddress(operand) ? { ...operand, type: { kind: "symbol", space: "kernel" } } : undefined,
  },
  usym: {
    takes: "an address",
    about: "a user-space address, shown as its symbol",
    apply: (operand) =>
      isAddress(operand) ? { ...operand, type: { kind: "symbol", space: "user" } } : undefined,
  },
};

export const FUNCTION_NAMES: readonly string[] = Object.keys(FUNCTIONS);

/** Returns what a function takes; undefined if there is no such function. */
export function takenBy(name: string): string | undefined {
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name]?.takes : undefined;
}

/** Returns what a function gives; undefined if there is no such function. */
export function givenBy(name: string): string | undefined {
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name]?.about : undefined;
}

export function callFunction(call: CallExpression, scope: Scope, context: Context): Typed {
  if (isStackCall(call)) return stackOfDepth(call, scope, context);
  const name = call.callee.text;
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!found) {
    if (isAggregateFunction(name))
      return fail(
        context,
        call.span,
        "misplaced-aggregate",
        `\`${name}(…)\` aggregates many events, so it cannot be used in an expression, a key or a condition`,
        "write it as a column of its own, after the source",
      );
    return fail(
      context,
      call.callee.span,
      "unknown-function",
      `there is no function \`${name}\``,
      offerNearest(name, [...Object.keys(FUNCTIONS), ...AGGREGATE_NAMES], call.callee.span),
    );
  }
  const [argument, ...more] = call.args;
  if (!argument || more.length > 0)
    return fail(context, call.span, "argument-count", `\`${name}\` takes one argument: ${found.takes}`);
  const operand = asNumber(checkExpression(argument, scope, context));
  if (operand.type.kind === "error") return operand;
  return (
    found.apply(operand) ??
    fail(
      context,
      argument.span,
      "type-mismatch",
      `\`${name}\` takes ${found.takes}, and this is ${describeType(operand.type)}`,
    )
  );
}
