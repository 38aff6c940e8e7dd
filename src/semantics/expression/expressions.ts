/** Types an expression: names are looked up in a scope, units are checked, constants are folded. */
import { Diagnostics, type Span } from "../../diagnostics/diagnostic.js";
import type { BinaryExpression, Expression, InExpression } from "../../syntax/tree.js";
import { arithmetic, compare } from "./arithmetic.js";
import { choiceOf, hasBitsOf, integer, logic, negation, truth } from "./fold.js";
import { asValue, elementOf, memberOf } from "../source/c-values.js";
import { fail, FAILED, type Context, type Scope } from "../context.js";
import { callFunction } from "./functions.js";
import { comparisonOfGroups, isGroup, knowsGroups } from "./groups.js";
import { compileGlob, GlobError, matchesGlob } from "./glob.js";
import { limited } from "../limited.js";
import { MOST_CHOICES } from "../limits.js";
import { checkNumber, checkText } from "./number-literals.js";
import { namedMask, namedValue, setOf } from "./named-values.js";
import { didYouMean } from "../../diagnostics/suggest.js";
import type { ArithmeticOperator, ComparisonOperator, Typed } from "../typed.js";
import { BOOL, describeType, STRING } from "../../types/types.js";

/** Types an expression used as a value: kernel text is read, a bare pointer is its address. */
export function checkValue(expression: Expression, scope: Scope, context: Context): Typed {
  const typed = asValue(checkExpression(expression, scope, context), context);
  if (typed.type.kind === "c")
    return fail(
      context,
      expression.span,
      // Another kernel may have a number there.
      "kernel-no-member",
      `${describeType(typed.type).replace("a value of type ", "")} is a structure, not one value`,
      "follow one of its fields with `.`",
    );
  return typed;
}

export function checkCondition(expression: Expression, scope: Scope, context: Context): Typed {
  const typed = checkValue(expression, scope, context);
  if (typed.type.kind === "bool" || typed.type.kind === "error") return typed;
  // A number is often written where a flag test is meant.
  return fail(
    context,
    expression.span,
    "not-a-condition",
    `a condition is true or false, and this is ${describeType(typed.type)}`,
    "compare it, for example with `!= 0`",
  );
}

/** Types an expression that may be followed by `.` for member access. */
export function checkExpression(expression: Expression, scope: Scope, context: Context): Typed {
  switch (expression.kind) {
    case "number":
      return checkNumber(expression, context);
    case "string":
      return checkText(expression.value, expression.span, context)
        ? { op: "string", value: expression.value, type: STRING }
        : FAILED;
    case "boolean":
      return truth(expression.value);
    case "parenthesized":
      return checkExpression(expression.inner, scope, context);
    case "name":
      return lookUpName(expression.text, expression.span, scope, context);
    case "member": {
      const { object, name } = expression;
      if (object.kind === "name") {
        const found = scope.lookUpIn(object.text, name.text, context, name.span);
        if (found) return found;
      }
      return memberOf(checkExpression(object, scope, context), name.text, context, name.span);
    }
    case "index":
      return elementOf(
        checkExpression(expression.object, scope, context),
        checkValue(expression.index, scope, context),
        context,
        expression.span,
      );
    case "call":
      return callFunction(expression, scope, context);
    case "unary": {
      if (expression.operator === "not") return negation(checkCondition(expression.operand, scope, context));
      const operand = checkValue(expression.operand, scope, context);
      if (operand.type.kind === "error") return operand;
      if (operand.type.kind !== "number")
        return fail(
          context,
          expression.span,
          "type-mismatch",
          `\`${expression.operator}\` needs a number, and this is ${describeType(operand.type)}`,
        );
      const type = { ...operand.type, signed: true };
      if (expression.operator === "-")
        return operand.op === "integer" ? integer(-operand.value, type) : { op: "negate", operand, type };
      return operand.op === "integer"
        ? integer(~operand.value, type)
        : { op: "complement", operand, type: operand.type };
    }
    case "binary":
      return checkBinary(expression, scope, context);
    case "in":
      return checkMembership(expression, scope, context);
    case "conditional":
      return checkConditional(expression, scope, context);
    case "probe":
      return fail(
        context,
        expression.span,
        "probe-as-value",
        "a probe is a source of events, not a value",
        "write `count(…)` around it",
      );
  }
}

