/**
 * Clauses that the command line adds to a query, or puts in place of its own: `--by disk`, `--every 5s`. The result
 * is a text again, so that what is wrong with it is told where it stands in the whole query.
 */
import { AMENDABLE, amendsTables, clauseOrder, replacedBy, type AmendableClause } from "./clauses.js";
import { printClause, printExpression, printQuery } from "./print/print-expression.js";
import type { Clause, Query } from "./tree.js";

/** By clause, what follows its word: `{ by: "disk", where: "size > 4KB" }`. */
export type Amendments = Readonly<Partial<Record<AmendableClause, string>>>;

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

/** Two conditions must both hold; of the rest the new one counts. */
function amended(kind: AmendableClause, text: string, query: Query): string {
  const own = query.clauses.find((clause) => clause.kind === kind);
  if (kind === "where" && own) return `where (${printClause(own).replace(/^where /, "")}) and (${text})`;
  // What the new one does not say stays as it was.
  if (own?.kind === "every" && own.header && !/\bheader\b/.test(text))
    return `every ${text} header ${printExpression(own.header)}`;
  if (own?.kind === "top" && own.by && !/\bby\b/.test(text))
    return `top ${text} by ${printExpression(own.by)}`;
  return `${kind} ${text}`;
}
