/** The kind of clause that each token starts. */
import type { TokenType } from "chevrotain";
import { CLAUSE_WORDS, type ClauseWord } from "../clauses.js";
import { W } from "../grammar/tokens.js";

const capitalized = <S extends string>(word: S): Capitalize<S> =>
  (word.charAt(0).toUpperCase() + word.slice(1)) as Capitalize<S>;

export function clauseToken(word: ClauseWord): TokenType {
  return W[capitalized(word)];
}

export const CLAUSE_TOKENS: ReadonlyMap<TokenType, ClauseWord> = new Map(
  CLAUSE_WORDS.map((word) => [clauseToken(word), word]),
);
