/** Types an expression: names are looked up in a scope, units are checked, constants are folded. */
import type { Advice, Span } from "../../diagnostics/diagnostic.js";
import { Diagnostics } from "../../diagnostics/diagnostics.js";
import type { BinaryExpression, Expression, InExpression } from "../../syntax/tree.js";
import { isAggregateFunction } from "../../aggregates/aggregates.js";
import { checkAddressPattern } from "./addresses.js";
import { arithmetic, asNumber, compare } from "./arithmetic.js";
import { choiceOf, comparisonOf, hasBitsOf, integer, logic, negation, truth } from "./fold.js";
import { asValue, elementOf, memberOf } from "../source/c-values.js";
import { fail, FAILED, type Context, type Scope } from "../context.js";
import { callFunction } from "./functions.js";
import { isGroup } from "../source/task-fields.js";
import { comparisonOfGroups, groupPattern } from "./groups.js";
import { compileGlob, GlobError, matchesGlob, type Glob } from "./glob.js";
import { limited } from "../limited.js";
import { MOST_CHOICES } from "../limits.js";
import { checkNumber, checkText } from "./number-literals.js";
import { namedMask, namedValue, setOf, whyNoMember } from "./named-values.js";
import { checkChoiceLength, checkLengths, checkPatternLength } from "./text-lengths.js";
import { insert, offerNearest, write } from "../../diagnostics/advice.js";
import { looksLikeGlob } from "./foreign-patterns.js";
import { warnOfGlob, warnOfGlobs, warnOfRegex } from "./pattern-warnings.js";
import { nearest } from "../../diagnostics/suggest.js";
import { fieldsMeant } from "../foreign-names.js";
import type { ArithmeticOperator, ComparisonOperator, Typed } from "../typed.js";
import { BOOL, describeType, isInet, isPlain, STRING, typeName, type Type } from "../../types/types.js";

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

/** `advice`: what may be meant, where it is known better than by the type. */
export function checkCondition(
  expression: Expression,
  scope: Scope,
  context: Context,
  advice?: Advice,
): Typed {
  const typed = checkValue(expression, scope, context);
  if (typed.type.kind === "bool" || typed.type.kind === "error") return typed;
  // A number is often written where a flag test is meant.
  return fail(
    context,
    expression.span,
    "not-a-condition",
    `a condition is true or false, and this is ${describeType(typed.type)}`,
    advice ??
      insert(
        expression.span.end,
        typed.type.kind === "string" ? ' != ""' : " != 0",
        "compare it, for example with {}",
      ),
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
      const operand = asNumber(checkValue(expression.operand, scope, context));
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
        "a table counts its events: `count(…)` around it",
      );
  }
}

/** `asText`: whether a text may be meant, that lacks its quotes. */
function lookUpName(text: string, span: Span, scope: Scope, context: Context, asText = false): Typed {
  const found = scope.lookUp(text, context, span);
  if (found) return found;
  const names = scope.names();
  if (asText)
    return fail(
      context,
      span,
      "unknown-name",
      `${scope.what} has no field \`${text}\`, and a text is written in double quotes`,
      write(span, [...fieldsMeant(text, names), `"${text}"`, ...nearest(text, names)], "did you mean {}?"),
    );
  return fail(
    context,
    span,
    "unknown-name",
    `${scope.what} has no field \`${text}\``,
    offerNearest(
      text,
      names,
      span,
      isAggregateFunction(text)
        ? `\`${text}\` is an aggregate, and what is counted stands before \`by\``
        : names.length > 0 && names.length <= 30
          ? `it has ${names.join(", ")}`
          : undefined,
      fieldsMeant(text, names),
    ),
  );
}

const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^"]);

