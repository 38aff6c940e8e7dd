/** The words that the grammar allows after the beginning of a query, for completion. */
import type { FaultlineParser } from "../grammar/grammar.js";
import { M, Name, Operator, W } from "../grammar/tokens.js";
import { lex } from "../lexer/lexer.js";
import { INFIX_OPERATORS } from "../precedence.js";
import { Reporter } from "./reporter.js";

export interface NextWords {
  /** The words of the unfinished query, as written. */
  readonly words: readonly string[];
  /** The words of the language that may follow. */
  readonly keywords: readonly string[];
  /** The rules in which a name may follow, each with its enclosing rules, the innermost last. */
  readonly names: readonly (readonly string[])[];
}

/** The most tokens of a query to complete, since computing what may follow is slow in long ones. */
const MOST_TOKENS = 500;

export function nextWordsWith(parser: FaultlineParser, text: string): NextWords {
  const all = lex(new Reporter({ name: "query", text })).tokens.slice(0, -1);
  const begin = all.findLastIndex(({ tokenType }) => tokenType === M.Semicolon) + 1;
  const tokens = all.slice(begin);
  const words = tokens.map(({ image }) => image);
  if (tokens.length > MOST_TOKENS) return { words, keywords: [], names: [] };
  // After a value, `in` may take a list or a unit; only the unit is a word.
  if (tokens.at(-1)?.tokenType === W.In) return { words, keywords: [], names: [["unit"]] };
  const paths = parser.computeContentAssist("query", tokens);
  const keywords = paths.flatMap(({ nextTokenType: type }) => {
    if (type === Operator) return INFIX_OPERATORS.filter((operator) => /^\w/.test(operator));
    return typeof type.PATTERN === "string" && /^\w/.test(type.PATTERN) ? [type.PATTERN] : [];
  });
  const names = paths.filter(({ nextTokenType: type }) => type === Name).map(({ ruleStack }) => ruleStack);
  return { words, keywords: [...new Set(keywords)], names };
}
