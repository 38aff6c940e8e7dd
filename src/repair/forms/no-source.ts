/** A query that does not say which events it is about. */
import { isAggregateFunction } from "../../aggregates/aggregates.js";
import { aggregatesMeant } from "../../semantics/foreign-names.js";
import { CLAUSE_WORDS } from "../../syntax/clauses.js";
import type { ForeignForm } from "./form.js";

/** What an example is about, by what is asked of it. */
const EXAMPLES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:latency|duration|longer|slow)\b/i, "direct_reclaim"],
  [/\bage\b/i, "open allocation"],
  [/\b(?:size|bytes|sum|avg|total|average|hist|stats|p\d\d|max|min)\b/i, "malloc"],
  [/./s, "faults"],
];

export const NO_SOURCE: ForeignForm = {
  says: "which events this is about is not said: a query starts with its source",
  hint: "for example {}; `faultline list` shows the sources",
  recognise: (text, { isSource }) => {
    const words = text.match(/[A-Za-z_]\w*/g) ?? [];
    const [first = ""] = words;
    const isClause = (CLAUSE_WORDS as readonly string[]).includes(first) || FOREIGN.has(first.toLowerCase());
    if (!isClause && !isAggregateFunction(first) && aggregatesMeant(first).length === 0) return undefined;
    // `every 1s show …` is a table over several sources.
    if (first === "every" || words.some(isSource)) return undefined;
    const source = EXAMPLES.find(([pattern]) => pattern.test(text))?.[1] ?? "";
    return `${source} ${text.trim()}`;
  },
};

const FOREIGN: ReadonlySet<string> = new Set([
  "group",
  "order",
  "filter",
  "having",
  "limit",
  "per",
  "sort",
  "last",
  "since",
]);
