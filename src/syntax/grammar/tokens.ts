/**
 * The tokens of the language. Where two tokens match, the first in the order here wins; a word of the language matches
 * only if it is not part of a longer word.
 */
import { createToken, Lexer, type IToken, type TokenType } from "chevrotain";
import { INFIX_OPERATORS } from "../precedence.js";
import { FREE_WORDS, PROBE_TYPES, RESERVED_WORDS } from "../words.js";
import { BARE_PART, PATH_PART } from "./characters.js";

type Matcher = (text: string, offset: number, before: IToken[]) => RegExpExecArray | null;

/** Matches a pattern at the offset only. */
function matcher(source: string, flags = "y"): Matcher {
  const pattern = new RegExp(source, flags);
  return (text, offset) => {
    pattern.lastIndex = offset;
    return pattern.exec(text);
  };
}

const abstract = (name: string, label: string, categories: TokenType[] = []): TokenType =>
  createToken({ name, label, pattern: Lexer.NA, categories });

// ---------------------------------------------------------------- words

/** Any word, including words of the language: the name of a field after a dot. */
export const AnyWord = abstract("AnyWord", "WORD");
/** A word that can be a name. */
export const Name = abstract("Name", "NAME");
/** An operator between two values. */
export const Operator = abstract("Operator", "OPERATOR");

export const Word = createToken({ name: "Word", pattern: /[A-Za-z_]\w*/, categories: [Name, AnyWord] });

/** `µs` as a unit, with either of the two characters for µ. Nothing else contains a µ. */
export const MicroSeconds = createToken({
  name: "MicroSeconds",
  pattern: /[\u00b5\u03bc]s(?!\w)/,
  categories: [Name, AnyWord],
});

type Reserved = (typeof RESERVED_WORDS)[number];
type Free = (typeof FREE_WORDS)[number];
type WordTokens = { readonly [W in Reserved | Free as Capitalize<W>]: TokenType };

function wordTokens(): WordTokens {
  const categories = (word: string): TokenType[] => [
    AnyWord,
    ...((FREE_WORDS as readonly string[]).includes(word) ? [Name] : []),
    ...((INFIX_OPERATORS as readonly string[]).includes(word) ? [Operator] : []),
  ];
  // Longer words first: `note` before `not`.
  const words = [...RESERVED_WORDS, ...FREE_WORDS].sort((a, b) => b.length - a.length);
  return Object.fromEntries(
    words.map((word) => {
      const name = word.charAt(0).toUpperCase() + word.slice(1);
      const options = { pattern: word, label: `"${word}"`, longer_alt: Word };
      return [name, createToken({ name, ...options, categories: categories(word) })];
    }),
  ) as unknown as WordTokens;
}

/** The words of the language, by their names: `W.Show`. */
export const W = wordTokens();

// ---------------------------------------------------------------- marks

/** Longer ones first. */
const MARKS = {
  Equal: "==", NotEqual: "!=", LessEqual: "<=", GreaterEqual: ">=", NotLike: "!~", ShiftLeft: "<<", ShiftRight: ">>",
  LParen: "(", RParen: ")", LSquare: "[", RSquare: "]", LCurly: "{", RCurly: "}",
  Comma: ",", Semicolon: ";", Colon: ":", Dot: ".", Question: "?", Assign: "=",
  Less: "<", Greater: ">", Tilde: "~", Plus: "+", Minus: "-", Star: "*", Slash: "/", Percent: "%",
  Ampersand: "&", Bar: "|", Caret: "^",
} as const; // prettier-ignore

type MarkTokens = { readonly [M in keyof typeof MARKS]: TokenType };

/** The marks of the language, by their names: `M.LParen`. */
export const M = Object.fromEntries(
  Object.entries(MARKS).map(([name, mark]) => {
    const isOperator = (INFIX_OPERATORS as readonly string[]).includes(mark);
    return [
      name,
      createToken({ name, pattern: mark, label: `"${mark}"`, categories: isOperator ? [Operator] : [] }),
    ];
  }),
) as unknown as MarkTokens;

// ---------------------------------------------------------------- literals

/** Matches to the closing quote, or to the end of the line if there is none, which is reported. */
const QUOTED = '"(?:[^"\\\\\\r\\n]|\\\\[^\\r\\n]?)*"?';

export const StringToken = createToken({
  name: "String",
  label: "STRING",
  pattern: matcher(QUOTED),
  start_chars_hint: ['"'],
  line_breaks: false,
});

/** Digits, a fraction and an adjacent unit; their value is computed when the tree is built. */
export const NumberToken = createToken({
  name: "Number",
  label: "NUMBER",
  pattern: /(?:0[xX][0-9A-Fa-f_]*|[0-9][0-9_]*(?:\.[0-9][0-9_]*)?)[\u00b5\u03bc]?\w*/,
});

