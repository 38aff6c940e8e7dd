/** Substitutes expressions and sources for names. */
import type { Clause, Column, Expression, Name, NamedSource, ProbeSource, Query } from "./tree.js";

export interface Substitutes {
  /** Returns the replacement of a name in an expression; undefined keeps the name. */
  expression(name: Name): Expression | undefined;
  /** Returns the replacement of the name of a source. */
  source(name: Name): NamedSource | ProbeSource | undefined;
}

/** Returns the query with each name replaced, except names of fields, functions, columns and units. */
export function substituteInQuery(query: Query, substitutes: Substitutes): Query {
  const { source } = query;
  const replaced = (source?.kind === "namedSource" ? substitutes.source(source.name) : undefined) ?? source;
  return {
    ...query,
    ...(replaced === undefined ? {} : { source: replaced }),
    clauses: query.clauses.map((clause) => inClause(clause, substitutes)),
  };
}

function inClause(clause: Clause, substitutes: Substitutes): Clause {
  const go = (expression: Expression): Expression => substitute(expression, substitutes);
  const columns = (list: readonly Column[]): Column[] =>
    list.map((column) => ({ ...column, expression: go(column.expression) }));
  switch (clause.kind) {
    case "aggregates":
    case "show":
      return { ...clause, columns: columns(clause.columns) };
    case "by":
      return { ...clause, keys: columns(clause.keys) };
    case "where":
      return { ...clause, condition: go(clause.condition) };
    case "every":
      return {
        ...clause,
        interval: go(clause.interval),
        ...(clause.header === undefined ? {} : { header: go(clause.header) }),
      };
    case "top":
      return {
        ...clause,
        count: go(clause.count),
        ...(clause.by === undefined ? {} : { by: go(clause.by) }),
      };
    case "for":
      return { ...clause, duration: go(clause.duration) };
    case "via":
      return clause;
  }
}

export function substitute(expression: Expression, substitutes: Substitutes): Expression {
  const go = (part: Expression): Expression => substitute(part, substitutes);
  switch (expression.kind) {
    case "name":
      return substitutes.expression(expression) ?? expression;
    case "number":
    case "string":
    case "boolean":
    case "probe":
      return expression;
    case "member":
      return { ...expression, object: go(expression.object) };
    case "index":
      return { ...expression, object: go(expression.object), index: go(expression.index) };
    case "call":
      return { ...expression, args: expression.args.map(go) };
    case "binary":
      return { ...expression, left: go(expression.left), right: go(expression.right) };
    case "unary":
      return { ...expression, operand: go(expression.operand) };
    case "in":
      return { ...expression, subject: go(expression.subject), choices: expression.choices.map(go) };
    case "conditional":
      return {
        ...expression,
        condition: go(expression.condition),
        then: go(expression.then),
        otherwise: go(expression.otherwise),
      };
    case "parenthesized":
      return { ...expression, inner: go(expression.inner) };
  }
}