function checkBinary(expression: BinaryExpression, scope: Scope, context: Context): Typed {
  const { operator, left, right, span } = expression;
  if (operator === "and" || operator === "or")
    return logic(operator, [
      checkCondition(left, scope, context),
      checkCondition(right, scope, context, sameComparison(left, right, context)),
    ]);
  if (operator === "has") return checkHas(expression, scope, context);
  if (operator === "~" || operator === "!~") return checkGlob(expression, scope, context);

  const spans = [left.span, right.span] as const;
  const [a, b] = checkPair(left, right, scope, context);
  checkLengths(expression, [a, b], scope, context);
  if (operator === "==" || operator === "!=") warnOfGlob(expression, a, context);
  if (ARITHMETIC.has(operator)) return arithmetic(operator as ArithmeticOperator, a, b, context, span, spans);
  const named = comparisonOfGroups(operator, a, b, context, spans, true);
  return named ?? compare(operator as ComparisonOperator, a, b, context, span, spans);
}

/** Types both sides of an operator; a name on one side may be a member of the other side's enum or flags. */
function checkPair(
  left: Expression,
  right: Expression,
  scope: Scope,
  context: Context,
): readonly [Typed, Typed] {
  if ((left.kind === "string" || isFree(left, scope, context)) && !isFree(right, scope, context)) {
    const b = checkValue(right, scope, context);
    return [checkAgainst(left, b, scope, context), b];
  }
  const a = checkValue(left, scope, context);
  return [a, checkAgainst(right, a, scope, context)];
}

/** `comm == "a" or "b"`: the second is meant to be compared with the same. */
function sameComparison(left: Expression, right: Expression, { source }: Context): Advice | undefined {
  const last =
    left.kind === "binary" && (left.operator === "or" || left.operator === "and") ? left.right : left;
  if (last.kind !== "binary" || !/^(?:[=!<>]=|[<>]|!?~)$/.test(last.operator)) return undefined;
  if (right.kind !== "string" && right.kind !== "number") return undefined;
  const text = ({ span }: Expression): string => source.text.slice(span.start, span.end);
  return write(right.span, `${text(last.left)} ${last.operator} ${text(right)}`);
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
  const opposite = oppositeOfName(expression, other, scope, context);
  if (opposite) return opposite;
  // A name that is no word, such as `www-data`, is written as a text.
  const name =
    expression.kind === "string" && other.type.kind === "enum"
      ? expression.value
      : isFree(expression, scope, context) && expression.kind === "name"
        ? expression.text
        : undefined;
  if (name === undefined) return checkValue(expression, scope, context);
  if (other.type.kind === "error") return FAILED;
  // Its numbers are looked up when it is known what it is compared by, since several may have one name.
  if (isGroup(other.type)) return { op: "string", value: name, type: STRING };
  const named = namedValue(name, other.type, context);
  if (named) return named;
  if (other.type.kind === "enum" || other.type.kind === "flags")
    return unknownMember(name, other.type, context, expression.span);
  return lookUpName(name, expression.span, scope, context, other.type.kind === "string");
}

/** `-ENOENT`: the opposite of what a name stands for. */
function oppositeOfName(
  expression: Expression,
  other: Typed,
  scope: Scope,
  context: Context,
): Typed | undefined {
  if (expression.kind !== "unary" || expression.operator !== "-") return undefined;
  const { operand } = expression;
  if (operand.kind !== "name" || !isFree(operand, scope, context)) return undefined;
  const named = namedValue(operand.text, other.type, context);
  return named?.op === "integer" ? integer(-named.value, named.type) : undefined;
}

function unknownMember(
  name: string,
  type: Type & { readonly kind: "enum" | "flags" },
  context: Context,
  span: Span,
): Typed {
  const { message, hint } = whyNoMember(name, type, span, context);
  return fail(context, span, "unknown-member", message, hint);
}

