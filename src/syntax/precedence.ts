/** How strongly the operators bind, weakest first: the parser, the printer and the written grammar share this table. */
import type { BinaryOperator, UnaryExpression } from "./tree.js";

interface Level {
  /** Its production in the EBNF. */
  readonly name: string;
  readonly infix?: readonly BinaryOperator[];
  readonly prefix?: readonly UnaryExpression["operator"][];
  /** The results cannot be operands of the same level, and lists of choices belong here: `pid in (1, 2)`. */
  readonly comparison?: true;
}

export const LEVELS: readonly Level[] = [
  { name: "Or", infix: ["or"] },
  { name: "And", infix: ["and"] },
  { name: "Not", prefix: ["not"] },
  { name: "Comparison", infix: ["==", "!=", "<", "<=", ">", ">=", "~", "!~", "has"], comparison: true },
  { name: "Sum", infix: ["+", "-", "|", "^"] },
  { name: "Product", infix: ["*", "/", "%", "<<", ">>", "&"] },
  { name: "Unary", prefix: ["-", "~"] },
];

function strengthOf(name: string): number {
  return LEVELS.findIndex((level) => level.name === name) + 1;
}

export const WEAKEST = 1;
export const NOT = strengthOf("Not");
export const COMPARISON = strengthOf("Comparison");
export const UNARY = strengthOf("Unary");

export const INFIX_OPERATORS: readonly BinaryOperator[] = LEVELS.flatMap((level) => level.infix ?? []);

const STRENGTHS = new Map<string, number>(
  LEVELS.flatMap(({ infix = [] }, i) => infix.map((operator): [string, number] => [operator, i + 1])),
);
STRENGTHS.set("in", COMPARISON);

/** How strongly an infix operator binds; 0 for what is none. */
export function precedenceOf(operator: string): number {
  return STRENGTHS.get(operator) ?? 0;
}
