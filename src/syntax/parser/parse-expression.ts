/** Expressions, by climbing the precedences. */
import type { Span } from "../../diagnostics/diagnostic.js";
import type { Cursor } from "./cursor.js";
import { decodeNumber, decodeProbe, decodeString } from "../lexer/literals.js";
import { COMPARISON, NOT, OR, precedenceOf, PRODUCT } from "../precedence.js";
import { quote } from "./reporter.js";
import type { BinaryOperator, Expression, InExpression, Name } from "../tree.js";

export function parseExpression(c: Cursor): Expression {
  c.enter();
  const condition = parseBinary(c, OR);
  if (!c.is("?")) {
    c.leave();
    return condition;
  }
  const mark = c.next();
  const tall = c.height;
  const then = operand(c, mark.text, mark, () => parseExpression(c));
  const taller = c.height;
  if (!c.is(":")) {
    const hint = c.text.slice(mark.end, c.previousEnd).includes(":")
      ? "write blanks around the `:`, or it is read as a probe"
      : "write `condition ? one : other`";
    c.fail("missing-colon", `this \`?\` has no \`:\``, hint, mark);
  }
  const colon = c.next();
  const otherwise = operand(c, colon.text, colon, () => parseExpression(c));
  c.grow(tall, taller, c.height);
  c.leave();
  return { kind: "conditional", span: join(condition, otherwise), condition, then, otherwise };
}

function join(left: { span: Span }, right: { span: Span }): Span {
  return { start: left.span.start, end: right.span.end };
}

/** Reads what an operator needs on its right; where nothing is, the operator is named. */
function operand(c: Cursor, operator: string, at: Span, read: () => Expression): Expression {
  if (startsOperand(c)) return read();
  const example = operator === "not" ? "not pid == 1" : `${operator} 1`;
  const message = `\`${operator}\` needs a value on its right`;
  if (c.is("end"))
    c.fail(
      "missing-operand",
      message,
      `write what it is compared or computed with, as in \`${example}\``,
      at,
    );
  c.fail("missing-operand", `${message}, and ${c.found} stands there`, `write a value, as in \`${example}\``);
}

export function startsOperand(c: Cursor): boolean {
  switch (c.token.kind) {
    case "number":
    case "string":
    case "probe":
    case "(":
    case "-":
    case "~":
      return true;
    case ".": // half a number: told where it is read
      return c.peek(1).kind === "number";
    case "word":
      return (
        (c.isName() && !c.startsDefinition()) || c.isWord("true") || c.isWord("false") || c.isWord("not")
      );
    default:
      return false;
  }
}

function parseBinary(c: Cursor, least: number): Expression {
  let left = parseUnary(c, least);
  let compared: { left: Expression; operator: string; right: Expression } | undefined;
  for (;;) {
    const operator = operatorAt(c);
    const power = precedenceOf(operator);
    if (power === 0 || power < least) return left;
    if (power === COMPARISON) {
      if (compared !== undefined) reportChain(c, compared, operator);
      if (operator === "in") {
        left = parseMembership(c, left);
        continue;
      }
    }
    const mark = c.next();
    const tall = c.height;
    const right = operand(c, operator, mark, () => parseBinary(c, power + 1));
    if (power === COMPARISON) compared = { left, operator, right };
    c.grow(tall, c.height);
    left = { kind: "binary", span: join(left, right), operator: operator as BinaryOperator, left, right };
  }
}

/** The infix operator that comes next, `in` for both memberships, or nothing. */
function operatorAt(c: Cursor): string {
  const { kind, text } = c.token;
  if (kind === "=") {
    c.error("wrong-operator", c.token, "`=` does not compare", "write `==`");
    return "==";
  }
  if (kind === "word") {
    if (text === "in") return c.peek(1).kind === "(" ? "in" : "";
    if (text === "not") {
      if (c.isWord("in", 1)) return "in";
      const hint = c.isWord("has", 1)
        ? "write `not` before the whole: `not flags has X`"
        : "write `and not`, or `!=`";
      c.fail("misplaced-not", "`not` stands between two values", hint);
    }
    return text === "or" || text === "and" || text === "has" ? text : "";
  }
  return kind === "string" || kind === "number" ? "" : kind;
}

