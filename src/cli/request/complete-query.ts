/** What may come next in a query that is being typed. */
import { Diagnostics } from "../../diagnostics/diagnostic.js";
import { bundledKernel, DEFAULT_KERNEL, standardLibrary } from "../../index.js";
import { AGGREGATE_NAMES } from "../../aggregates/aggregates.js";
import { fieldsOf, Shapes } from "../../semantics/source/shapes.js";
import { COMMON_FIELDS } from "../../semantics/typed.js";
import { typeName } from "../../semantics/types/types.js";
import { UNIT_SPELLINGS } from "../../semantics/types/units.js";
import { CLAUSE_WORDS, isClauseWord } from "../../syntax/clauses.js";
import { PROBE_TYPES } from "../../syntax/words.js";
import { sourceNames, type Candidate } from "./library-words.js";

export interface QueryCompletion {
  /** What stands before the word that is completed. */
  readonly before: string;
  readonly words: readonly Candidate[];
}

/** Words of which some may stand next, behind all that `text` has before its last word. */
export function completeQuery(text: string): QueryCompletion {
  const word = /[A-Za-z_][\w.]*$/.exec(text)?.[0] ?? "";
  const before = text.slice(0, text.length - word.length);
  const tokens = before.match(/"(?:[^"\\]|\\.)*"?|[\w.:*]+|[<>=!~]+|[^\s\w]/g) ?? [];
  // Within a text nothing is known.
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1) return { before, words: [] };
  // Nor does a word begin right behind another.
  if (before !== "" && !/[\s,(+*/%<>=!~-]$/.test(before)) return { before, words: [] };
  return { before, words: next(tokens) };
}

function next(tokens: readonly string[]): readonly Candidate[] {
  const [first] = tokens;
  if (first === undefined) return sourceNames();
  if (first === "open" && tokens.length === 1)
    return sourceNames().filter(({ value }) => standardLibrary().find(value)?.definition.kind === "span");
  const source = first === "open" ? (tokens[1] ?? "") : first;
  return clause(tokens, source);
}

function clause(tokens: readonly string[], source: string): readonly Candidate[] {
  const last = tokens.at(-1) ?? "";
  const [at] = tokens.flatMap((token, i) => (isClauseWord(token) ? [i] : [])).slice(-1);
  const current = at === undefined ? undefined : tokens[at];
  if (last === "in" && current !== "where") return words(UNIT_SPELLINGS);
  switch (current) {
    case undefined:
      // `malloc sum(` and `malloc sum(size), `
      if (last === "(") return fields(source);
      if (last === ",") return words(AGGREGATE_NAMES);
      return [...words(AGGREGATE_NAMES), ...unused(tokens), ...words(last === ")" ? ["as", "in"] : [])];
    case "by":
    case "show":
      if (/^(?:[,(+*/%-]|by|show)$/.test(last)) return fields(source);
      return [...unused(tokens), ...words(["as", "in"])];
    case "where":
      if (/^(?:[(+*/%-]|where|and|or|not|[<>=!~]+)$/.test(last))
        return [...fields(source), ...words(["not"])];
      return [...words(["and", "or", "has", "in"]), ...unused(tokens)];
    case "via":
      return last === "via" ? words(PROBE_TYPES.filter((type) => type.length > 3)) : unused(tokens);
    case "top":
      if (last === "by") return words(AGGREGATE_NAMES);
      return last === "top" ? [] : unused(tokens);
    default:
      return last === current ? [] : unused(tokens);
  }
}

const words = (values: readonly string[]): readonly Candidate[] => values.map((value) => ({ value }));

/** Each clause stands at most once. */
function unused(tokens: readonly string[]): readonly Candidate[] {
  return words(CLAUSE_WORDS.filter((word) => !tokens.includes(word)));
}

/** Those of a source of the library, and those that every source has. */
export function fields(source: string): readonly Candidate[] {
  return [...ownFields(source), ...words(COMMON_FIELDS)];
}

function ownFields(name: string): readonly Candidate[] {
  const library = standardLibrary();
  const defined = library.find(name);
  if (!defined) return [];
  // Which fields there are is a matter of the definition; their types are those of a usual kernel.
  const kernel = bundledKernel(DEFAULT_KERNEL);
  const diagnostics = new Diagnostics();
  const context = { source: defined.source, kernel, diagnostics, exhaustive: true };
  const shape = new Shapes(library, kernel, diagnostics).named(name, context, defined.definition.name.span);
  if (!shape) return [];
  return [...fieldsOf(shape)].map(([value, { type, doc }]) => ({
    value,
    about: doc === undefined ? typeName(type) : `${typeName(type)}: ${doc}`,
  }));
}