function checkHas(expression: BinaryExpression, scope: Scope, context: Context): Typed {
  const named = checkValue(expression.left, scope, context);
  const subject = named.type.kind === "flags" ? named : asNumber(named);
  if (subject.type.kind === "error") return subject;
  if (subject.type.kind !== "flags" && !isPlain(subject.type))
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
  if (subject.type.kind === "enum")
    return checkNamePattern(expression, subject, pattern, subject.type, context);
  if (subject.type.kind !== "string")
    return fail(
      context,
      expression.left.span,
      "not-a-string",
      `\`~\` matches strings, and this is ${describeType(subject.type)}`,
    );
  const glob = compiledPattern(pattern, expression.right.span, context);
  if (!glob) return FAILED;
  if (isInet(subject.type) && !checkAddressPattern(glob.text, expression.right.span, context)) return FAILED;
  if (!isInet(subject.type)) warnOfRegex(expression, context);
  checkPatternLength(expression, subject, glob, scope, context);
  const typed: Typed =
    subject.op === "string"
      ? truth(matchesGlob(glob, subject.value))
      : { op: "glob", subject, glob, type: BOOL, ...memoryOf(subject, context) };
  return expression.operator === "~" ? typed : negation(typed);
}

/** Reports what is no pattern. */
function compiledPattern(pattern: Typed, span: Span, context: Context): Glob | undefined {
  if (pattern.op !== "string") {
    fail(context, span, "not-a-pattern", 'a pattern is a string in double quotes, such as "*.so"');
    return undefined;
  }
  try {
    return compileGlob(pattern.value);
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    const hint = error.hint ?? "a literal `[` is written `\\\\[` in a string";
    fail(context, span, "bad-pattern", error.message, hint);
    return undefined;
  }
}

/** A pattern for the names of numbers: those that match are known here. */
function checkNamePattern(
  expression: BinaryExpression,
  subject: Typed,
  pattern: Typed,
  type: Type & { readonly kind: "enum" },
  context: Context,
): Typed {
  const { right, operator } = expression;
  const glob = compiledPattern(pattern, right.span, context);
  if (!glob) return FAILED;
  if (isGroup(type)) {
    const test = groupPattern(subject, type.of, glob, context, {
      span: right.span,
      from: right.span.start,
      word: "",
    });
    return operator === "~" ? test : negation(test);
  }
  const members = [...(setOf(type, context) ?? [])].filter(([name]) => matchesGlob(glob, name));
  const values = limited(
    [...new Set(members.map(([, value]) => value))].map((value) => ({ value, span: right.span })),
    MOST_CHOICES,
    "names that match",
    "use a longer pattern",
    context,
  );
  if (values.length === 0) return unknownMember(glob.text, type, context, right.span);
  const any = logic(
    "or",
    values.map(({ value }) => comparisonOf("==", subject, integer(value, type))),
  );
  return operator === "~" ? any : negation(any);
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
    checkChoiceLength(expression, choice, [subject, value], scope, context);
    return (
      comparisonOfGroups("==", subject, value, context, spans) ??
      compare("==", subject, value, context, choice.span, spans)
    );
  });
  const globs = choices.filter((choice) => choice.kind === "string" && looksLikeGlob(choice.value));
  if (globs.length > 0 && subject.op !== "string") warnOfGlobs(expression, globs, context);
  const any = logic("or", tests);
  return expression.negated ? negation(any) : any;
}

function checkConditional(
  expression: Expression & { kind: "conditional" },
  scope: Scope,
  context: Context,
): Typed {
  const condition = checkCondition(expression.condition, scope, context);
  const [yes, no] = checkPair(expression.then, expression.otherwise, scope, context);
  const areOfOneSet = typeName(yes.type) === typeName(no.type);
  const [then, otherwise] = areOfOneSet ? [yes, no] : [asNumber(yes), asNumber(no)];
  const broken = [condition, then, otherwise].find((e) => e.type.kind === "error");
  if (broken) return broken;
  if (isInet(then.type) || isInet(otherwise.type))
    return fail(
      context,
      expression.span,
      "bad-address",
      "an IP address is read from one place, and this is one of two",
      "the kernel often has both kinds in 16 bytes, as `daddr_v6`; or make two events and their union",
    );
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