/** `1 < size < 9`: what is meant is put in the hint. */
function reportChain(
  c: Cursor,
  compared: { left: Expression; operator: string; right: Expression },
  operator: string,
): void {
  const left = shorten(c.textOf(compared.left.span));
  const middle = shorten(c.textOf(compared.right.span));
  c.error(
    "chained-comparison",
    c.token,
    "a comparison cannot be compared again",
    `write \`${left} ${compared.operator} ${middle} and ${middle} ${operator} …\``,
  );
}

function shorten(text: string): string {
  return quote(text).slice(1, -1);
}

function parseMembership(c: Cursor, subject: Expression): InExpression {
  const tall = c.height;
  const negated = c.acceptWord("not");
  const word = c.next();
  if (!c.is("(")) {
    c.fail("missing-list", "`not in` needs a list", "write the values in parentheses: `not in (1, 2)`", word);
  }
  const open = c.next();
  const choices: Expression[] = [];
  let tallest = 0;
  do {
    if (c.is(")")) break;
    choices.push(operand(c, choices.length === 0 ? "(" : ",", open, () => parseExpression(c)));
    tallest = Math.max(tallest, c.height);
  } while (c.accept(","));
  close(c, ")", open);
  if (choices.length === 0) {
    c.error("missing-list", c.spanFrom(open.start), "this list is empty", "write the values: `in (1, 2)`");
  }
  c.grow(tall, tallest);
  return { kind: "in", span: c.spanFrom(subject.span.start), negated, subject, choices };
}

function parseUnary(c: Cursor, least: number): Expression {
  const { token } = c;
  if (c.isWord("not")) {
    if (least > NOT) {
      c.fail(
        "misplaced-not",
        "`not` stands where a value is expected",
        "put what it negates in parentheses: `(not x)`",
      );
    }
    return prefix(c, "not", () => parseBinary(c, NOT));
  }
  if (token.kind === "-" || token.kind === "~")
    return prefix(c, token.kind, () => parseUnary(c, PRODUCT + 1));
  return parsePostfix(c);
}

function prefix(c: Cursor, operator: "not" | "-" | "~", read: () => Expression): Expression {
  c.enter();
  const mark = c.next();
  const inner = operand(c, operator, mark, read);
  c.grow(c.height);
  c.leave();
  return { kind: "unary", span: { start: mark.start, end: inner.span.end }, operator, operand: inner };
}

function parsePostfix(c: Cursor): Expression {
  let object = parsePrimary(c);
  if (object.kind === "number") {
    if (c.is(".")) c.fail("bad-number", "a number has no fields", "write one `.` at most");
    return object;
  }
  for (;;) {
    if (c.is(".")) {
      const dot = c.next();
      if (!c.is("word")) {
        c.fail("missing-name", "a `.` needs the name of a field behind it", "as in `args.order`", dot);
      }
      const name = c.takeName();
      object = { kind: "member", span: join(object, name), object, name };
      c.grow(c.height);
    } else if (c.is("[")) {
      const open = c.next();
      const tall = c.height;
      const index = operand(c, "[", open, () => parseExpression(c));
      close(c, "]", open);
      object = { kind: "index", span: c.spanFrom(object.span.start), object, index };
      c.grow(tall, c.height);
    } else if (c.is("(")) {
      c.fail(
        "not-callable",
        "only a function can be called, by its bare name",
        "as in `count()` or `sum(size)`",
      );
    } else {
      return object;
    }
  }
}

