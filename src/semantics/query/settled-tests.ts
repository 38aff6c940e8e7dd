/**
 * Removes the tests that are decided by a tool's parameters: `max_size == 0B or size <= max_size` is always true if
 * no maximum size was given, and the reader need not work that out.
 */
import { Diagnostics } from "../../diagnostics/diagnostics.js";
import type { BinaryExpression, Clause, Expression, Query } from "../../syntax/tree.js";
import type { Scope } from "../context.js";
import { checkCondition } from "../expression/expressions.js";
import { knownTruth } from "../expression/fold.js";
import { namesIn } from "../names.js";
import type { QueryContext } from "./query-context.js";

export function withoutSettledTests(query: Query, scope: Scope, context: QueryContext): Query {
  if (context.constants.size === 0) return query;
  const unreported = { ...context, diagnostics: new Diagnostics() };
  const settle = (expression: Expression): Expression | boolean => {
    if (!namesIn(expression).some((name) => context.constants.has(name))) return expression;
    if (expression.kind === "parenthesized") {
      const inner = settle(expression.inner);
      return inner === expression.inner ? expression : inner;
    }
    if (expression.kind === "binary" && (expression.operator === "and" || expression.operator === "or"))
      return joined(expression, settle(expression.left), settle(expression.right));
    return knownTruth(checkCondition(expression, scope, unreported)) ?? expression;
  };
  const clauses = query.clauses.flatMap((clause): readonly Clause[] => {
    if (clause.kind !== "where") return [clause];
    const condition = settle(clause.condition);
    if (condition === true) return [];
    return [condition === false ? clause : { ...clause, condition }];
  });
  return { ...query, clauses };
}

function joined(
  whole: BinaryExpression,
  left: Expression | boolean,
  right: Expression | boolean,
): Expression | boolean {
  const decisive = whole.operator === "or";
  if (left === decisive || right === decisive) return decisive;
  if (typeof left === "boolean") return right;
  if (typeof right === "boolean") return left;
  return left === whole.left && right === whole.right ? whole : { ...whole, left, right };
}
