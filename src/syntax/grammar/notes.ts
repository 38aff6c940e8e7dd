/** Facts about rules that the rules cannot express, for the EBNF and the diagrams. */

/** The rules that documentation may precede. */
export const DOCUMENTED: readonly string[] = [
  "event",
  "span",
  "tool",
  "set",
  "setMember",
  "field",
  "parameter",
  "query",
];

/** The rules that are a loop over parts, each of which may occur at most once. */
export const IN_ANY_ORDER: readonly string[] = ["clauses", "table", "traits", "columnEnd"];

/** The sections of the EBNF in order, by the rule that each begins with. */
export const SECTIONS: Readonly<Record<string, string>> = {
  file: "files",
  event: "definitions",
  query: "queries",
  columns: "columns",
  expression: "expressions, from weak to strong",
};

export const REMARKS: Readonly<Record<string, string>> = {
  file: "Behind a query stands a `;` before whatever follows.",
  table: "A query without a source: its columns name the sources they are about. One clause at least.",
  clauses: "A `by` right behind `top` belongs to `top`.",
  firstColumn: "It starts with a call, or it would be taken for another thing; comparisons may follow, too.",
  primary: "`begin` and `end` are sides of a span: a field follows them.",
};