function parsePrimary(c: Cursor): Expression {
  const { token } = c;
  c.height = 1;
  switch (token.kind) {
    case "number":
      return parseNumber(c);
    case "string":
      return decodeString(c.next(), c.reporter);
    case "probe": {
      const probe = decodeProbe(c.next(), c.reporter);
      return { kind: "probe", span: probe.span, probe };
    }
    case "(": {
      const open = c.next();
      const inner = operand(c, "(", open, () => parseExpression(c));
      close(c, ")", open);
      c.grow(c.height);
      return { kind: "parenthesized", span: c.spanFrom(open.start), inner };
    }
    case "word":
      return parseWord(c);
    case ".":
      if (c.peek(1).kind === "number") {
        c.fail("bad-number", "a number does not start with a `.`", `write \`0.${c.peek(1).text}\``);
      }
  }
  return c.expected("a value", 'a value is a field, a number such as `4KB`, or a string such as `"sh"`');
}

/** The units, and how else they are written out. */
const APART: Readonly<Record<string, string>> = {
  ns: "ns", us: "us", µs: "us", ms: "ms", s: "s", m: "m", h: "h", B: "B", KB: "KB", MB: "MB", GB: "GB", TB: "TB",
  KiB: "KiB", MiB: "MiB", GiB: "GiB", TiB: "TiB", pages: "pages", page: "pages", usec: "us", msec: "ms", sec: "s",
  second: "s", seconds: "s", min: "m", minute: "m", minutes: "m", hour: "h", hours: "h", bytes: "B", kb: "KB", mb: "MB", gb: "GB",
}; // prettier-ignore

function parseNumber(c: Cursor): Expression {
  const number = decodeNumber(c.next(), c.reporter);
  const { token } = c;
  // The next field may be called `s`, the next aggregate `h`: a colon or a parenthesis follows.
  if (number.unit !== undefined || token.kind !== "word" || ":(".includes(c.peek(1).kind)) return number;
  const unit = Object.hasOwn(APART, token.text) ? APART[token.text] : undefined;
  if (unit === undefined) return number;
  const span = { start: number.span.start, end: token.end };
  c.error("detached-unit", span, "a unit touches its number", `write \`${number.text}${unit}\``);
  c.next();
  return { ...number, span, text: number.text + unit, unit };
}

function parseWord(c: Cursor): Expression {
  const { token } = c;
  if (token.text === "true" || token.text === "false") {
    c.next();
    return { kind: "boolean", span: { start: token.start, end: token.end }, value: token.text === "true" };
  }
  if (!c.isName()) {
    c.fail(
      "unexpected-token",
      `\`${token.text}\` stands where a value is expected`,
      "write the value before it",
    );
  }
  if ((token.text === "begin" || token.text === "end") && c.peek(1).kind !== ".") {
    c.fail(
      "bare-side",
      `\`${token.text}\` is a side of a span, not a value`,
      `write one of its fields: \`${token.text}.time\``,
    );
  }
  const name = c.takeName();
  return c.is("(") ? parseCall(c, name) : name;
}

function parseCall(c: Cursor, callee: Name): Expression {
  const open = c.next();
  const args: Expression[] = [];
  let tallest = 0;
  if (!c.is(")")) {
    do {
      args.push(operand(c, args.length === 0 ? "(" : ",", open, () => parseExpression(c)));
      tallest = Math.max(tallest, c.height);
    } while (c.accept(","));
  }
  close(c, ")", open);
  c.grow(tallest);
  return { kind: "call", span: c.spanFrom(callee.span.start), callee, args };
}

/** The bracket that closes `open`; without it the opening one is underlined at the end of the text. */
export function close(c: Cursor, kind: ")" | "]", open: Span): void {
  if (c.accept(kind)) return;
  const opening = c.textOf(open);
  if (c.is("end")) c.fail("unclosed", `this \`${opening}\` is not closed`, `write \`${kind}\``, open);
  c.fail(
    "unclosed",
    `${c.found} stands where \`${kind}\` is expected`,
    `close the \`${opening}\` before it, or write \`,\``,
  );
}
