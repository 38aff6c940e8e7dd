/** Completes a query that is being typed. */
import { bundledKernel, DEFAULT_KERNEL, standardLibrary } from "../../index.js";
import { AGGREGATE_NAMES } from "../../aggregates/aggregates.js";
import { fieldsOfSource } from "../../repair/vocabulary.js";
import { COMMON_FIELDS } from "../../semantics/typed.js";
import { typeName } from "../../types/types.js";
import { UNIT_SPELLINGS } from "../../types/unit-spellings.js";
import { isClauseWord } from "../../syntax/clauses.js";
import type { NextWords } from "../../syntax/parser/next-words.js";
import { nextWords } from "../../syntax/parser/parser.js";
import { PROBE_TYPES } from "../../syntax/words.js";
import { sourceNames, type Candidate } from "./library-words.js";

export interface QueryCompletion {
  /** The text before the word to complete. */
  readonly before: string;
  readonly words: readonly Candidate[];
}

/** Returns candidates for the word that follows `text`; not all of them need be valid there. */
export function completeQuery(text: string): QueryCompletion {
  const word = /[A-Za-z_][\w.]*$/.exec(text)?.[0] ?? "";
  const before = text.slice(0, text.length - word.length);
  // Nothing can be completed inside a string.
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1) return { before, words: [] };
  // A word cannot start directly after another.
  if (before !== "" && !/[\s,(+*/%<>=!~;-]$/.test(before)) return { before, words: [] };
  return { before, words: candidates(nextWords(before)) };
}

function candidates({ words, keywords, names }: NextWords): readonly Candidate[] {
  const [start = "", second = ""] = words;
  const clause = words.findLast(isClauseWord);
  const found = names.flatMap((rules) => named(rules, words, clause, start === "open" ? second : start));
  const offered = keywords.filter((word) => isOffered(word, words, clause));
  const all = new Map([...found, ...offered.map((value) => ({ value }))].map((each) => [each.value, each]));
  return [...all.values()];
}

/** Removes clauses that are already present, and operators that apply only to conditions. */
function isOffered(word: string, words: readonly string[], clause: string | undefined): boolean {
  const last = words.at(-1);
  if (isClauseWord(word))
    return !words.includes(word) || (word === "by" && clause === "top" && last !== "by");
  if (word === "open") return words.length === 0;
  if (word === "as" || word === "in")
    return clause === undefined || HAVE_COLUMNS.includes(clause) || clause === "where";
  return clause === "where" || word === "header";
}

/** Returns the names that are valid in the innermost of `rules`. */
function named(
  rules: readonly string[],
  words: readonly string[],
  clause: string | undefined,
  source: string,
): readonly Candidate[] {
  switch (rules.at(-1) ?? "") {
    case "source":
      if (words.length === 0) return sourceNames();
      return sourceNames().filter(({ value }) => standardLibrary().find(value)?.definition.kind === "span");
    case "unit":
      return clause === "where" ? [] : plain(UNIT_SPELLINGS);
    case "via":
      return plain(PROBE_TYPES.filter((type) => type.length > 3));
    case "call":
      return words.includes("show") ? [] : plain(AGGREGATE_NAMES);
    case "primary":
      return values(rules, words, source);
    default:
      return [];
  }
}

/** Returns the names that are valid as a value within the given rules. */
function values(rules: readonly string[], words: readonly string[], source: string): readonly Candidate[] {
  if (rules.includes("every") || rules.includes("for")) return [];
  if (rules.includes("top")) return words.at(-1) === "by" ? plain(AGGREGATE_NAMES) : [];
  const isAggregate = rules.includes("aggregates") && !rules.includes("values");
  if (isAggregate) return plain(AGGREGATE_NAMES);
  // The columns of a table over several sources are aggregates of sources.
  if (rules.includes("table")) return rules.includes("values") ? sourceNames() : plain(AGGREGATE_NAMES);
  return fields(source);
}

/** Clauses whose values may have a unit and a label. */
const HAVE_COLUMNS: readonly string[] = ["show", "by"];

const plain = (words: readonly string[]): readonly Candidate[] => words.map((value) => ({ value }));

/** Returns the fields of a library source and the common fields. */
export function fields(source: string): readonly Candidate[] {
  return [...ownFields(source), ...plain(COMMON_FIELDS)];
}

function ownFields(name: string): readonly Candidate[] {
  // The fields follow from the definition; their types are those of a typical kernel.
  const fields = fieldsOfSource(name, standardLibrary(), bundledKernel(DEFAULT_KERNEL));
  return [...fields].map(([value, { type, doc }]) => ({
    value,
    about: doc === undefined ? typeName(type) : `${typeName(type)}: ${doc}`,
  }));
}
