/** The precedence table of the operators, weakest first, shared by the parser, the printer and the EBNF. */
import type { BinaryOperator, UnaryExpression } from "./tree.js";

export type LevelName = "Or" | "And" | "Not" | "Comparison" | "Sum" | "Product" | "Unary";

export interface PrecedenceLevel {
  /** The name of its production in the EBNF. */
  readonly name: LevelName;
  readonly infix?: readonly BinaryOperator[];
  readonly prefix?: readonly UnaryExpression["operator"][];
  /** Whether operators of this level do not chain. Membership, `pid in (1, 2)`, belongs here too. */
  readonly comparison?: true;
}

export const LEVELS: readonly PrecedenceLevel[] = [
  { name: "Or", infix: ["or"] },
  { name: "And", infix: ["and"] },
  { name: "Not", prefix: ["not"] },
  { name: "Comparison", infix: ["==", "!=", "<", "<=", ">", ">=", "~", "!~", "has"], comparison: true },
  { name: "Sum", infix: ["+", "-", "|", "^"] },
  { name: "Product", infix: ["*", "/", "%", "<<", ">>", "&"] },
  { name: "Unary", prefix: ["-", "~"] },
];

function strengthOf(name: LevelName): number {
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

/** Returns the precedence of an infix operator; 0 for anything else. */
export function precedenceOf(operator: string): number {
  return STRENGTHS.get(operator) ?? 0;
}