function lookUpName(text: string, span: Span, scope: Scope, context: Context): Typed {
  const found = scope.lookUp(text, context, span);
  if (found) return found;
  const names = scope.names();
  return fail(
    context,
    span,
    "unknown-name",
    `${scope.what} has no field \`${text}\``,
    didYouMean(text, names) ??
      (names.length > 0 && names.length <= 30 ? `it has ${names.join(", ")}` : undefined),
  );
}

const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^"]);

function checkBinary(expression: BinaryExpression, scope: Scope, context: Context): Typed {
  const { operator, left, right, span } = expression;
  if (operator === "and" || operator === "or")
    return logic(operator, [checkCondition(left, scope, context), checkCondition(right, scope, context)]);
  if (operator === "has") return checkHas(expression, scope, context);
  if (operator === "~" || operator === "!~") return checkGlob(expression, scope, context);

  const spans = [left.span, right.span] as const;
  const [a, b] = checkPair(left, right, scope, context);
  if (ARITHMETIC.has(operator)) return arithmetic(operator as ArithmeticOperator, a, b, context, span, spans);
  const named = comparisonOfGroups(operator, a, b, context, spans);
  return named ?? compare(operator as ComparisonOperator, a, b, context, span, spans);
}

/** Types both sides of an operator; a name on one side may be a member of the other side's enum or flags. */
function checkPair(
  left: Expression,
  right: Expression,
  scope: Scope,
  context: Context,
): readonly [Typed, Typed] {
  if (isFree(left, scope, context) && !isFree(right, scope, context)) {
    const b = checkValue(right, scope, context);
    return [checkAgainst(left, b, scope, context), b];
  }
  const a = checkValue(left, scope, context);
  return [a, checkAgainst(right, a, scope, context)];
}

/** Whether an expression is a bare name that is not a field, and so may be a member of an enum. */
function isFree(expression: Expression, scope: Scope, context: Context): boolean {
  return (
    expression.kind === "name" &&
    !scope.names().includes(expression.text) &&
    scope.lookUp(expression.text, context, expression.span) === undefined
  );
}

/** Types an expression that is compared with `other`, whose named values it may use. */
function checkAgainst(expression: Expression, other: Typed, scope: Scope, context: Context): Typed {
  if (!isFree(expression, scope, context) || expression.kind !== "name")
    return checkValue(expression, scope, context);
  if (other.type.kind === "error") return FAILED;
  const named = namedValue(expression.text, other.type, context);
  if (named) return named;
  if (other.type.kind === "enum" || other.type.kind === "flags") {
    const set = setOf(other.type, context);
    return fail(
      context,
      expression.span,
      "unknown-member",
      `${other.type.of} has no \`${expression.text}\` in ${context.kernel.id}`,
      didYouMean(expression.text, set?.keys() ?? []),
    );
  }
  return lookUpName(expression.text, expression.span, scope, context);
}

function checkHas(expression: BinaryExpression, scope: Scope, context: Context): Typed {
  const subject = checkValue(expression.left, scope, context);
  if (subject.type.kind === "error") return subject;
  const plain = subject.type.kind === "number" && subject.type.unit === "none";
  if (subject.type.kind !== "flags" && !plain)
    return fail(
      context,
      expression.left.span,
      "not-flags",
      `\`has\` tests flags, and this is ${describeType(subject.type)}`,
    );
  const mask = namedMask(expression.right, subject.type, scope, context);
  if (!mask) return FAILED;
  return hasBitsOf(subject, mask.value, mask.names);
}