const probeAt = matcher(`(?:${PROBE_TYPES.join("|")})(?::(?:${QUOTED}|${PATH_PART}|${BARE_PART}))+`);

/** A probe type directly followed by a `:` and a part; but a name after a dot is a field. */
export const Probe = createToken({
  name: "Probe",
  label: "PROBE",
  pattern: (text: string, offset: number, before: IToken[]) =>
    before.at(-1)?.tokenType === M.Dot ? null : probeAt(text, offset, before),
  start_chars_hint: [...new Set(PROBE_TYPES.map((type) => type.charAt(0)))],
  line_breaks: false,
});

// ---------------------------------------------------------------- between the tokens

export const Blank = createToken({ name: "Blank", pattern: /[ \t\n\v\f\r]+/, group: Lexer.SKIPPED });

/** A byte order mark, skipped at the start of the text. */
export const ByteOrderMark = createToken({
  name: "ByteOrderMark",
  pattern: (text: string, offset: number) => (offset === 0 ? /^\ufeff/.exec(text) : null),
  start_chars_hint: ["\ufeff"],
  line_breaks: false,
  group: Lexer.SKIPPED,
});

const shebangAt = matcher("#![^\\r\\n]*");

export const Comment = createToken({
  name: "Comment",
  label: "COMMENT",
  pattern: /\/\/[^\r\n]*/,
  group: "comments",
});

export const Shebang = createToken({
  name: "Shebang",
  pattern: (text: string, offset: number, before: IToken[]) =>
    offset === 0 || (offset === 1 && text.startsWith("\ufeff")) ? shebangAt(text, offset, before) : null,
  start_chars_hint: ["#"],
  line_breaks: false,
  group: "comments",
});

// ---------------------------------------------------------------- what other languages write

/** An operator of another language, and the intended token. */
export const FOREIGN_OPERATORS: readonly (readonly [written: string, meant: string, type: TokenType])[] = [
  ["===", "==", M.Equal], ["!==", "!=", M.NotEqual], ["&&", "and", W.And], ["||", "or", W.Or], ["<>", "!=", M.NotEqual],
  ["=~", "~", M.Tilde], ["=>", ">=", M.GreaterEqual], ["=<", "<=", M.LessEqual], ["->", ".", M.Dot],
  ["≤", "<=", M.LessEqual], ["≥", ">=", M.GreaterEqual], ["≠", "!=", M.NotEqual], ["×", "*", M.Star], ["÷", "/", M.Slash],
  ["−", "-", M.Minus], ["–", "-", M.Minus], ["—", "-", M.Minus], ["!", "not", W.Not],
]; // prettier-ignore

const FOREIGN_SIGNS = FOREIGN_OPERATORS.map(([written]) => written);
const escaped = (text: string): string => text.replace(/[|!]/g, "\\$&");

export const ForeignOperator = createToken({
  name: "ForeignOperator",
  pattern: matcher(
    // A single `!` comes last, since `!=` and `!~` belong to this language.
    FOREIGN_SIGNS.map((sign) => (sign === "!" ? "!(?![=~])" : escaped(sign))).join("|"),
  ),
  start_chars_hint: [...new Set(FOREIGN_SIGNS.map((sign) => sign.charAt(0)))],
  line_breaks: false,
});

export const BlockComment = createToken({
  name: "BlockComment",
  pattern: matcher("\\/\\*(?:[^*]|\\*(?!\\/))*(?:\\*\\/)?"),
  start_chars_hint: ["/"],
  line_breaks: true,
});

/** Foreign quotes, and the closing quote of each. */
export const FOREIGN_QUOTES: readonly (readonly [open: string, close: string, name: string])[] = [
  ["“", "”", "a curly quote"], ["”", "”", "a curly quote"], ["„", "”", "a curly quote"],
  ["‘", "’", "a curly quote"], ["’", "’", "a curly quote"], ["«", "»", "an angle quote"],
  ["'", "'", "a single quote"], ["`", "`", "a backquote"],
]; // prettier-ignore

/** A text in foreign quotes if it is closed on its line, otherwise the quote alone. */
export const ForeignQuote = createToken({
  name: "ForeignQuote",
  pattern: matcher(
    FOREIGN_QUOTES.map(([open, close]) => `${open}(?:[^${open}${close}\\r\\n]*[${open}${close}])?`).join("|"),
  ),
  start_chars_hint: FOREIGN_QUOTES.map(([open]) => open),
  line_breaks: false,
});

/** All tokens, in the order in which they are tried. */
export const TOKENS: readonly TokenType[] = [
  Blank, ByteOrderMark, Probe, ...Object.values<TokenType>(W), Word, MicroSeconds, NumberToken, StringToken,
  Comment, Shebang, BlockComment, ForeignOperator, ...Object.values<TokenType>(M), ForeignQuote,
  AnyWord, Name, Operator,
]; // prettier-ignore
