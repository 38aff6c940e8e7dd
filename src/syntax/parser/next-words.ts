/** What the grammar lets stand next, behind the beginning of a query: for completion. */
import type { FaultlineParser } from "../grammar/grammar.js";
import { M, Name, Operator, W } from "../grammar/tokens.js";
import { lex } from "../lexer/lexer.js";
import { INFIX_OPERATORS } from "../precedence.js";
import { Reporter } from "./reporter.js";

export interface NextWords {
  /** The words of the query that is being written, as they stand. */
  readonly words: readonly string[];
  /** The words of the language that may come. */
  readonly keywords: readonly string[];
  /** The rules in which a name may come, each with those around it, the innermost last. */
  readonly names: readonly (readonly string[])[];
}

/** Nobody types longer ones, and looking for what may come is slow in them. */
const MOST_TOKENS = 500;

export function nextWordsWith(parser: FaultlineParser, text: string): NextWords {
  const all = lex(new Reporter({ name: "query", text })).tokens.slice(0, -1);
  const begin = all.findLastIndex(({ tokenType }) => tokenType === M.Semicolon) + 1;
  const tokens = all.slice(begin);
  const words = tokens.map(({ image }) => image);
  if (tokens.length > MOST_TOKENS) return { words, keywords: [], names: [] };
  // Behind a value a list or a unit may follow `in`; only the unit is a word.
  if (tokens.at(-1)?.tokenType === W.In) return { words, keywords: [], names: [["unit"]] };
  const paths = parser.computeContentAssist("query", tokens);
  const keywords = paths.flatMap(({ nextTokenType: type }) => {
    if (type === Operator) return INFIX_OPERATORS.filter((operator) => /^\w/.test(operator));
    return typeof type.PATTERN === "string" && /^\w/.test(type.PATTERN) ? [type.PATTERN] : [];
  });
  const names = paths.filter(({ nextTokenType: type }) => type === Name).map(({ ruleStack }) => ruleStack);
  return { words, keywords: [...new Set(keywords)], names };
}
