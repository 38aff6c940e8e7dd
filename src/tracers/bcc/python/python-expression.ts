/** Expressions over the open entries of a span, which the program walks itself: as Python. */
import { isTest, type Typed } from "../../../semantics/typed.js";
import { NOW_LOCAL } from "../../../plan/running.js";
import { isSigned, type Type } from "../../../types/types.js";
import type { Glob, GlobByte } from "../../../semantics/expression/glob.js";
import { atom, decimal, hexadecimal, python, type Code, type Test } from "../../code.js";
import { BackendError } from "../../error.js";
import { pythonString } from "../quoting.js";
import type { Uses } from "./runtime.js";

export interface ExpressionContext {
  /** What reads a field of an entry: a member or a call. */
  readonly fieldOf: (name: string, type: Type) => string;
  /** What reads the number of an owner by its id. */
  readonly numberOf: (state: string, id: string) => string;
  readonly uses: Uses;
}

/** The time is known as `now`. */
export function pythonExpression(value: Typed, context: ExpressionContext): Code {
  const go = (v: Typed): Code => pythonExpression(v, context);
  const wrapped = (code: Code): Code =>
    python.call(context.uses.of("wrapped"), code, atom(isSigned(value) ? "True" : "False"));
  switch (value.op) {
    case "integer":
      return decimal(value.value);
    case "string":
      return atom(pythonString(value.value));
    case "local":
      return atom(value.name);
    case "state":
      return atom(stateRead(value, context));
    case "arithmetic":
      // The clock is read after the records: no age is below zero.
      if (isAge(value)) return python.binary("-", go(value.left), go(value.right));
      return arithmetic(value, go(value.left), go(value.right), wrapped, context);
    case "negate":
      return wrapped(python.minus(go(value.operand)));
    case "complement":
      return wrapped(python.prefix("~", go(value.operand)));
    case "choose":
      return python.choice(pythonTest(value.condition, context).holds, go(value.then), go(value.otherwise));
    case "not":
    case "compare":
    case "logic":
    case "glob":
    case "hasBits":
      return pythonTest(value, context).holds;
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
      throw new BackendError("BCC cannot calculate this from an open span");
  }
}

function isAge({ operator, left, right }: Typed & { readonly op: "arithmetic" }): boolean {
  return operator === "-" && left.op === "local" && left.name === NOW_LOCAL.name && right.op === "state";
}

function stateRead(value: Typed & { readonly op: "state" }, context: ExpressionContext): string {
  const [id] = value.key;
  return id?.op === "state"
    ? context.numberOf(value.state, pythonExpression(id, context).text)
    : context.fieldOf(value.field, value.type);
}

function arithmetic(
  { operator }: Typed & { readonly op: "arithmetic" },
  a: Code,
  b: Code,
  wrapped: (code: Code) => Code,
  { uses }: ExpressionContext,
): Code {
  switch (operator) {
    case "/":
      return python.call(uses.of("divided"), a, b);
    case "%":
      return python.call(uses.of("remainder"), a, b);
    case "<<":
    case ">>":
      return wrapped(python.binary(operator, a, python.binary("&", b, atom(63))));
    case "+":
    case "-":
    case "*":
    case "&":
    case "|":
    case "^":
      return wrapped(python.binary(operator, a, b));
  }
}

/** As a condition. */
export function pythonTest(value: Typed, context: ExpressionContext): Test {
  const go = (v: Typed): Code => pythonExpression(v, context);
  const isSet = (): Test => {
    const code = go(value);
    return { holds: code, fails: python.not(code) };
  };
  if (!isTest(value)) return isSet();
  switch (value.op) {
    case "not":
      return python.opposite(pythonTest(value.operand, context));
    case "compare":
      return python.compare(value.operator, go(value.left), go(value.right));
    case "logic": {
      const tests = value.operands.map((o) => pythonTest(o, context));
      return value.operator === "and" ? python.all(tests) : python.any(tests);
    }
    case "glob": {
      const re = context.uses.module("re");
      const subject = python.call(context.uses.of("bytes_of"), go(value.subject));
      return python.compare(
        "is not",
        python.call(`${re}.fullmatch`, atom(regularExpression(value.glob)), subject, atom(`${re}.S`)),
        atom("None"),
      );
    }
    case "hasBits": {
      const mask = hexadecimal(value.mask);
      return python.compare("==", python.binary("&", go(value.subject), mask), mask);
    }
    case "begun":
    case "followed":
      return isSet();
  }
}

/** Of bytes, as in the kernel: `?` is one of them. The literal is raw, so that the escapes are those of the expression. */
function regularExpression(glob: Glob): string {
  const code = (n: number): string => `\\x${n.toString(16).padStart(2, "0")}`;
  const one = (byte: GlobByte): string => {
    if (byte.kind === "any") return ".";
    if (byte.kind === "byte") {
      const letter = String.fromCharCode(byte.value);
      return /\w/.test(letter) ? letter : code(byte.value);
    }
    const ranges = byte.ranges.map(([low, high]) => `${code(low)}-${code(high)}`).join("");
    return `[${byte.negated ? "^" : ""}${ranges}]`;
  };
  return `rb"${glob.pieces.map((piece) => piece.map(one).join("")).join(".*")}"`;
}
