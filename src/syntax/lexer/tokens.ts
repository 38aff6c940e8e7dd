/**
 * The words and the marks of the language, and the questions asked of single characters.
 * Plain comparisons instead of tables and regular expressions: this is loaded at every start.
 */
import type { Span } from "../../diagnostics/diagnostic.js";

/** Every word with a meaning of its own; `every keyword in the grammar is here` is a test. */
export const KEYWORDS: readonly string[] = [
  ..."show by where every header top for via as in has and or not".split(" "),
  ..."event span tool provider begin during end on import open note rate unattributed when true false".split(
    " ",
  ),
];

/** Those that can name nothing, because a query could be read in two ways; the others are free where they fit. */
export const RESERVED: readonly string[] =
  "show by where every top for via as in has and or not true false".split(" ");

/** The words that start a clause. */
export const CLAUSE_WORDS: readonly string[] = "show by where every top for via".split(" ");

/** The words that start a definition. */
export const DEFINITION_WORDS: readonly string[] = "event span tool import".split(" ");

/** What may stand before the first `:` of a probe, as bpftrace spells it, short forms included. */
export const PROBE_TYPES: readonly string[] = (
  "tracepoint t kprobe k kretprobe kr fentry f fexit fr kfunc kretfunc uprobe u uretprobe ur usdt U " +
  "software s hardware h profile p interval i rawtracepoint rt watchpoint w iter"
).split(" ");

/** The words of a type that take the name of a kernel type after them: `flags gfp_t`. */
export const TYPE_PREFIXES: readonly string[] = ["flags", "enum", "struct"];

/** The kind of a mark is the mark itself. */
export type Mark =
  | "(" | ")" | "[" | "]" | "{" | "}" | "," | ";" | ":" | "." | "?" | "="
  | "==" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~" | "<<" | ">>"
  | "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^"; // prettier-ignore

export type TokenKind = "word" | "number" | "string" | "probe" | "end" | Mark;

export interface Token extends Span {
  readonly kind: TokenKind;
  /** As written, except for what was mended: `&&` is the word `and`. */
  readonly text: string;
}

/** A run of `///` lines, kept beside the tokens so that it may stand anywhere. */
export interface DocToken extends Span {
  readonly text: string;
  /** The token it stands above. */
  readonly before: number;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

export function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

export function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code);
}

/** The two characters that look like µ. */
export function isMicro(code: number): boolean {
  return code === 0xb5 || code === 0x3bc;
}

export function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}

export function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** Characters of a probe part that stands without quotes. */
export function isPartCharacter(code: number): boolean {
  switch (code) {
    case 33: // !
    case 36: // $
    case 42: // *
    case 43: // +
    case 45: // -
    case 46: // .
    case 63: // ?
    case 64: // @
    case 91: // [
    case 93: // ]
      return true;
    default:
      return isWordPart(code);
  }
}

/** What ends a path that stands in a probe without quotes: a blank or a mark of the language. */
export function endsPath(code: number): boolean {
  return (
    code !== code || // past the end of the text
    code <= 32 ||
    code === 34 || // "
    code === 40 || // (
    code === 41 || // )
    code === 44 || // ,
    code === 58 || // :
    code === 59 || // ;
    code === 123 || // {
    code === 125 // }
  );
}

/** Directions of writing can be turned by invisible characters, and a reviewer then reads another text. */
export function isHiddenCharacter(code: number): boolean {
  return (
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    (code >= 0x200b && code <= 0x200f) ||
    code === 0xfeff
  );
}
