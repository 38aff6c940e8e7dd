/**
 * Prints expressions and queries as one line of canonical text that is safe in a comment of a script: it has no line
 * ends, control characters or invisible characters, whatever its strings contain.
 */
import { COMPARISON, NOT, precedenceOf, UNARY } from "../precedence.js";
import { clausesInOrder } from "../clauses.js";
import type {
  Clause,
  Column,
  Expression,
  NamedSource,
  ProbePart,
  ProbeSource,
  ProbeSpec,
  Query,
  StringLiteral,
  TypeName,
} from "../tree.js";
import { escapeText, quoteText } from "../../types/text.js";
import { BARE_PART } from "../grammar/characters.js";

const CONDITIONAL = 0;
const POSTFIX = UNARY + 1;

const BARE = new RegExp(`^${BARE_PART}$`);

/** Returns the precedence of an expression: one that binds less than its context requires needs parentheses. */
function strength(expression: Expression): number {
  switch (expression.kind) {
    case "conditional":
      return CONDITIONAL;
    case "binary":
      return precedenceOf(expression.operator);
    case "in":
      return COMPARISON;
    case "unary":
      return expression.operator === "not" ? NOT : UNARY;
    case "number":
    case "probe": // a probe would swallow what follows it: `kprobe:f` and `.a`
      return UNARY;
    case "boolean":
    case "call":
    case "index":
    case "member":
    case "name":
    case "parenthesized":
    case "string":
      return POSTFIX;
  }
}

function within(expression: Expression, least: number): string {
  const text = printExpression(expression);
  return strength(expression) < least ? `(${text})` : text;
}

/** Prints on one line, with all necessary parentheses, even if the tree was not parsed. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case "name":
      return expression.text;
    case "number":
      return expression.text;
    case "string":
      return printString(expression);
    case "boolean":
      return String(expression.value);
    case "probe":
      return printProbe(expression.probe);
    case "parenthesized":
      return `(${printExpression(expression.inner)})`;
    case "member":
      return `${within(expression.object, POSTFIX)}.${expression.name.text}`;
    case "index":
      return `${within(expression.object, POSTFIX)}[${within(expression.index, endsInProbe(expression.index) ? POSTFIX + 1 : 0)}]`;
    case "call":
      return `${expression.callee.text}(${printAll(expression.args)})`;
    case "unary":
      return printUnary(expression.operator, expression.operand);
    case "binary": {
      const power = precedenceOf(expression.operator);
      const left = within(expression.left, power === COMPARISON ? power + 1 : power);
      return `${left} ${expression.operator} ${within(expression.right, power + 1)}`;
    }
    case "in": {
      const operator = expression.negated ? "not in" : "in";
      return `${within(expression.subject, COMPARISON + 1)} ${operator} (${printAll(expression.choices)})`;
    }
    case "conditional": {
      const { condition, then, otherwise } = expression;
      return `${within(condition, CONDITIONAL + 1)} ? ${printExpression(then)} : ${printExpression(otherwise)}`;
    }
  }
}

/** Whether the text ends in a probe, so that a `]` after it would be read as part of the probe. */
function endsInProbe(expression: Expression): boolean {
  switch (expression.kind) {
    case "probe":
      return true;
    case "binary":
      return endsInProbe(expression.right);
    case "unary":
      return endsInProbe(expression.operand);
    case "conditional":
      return endsInProbe(expression.otherwise);
    case "boolean":
    case "call":
    case "in":
    case "index":
    case "member":
    case "name":
    case "number":
    case "parenthesized":
    case "string":
      return false;
  }
}

function printUnary(operator: "not" | "-" | "~", operand: Expression): string {
  if (operator === "not") return `not ${within(operand, NOT)}`;
  const least = operand.kind === "number" ? 0 : UNARY;
  return operator + within(operand, least);
}

function printAll(expressions: readonly Expression[]): string {
  return expressions.map(printExpression).join(", ");
}

/** Prints a string as written if that is one plain line, otherwise from its value. */
export function printString(literal: StringLiteral): string {
  return isPlain(literal.text) && literal.text.length >= 2 ? literal.text : quoteText(literal.value);
}

function isPlain(text: string): boolean {
  return escapeText(text) === text;
}

// ---------------------------------------------------------------- probes and types

export function printProbe(probe: Pick<ProbeSpec, "type" | "parts">): string {
  return [probe.type.text, ...probe.parts.map(printPart)].join(":");
}

function printPart(part: ProbePart): string {
  return part.quoted || !isBarePart(part.value) ? quoteText(part.value) : part.value;
}

/** Whether the value can be a probe part without quotes. */
function isBarePart(value: string): boolean {
  if (value.includes("//")) return false;
  if (!/^\.{0,2}\//.test(value)) return BARE.test(value);
  if (!isPlain(value)) return false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code <= 32 || '"(),:;{}'.includes(value.charAt(i))) return false;
  }
  return true;
}

export function printType(type: TypeName): string {
  return type.of === undefined ? type.word.text : `${type.word.text} ${type.of.text}`;
}

export function printSource(source: ProbeSource | NamedSource): string {
  if (source.kind === "namedSource") return source.name.text;
  const parameters = source.parameters.map(({ name, type }) =>
    type === undefined ? name.text : `${name.text}: ${printType(type)}`,
  );
  const probe = printProbe(source.probe);
  return parameters.length === 0 ? probe : `${probe}(${parameters.join(", ")})`;
}

// ---------------------------------------------------------------- queries

export function printColumn({ expression, unit, alias }: Column): string {
  const inUnit = unit === undefined ? "" : ` in ${unit.text}`;
  const as = alias === undefined ? "" : ` as ${alias.kind === "name" ? alias.text : printString(alias)}`;
  return printExpression(expression) + inUnit + as;
}

function printColumns(columns: readonly Column[]): string {
  return columns.map(printColumn).join(", ");
}

export function printClause(clause: Clause): string {
  switch (clause.kind) {
    case "aggregates":
      return printColumns(clause.columns);
    case "show":
      return `show ${printColumns(clause.columns)}`;
    case "by":
      return `by ${printColumns(clause.keys)}`;
    case "where":
      return `where ${printExpression(clause.condition)}`;
    case "every": {
      const header = clause.header === undefined ? "" : ` header ${printExpression(clause.header)}`;
      return `every ${printExpression(clause.interval)}${header}`;
    }
    case "top":
      return `top ${printExpression(clause.count)}${clause.by === undefined ? "" : ` by ${printExpression(clause.by)}`}`;
    case "for":
      return `for ${printExpression(clause.duration)}`;
    case "via":
      return `via ${printProbe(clause.provider)}`;
  }
}

/** Prints a whole query on one line, without its documentation. */
export function printQuery(query: Query): string {
  const parts = query.source === undefined ? [] : [printSource(query.source)];
  if (query.open) parts.unshift("open");
  for (const clause of clausesInOrder(query)) parts.push(printClause(clause));
  return parts.join(" ");
}
