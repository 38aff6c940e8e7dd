/**
 * Adds clauses of the command line to a query, or replaces its own with them: `--by disk`, `--every 5s`. The result is
 * text, which is parsed again, so that errors are reported at their position in the whole query.
 */
import { AMENDABLE, amendsTables, clauseOrder, replacedBy, type AmendableClause } from "./clauses.js";
import { printClause, printExpression, printQuery } from "./print/print-expression.js";
import type { Clause, Query } from "./tree.js";
import { literalOf } from "./typed-text.js";

/** The text after the word of each clause: `{ by: "disk", where: "size > 4KB" }`. */
export type Amendments = Readonly<Partial<Record<AmendableClause, string>>> & {
  /** A pattern for the names of processes. */
  readonly comm?: string;
};

/** With the pattern for names as a condition on this field. */
export function withNameTest(amendments: Amendments, field: string): Amendments {
  const { comm, where, ...rest } = amendments;
  if (comm === undefined) return amendments;
  const test = `${field} ~ ${literalOf(comm)}`;
  return { ...rest, where: where === undefined ? test : `(${where}) and ${test}` };
}

export function amendQuery(query: Query, amendments: Amendments): string {
  const taken = AMENDABLE.filter(
    (kind) => amendments[kind] !== undefined && (query.source !== undefined || amendsTables(kind)),
  );
  const replaced = new Set(taken.flatMap(replacedBy));
  const texts = new Map<Clause["kind"], string>();
  for (const clause of query.clauses)
    if (!replaced.has(clause.kind)) texts.set(clause.kind, printClause(clause));
  for (const kind of taken) texts.set(kind, amended(kind, amendments[kind] ?? "", query));
  const rank = clauseOrder(query);
  const clauses = [...texts].sort(([a], [b]) => rank(a) - rank(b)).map(([, text]) => text);
  return [printQuery({ ...query, clauses: [] }), ...clauses].join(" ").trim();
}

/** Returns the amended clause: two conditions must both hold; any other clause is replaced. */
function amended(kind: AmendableClause, text: string, query: Query): string {
  const own = query.clauses.find((clause) => clause.kind === kind);
  if (kind === "where" && own) return `where (${printClause(own).replace(/^where /, "")}) and (${text})`;
  // Options that the new clause does not mention are kept.
  if (own?.kind === "every" && own.header && !/\bheader\b/.test(text))
    return `every ${text} header ${printExpression(own.header)}`;
  if (own?.kind === "top" && own.by && !/\bby\b/.test(text))
    return `top ${text} by ${printExpression(own.by)}`;
  return `${kind} ${text}`;
}
