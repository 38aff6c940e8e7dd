/**
 * Adds clauses of the command line to a query, or replaces its own with them: `--by disk`, `--every 5s`. The result is
 * text, which is parsed again, so that errors are reported at their position in the whole query.
 */
import { AMENDABLE, amendsTables, clauseOrder, replacedBy, type AmendableClause } from "./clauses.js";
import { printClause, printExpression, printQuery } from "./print/print-expression.js";
import { conditionsOf, NAME_OPTIONS, type NameTests } from "./name-tests.js";
import type { Clause, Query } from "./tree.js";

/** The text after the word of each clause: `{ by: "disk", where: "size > 4KB" }`, and names. */
export type Amendments = Readonly<Partial<Record<AmendableClause, string>>> & NameTests;

/** With the names as conditions. */
export function withNameTests({ where, ...amendments }: Amendments, nameField: string): Amendments {
  const tests = conditionsOf(amendments, nameField);
  const clauses = Object.fromEntries(
    Object.entries(amendments).filter(([name]) => !(NAME_OPTIONS as readonly string[]).includes(name)),
  );
  const all = [...(where === undefined ? [] : [tests.length === 0 ? where : `(${where})`]), ...tests];
  return { ...clauses, ...(all.length === 0 ? {} : { where: all.join(" and ") }) };
}

/** A query with the clauses of the command line, and where they are in its text. */
export interface Amended {
  readonly text: string;
  readonly pieces: readonly AmendedPiece[];
}

export interface AmendedPiece {
  readonly clause: AmendableClause;
  /** The clause in the whole text. */
  readonly start: number;
  readonly end: number;
  /** Where in the whole text that of the option starts. */
  readonly given: number;
}

export function amendQuery(query: Query, amendments: Amendments): Amended {
  const taken = AMENDABLE.filter(
    (kind) => amendments[kind] !== undefined && (query.source !== undefined || amendsTables(kind)),
  );
  const replaced = new Set(taken.flatMap(replacedBy));
  const texts = new Map<Clause["kind"], readonly [text: string, before: number | undefined]>();
  for (const clause of query.clauses)
    if (!replaced.has(clause.kind)) texts.set(clause.kind, [printClause(clause), undefined]);
  for (const kind of taken) {
    const given = amendments[kind] ?? "";
    const [before, after] = around(kind, given, query);
    texts.set(kind, [before + given + after, before.length]);
  }
  const rank = clauseOrder(query);
  const pieces: AmendedPiece[] = [];
  let text = printQuery({ ...query, clauses: [] }).trim();
  for (const [kind, [clause, before]] of [...texts].sort(([a], [b]) => rank(a) - rank(b))) {
    if (text !== "") text += " ";
    const start = text.length;
    text += clause;
    const amendable = AMENDABLE.find((each) => each === kind);
    if (before !== undefined && amendable !== undefined)
      pieces.push({ clause: amendable, start, end: text.length, given: start + before });
  }
  return { text, pieces };
}

/** Returns what stands around the text of an option: two conditions must both hold; any other clause is replaced. */
function around(kind: AmendableClause, text: string, query: Query): readonly [before: string, after: string] {
  const own = query.clauses.find((clause) => clause.kind === kind);
  if (kind === "where" && own) return [`where (${printClause(own).replace(/^where /, "")}) and (`, ")"];
  // Options that the new clause does not mention are kept.
  if (own?.kind === "every" && own.header && !/\bheader\b/.test(text))
    return ["every ", ` header ${printExpression(own.header)}`];
  if (own?.kind === "top" && own.by && !/\bby\b/.test(text))
    return ["top ", ` by ${printExpression(own.by)}`];
  return [`${kind} `, ""];
}