function checkGlob(expression: BinaryExpression, scope: Scope, context: Context): Typed {
  const subject = checkValue(expression.left, scope, context);
  const pattern = checkValue(expression.right, scope, context);
  if (subject.type.kind === "error" || pattern.type.kind === "error") return FAILED;
  if (subject.type.kind !== "string" && !isGroup(subject))
    return fail(
      context,
      expression.left.span,
      "not-a-string",
      `\`~\` matches strings, and this is ${describeType(subject.type)}`,
    );
  if (pattern.op !== "string")
    return fail(
      context,
      expression.right.span,
      "not-a-pattern",
      'a pattern is a string in double quotes, such as "*.so"',
    );
  try {
    const glob = compileGlob(pattern.value);
    if (isGroup(subject) && !knowsGroups(subject, glob, context, expression.right.span)) return FAILED;
    const typed: Typed =
      subject.op === "string"
        ? truth(matchesGlob(glob, subject.value))
        : { op: "glob", subject, glob, type: BOOL, ...memoryOf(subject, context) };
    return expression.operator === "~" ? typed : negation(typed);
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    return fail(
      context,
      expression.right.span,
      "bad-pattern",
      error.message,
      error.hint ?? "a literal `[` is written `\\\\[` in a string",
    );
  }
}

/** Returns the task's own copy of `comm`, because the bytes of the tracers' builtin `comm` cannot be accessed. */
function memoryOf(subject: Typed, context: Context): { memory: Typed } | undefined {
  if ((subject.op !== "field" && subject.op !== "common") || subject.name !== "comm") return undefined;
  const struct = context.kernel.struct("task_struct");
  if (!struct) return undefined;
  const ctype = { kind: "pointer", to: struct } as const;
  const task: Typed = { op: "currentTask", ctype, type: { kind: "c", ctype } };
  const unreported = { ...context, diagnostics: new Diagnostics() };
  const memory = memberOf(task, "comm", unreported, { start: 0, end: 0 });
  return memory.op === "member" ? { memory } : undefined;
}

function checkMembership(expression: InExpression, scope: Scope, context: Context): Typed {
  const subject = checkValue(expression.subject, scope, context);
  const choices = limited(
    expression.choices,
    MOST_CHOICES,
    "values in this list",
    "compare a range of them: `x >= 1 and x <= 9`",
    context,
  );
  const tests = choices.map((choice) => {
    const spans = [expression.subject.span, choice.span] as const;
    const value = checkAgainst(choice, subject, scope, context);
    return (
      comparisonOfGroups("==", subject, value, context, spans) ??
      compare("==", subject, value, context, choice.span, spans)
    );
  });
  const any = logic("or", tests);
  return expression.negated ? negation(any) : any;
}

function checkConditional(
  expression: Expression & { kind: "conditional" },
  scope: Scope,
  context: Context,
): Typed {
  const condition = checkCondition(expression.condition, scope, context);
  const [then, otherwise] = checkPair(expression.then, expression.otherwise, scope, context);
  const broken = [condition, then, otherwise].find((e) => e.type.kind === "error");
  if (broken) return broken;
  const same =
    then.type.kind === otherwise.type.kind &&
    (then.type.kind !== "number" ||
      (otherwise.type.kind === "number" && then.type.unit === otherwise.type.unit));
  const isZero = (e: Typed): boolean =>
    e.op === "integer" && e.value === 0n && e.type.kind === "number" && e.type.unit === "none";
  // 0 takes the unit of the other branch, and can be an address.
  const other = isZero(then) ? otherwise : isZero(otherwise) ? then : undefined;
  if (!same && other?.type.kind !== "number" && other?.type.kind !== "address")
    return fail(
      context,
      expression.span,
      "type-mismatch",
      `the two branches have different types: ${describeType(then.type)} and ${describeType(otherwise.type)}`,
    );
  const signed = [then, otherwise].some((e) => e.type.kind === "number" && e.type.signed);
  const base = (other ?? then).type;
  const type = base.kind === "number" ? { ...base, signed } : base;
  return choiceOf(condition, then, otherwise, type);
}
