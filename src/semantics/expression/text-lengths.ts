/**
 * Refuses comparisons of a text of limited length with a longer one, which never match: the kernel keeps 15 bytes of a
 * thread's name. The hint has what it keeps of the longer one.
 */
import type { Span } from "../../diagnostics/diagnostic.js";
import { greatest } from "../../lists.js";
import { printExpression } from "../../syntax/print/print-expression.js";
import type { BinaryExpression, Expression, InExpression } from "../../syntax/tree.js";
import { fail, type Context, type Scope } from "../context.js";
import { byteLength, textLimits } from "../source/text-limits.js";
import { quoteText } from "../../types/text.js";
import type { Typed } from "../typed.js";
import { escaped, leastBytes, shortened, type Glob } from "./glob.js";

/** The greatest number of bytes that a text can have; undefined if it is not known, or the text is a literal. */
function mostBytes(text: Typed, scope: Scope, context: Context): number | undefined {
  if (text.type.kind !== "string" || text.op === "string") return undefined;
  const limits = textLimits(text, (name, side) => scope.textLimits?.(name, side, context) ?? [undefined]);
  const known = limits.filter((limit) => limit !== undefined);
  return limits.length === 0 || known.length < limits.length ? undefined : greatest(known);
}

/** The beginning of a text, in whole characters. */
function beginning(text: string, most: number): string {
  let kept = "";
  for (const character of text) {
    if (byteLength(kept + character) > most) break;
    kept += character;
  }
  return kept;
}

/** What is left of a name in the kernel, as the right side of a condition; in `in` it stands for itself. */
interface Kept {
  readonly test: "==" | "~";
  readonly literal: string;
}

function keptOf(text: string, most: number): Kept {
  const kept = beginning(text, most);
  // A character that the kernel cuts in the middle can only be left out.
  return byteLength(kept) === most
    ? { test: "==", literal: quoteText(kept) }
    : { test: "~", literal: quoteText(`${escaped(kept)}*`) };
}

/** Both sides of `==` or `!=`. */
export function checkLengths(
  { left, right, operator }: BinaryExpression,
  [a, b]: readonly [Typed, Typed],
  scope: Scope,
  context: Context,
): void {
  if (operator !== "==" && operator !== "!=") return;
  const [subject, text, literal] = b.op === "string" ? [left, a, b] : [right, b, a];
  if (literal.op !== "string") return;
  const most = mostBytes(text, scope, context);
  if (most === undefined || byteLength(literal.value) <= most) return;
  const { test, literal: kept } = keptOf(literal.value, most);
  const word = test === "==" ? operator : operator === "==" ? "~" : "!~";
  refuse(
    subject,
    literal.value,
    most,
    `${printed(subject)} ${word} ${kept}`,
    literalSpan(left, right, b),
    context,
  );
}

function literalSpan(left: Expression, right: Expression, b: Typed): Span {
  return b.op === "string" ? right.span : left.span;
}

/** A value of the list of `in`. */
export function checkChoiceLength(
  expression: InExpression,
  choice: Expression,
  [subject, literal]: readonly [Typed, Typed],
  scope: Scope,
  context: Context,
): void {
  if (literal.op !== "string") return;
  const most = mostBytes(subject, scope, context);
  if (most === undefined || byteLength(literal.value) <= most) return;
  const { test, literal: kept } = keptOf(literal.value, most);
  const word = test === "~" ? (expression.negated ? "!~" : "~") : expression.negated ? "not in" : "in";
  const right = test === "~" ? kept : `(${kept})`;
  refuse(
    expression.subject,
    literal.value,
    most,
    `${printed(expression.subject)} ${word} ${right}`,
    choice.span,
    context,
  );
}

/** The pattern of `~` or `!~`. */
export function checkPatternLength(
  { left, right, operator }: BinaryExpression,
  subject: Typed,
  glob: Glob,
  scope: Scope,
  context: Context,
): void {
  const most = mostBytes(subject, scope, context);
  const least = leastBytes(glob);
  if (most === undefined || least <= most) return;
  const condition = `${printed(left)} ${operator} ${quoteText(shortened(glob, most))}`;
  fail(
    context,
    right.span,
    "never-matches",
    `\`${printed(left)}\` has ${most} bytes at most, and this pattern needs ${least}: it never matches`,
    hint(condition, most),
  );
}

function refuse(
  subject: Expression,
  literal: string,
  most: number,
  condition: string,
  span: Span,
  context: Context,
): void {
  fail(
    context,
    span,
    "never-matches",
    `\`${printed(subject)}\` has ${most} bytes at most, and this text has ${byteLength(literal)}: they are never the same`,
    hint(condition, most),
  );
}

function hint(condition: string, most: number): string {
  return `of a longer name the kernel keeps the first ${most} bytes: write \`${condition}\``;
}

/** What is compared, as an operand. */
function printed(subject: Expression): string {
  const text = printExpression(subject);
  return subject.kind === "conditional" || subject.kind === "binary" ? `(${text})` : text;
}
