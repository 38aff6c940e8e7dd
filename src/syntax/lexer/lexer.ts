/**
 * Text to tokens, in one pass: every character is looked at a fixed number of times, whatever the text.
 * What does not belong is reported and, where the meaning is plain, mended, so that the parser can go on.
 */
import type { Comment } from "../tree.js";
import { quote, type Reporter } from "../parser/reporter.js";
import { closingQuote, describeStray, foreignOperatorAt, looksBinary, quoteName } from "../parser/strays.js";
import {
  endsPath,
  isBlank,
  isDigit,
  isHexDigit,
  isHiddenCharacter,
  isLineEnd,
  isMicro,
  isPartCharacter,
  isWordPart,
  isWordStart,
  PROBE_TYPES,
  type DocToken,
  type Mark,
  type Token,
  type TokenKind,
} from "./tokens.js";

export interface Lexed {
  /** Ends with a token of the kind `end`. */
  readonly tokens: readonly Token[];
  readonly docs: readonly DocToken[];
  readonly comments: readonly Comment[];
}

export function lex(reporter: Reporter): Lexed {
  return new Lexer(reporter).run();
}

/** Those that start no longer mark, of this language or another. */
const PLAIN_MARKS = "()[]{},;:.?+%^";
const SINGLE_MARKS = "=<>~-*/&|";
const DOUBLE_MARKS: readonly string[] = ["==", "!=", "<=", ">=", "!~", "<<", ">>"];

class Lexer {
  private readonly text: string;
  private readonly tokens: Token[] = [];
  private readonly docs: DocToken[] = [];
  private readonly comments: Comment[] = [];
  private at = 0;
  /** Where the last reported stray ended, and its family. */
  private strayEnd = -1;
  private strayFamily = "";

  constructor(private readonly reporter: Reporter) {
    this.text = reporter.source.text;
  }

  run(): Lexed {
    const { text } = this;
    if (looksBinary(text)) {
      this.reporter.error(
        "binary-data",
        0,
        1,
        "this is binary data, not a query",
        "give a .fl file or a query",
      );
      this.at = text.length;
    }
    if (text.charCodeAt(this.at) === 0xfeff) this.at++; // a byte order mark
    if (text.startsWith("#!", this.at)) this.comment();
    while (this.at < text.length && !this.reporter.full) this.step();
    const end = text.length;
    this.tokens.push({ kind: "end", start: end, end, text: "" });
    return { tokens: this.tokens, docs: this.docs, comments: this.comments };
  }

  private step(): void {
    const code = this.text.charCodeAt(this.at);
    if (isBlank(code)) this.at++;
    else if (isWordStart(code)) this.word();
    else if (isDigit(code)) this.number();
    else if (code === 34) this.string('"');
    else if (code === 47 && this.text.charCodeAt(this.at + 1) === 47) this.slashes();
    else if (isMicro(code)) this.micro();
    else this.mark();
  }

  private push(kind: TokenKind, end: number, text?: string): void {
    this.tokens.push({ kind, start: this.at, end, text: text ?? this.text.slice(this.at, end) });
    this.at = end;
  }

  private wordEnd(from: number): number {
    let end = from;
    while (isWordPart(this.text.charCodeAt(end))) end++;
    return end;
  }

  private lineEnd(from: number): number {
    let end = from;
    while (end < this.text.length && !isLineEnd(this.text.charCodeAt(end))) end++;
    return end;
  }

  private word(): void {
    const end = this.wordEnd(this.at);
    if (this.text.charCodeAt(end) === 58 && this.startsPart(end + 1) && this.probe(end)) return;
    this.push("word", end);
  }

  /** `µs` as a unit; nothing else is written with a µ. */
  private micro(): void {
    const end = this.wordEnd(this.at + 1);
    if (this.text.slice(this.at + 1, end) === "s") this.push("word", end, "µs");
    else this.stray();
  }

  // -------------------------------------------------------------- probes

  private startsPart(at: number): boolean {
    const code = this.text.charCodeAt(at);
    return code === 34 || this.startsPath(at) || isPartCharacter(code);
  }

  /** `/usr/bin/app`, `./app`, `../app`; `//` is a comment. */
  private startsPath(at: number): boolean {
    let i = at;
    while (i < at + 2 && this.text.charCodeAt(i) === 46) i++;
    return this.text.charCodeAt(i) === 47 && this.text.charCodeAt(i + 1) !== 47;
  }

  /** A probe type directly before a `:` and a part; a name after a dot is a field. */
  private probe(typeEnd: number): boolean {
    if (typeEnd - this.at > 16) return false;
    if (!PROBE_TYPES.includes(this.text.slice(this.at, typeEnd))) return false;
    if (this.tokens[this.tokens.length - 1]?.kind === ".") return false;
    let end = typeEnd;
    while (this.text.charCodeAt(end) === 58 && this.startsPart(end + 1)) end = this.partEnd(end + 1);
    this.push("probe", end);
    return true;
  }

  private partEnd(from: number): number {
    let end = from;
    if (this.text.charCodeAt(from) === 34) return this.quotedEnd(from, '"', "a probe");
    if (this.startsPath(from)) while (!endsPath(this.text.charCodeAt(end))) end++;
    else while (isPartCharacter(this.text.charCodeAt(end))) end++;
    return end;
  }

  // -------------------------------------------------------------- literals

  /** Digits, a fraction and a unit that touches them; what they are worth is the parser's to say. */
  private number(): void {
    const { text } = this;
    let end = this.at;
    const second = text.charCodeAt(end + 1) | 32;
    if (text.charCodeAt(end) === 48 && second === 120) {
      end += 2;
      while (isHexDigit(text.charCodeAt(end)) || text.charCodeAt(end) === 95) end++;
    } else {
      end = this.digitsEnd(end);
      if (text.charCodeAt(end) === 46 && isDigit(text.charCodeAt(end + 1))) end = this.digitsEnd(end + 1);
    }
    if (isMicro(text.charCodeAt(end))) end++;
    this.push("number", this.wordEnd(end));
  }

  private digitsEnd(from: number): number {
    let end = from;
    while (isDigit(this.text.charCodeAt(end)) || this.text.charCodeAt(end) === 95) end++;
    return end;
  }

  private string(close: string): void {
    this.push("string", this.quotedEnd(this.at, close, "a string"));
  }

  /** Past the closing quote, or at the end of the line where there is none. */
  private quotedEnd(from: number, close: string, what: string): number {
    const { text } = this;
    for (let i = from + 1; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (isLineEnd(code)) return this.unterminated(from, i, what);
      if (text[i] === close) return i + 1;
      if (code === 92 && i + 1 < text.length && !isLineEnd(text.charCodeAt(i + 1))) i++;
      else if (isHiddenCharacter(code)) this.hidden(i);
    }
    return this.unterminated(from, text.length, what);
  }

  private unterminated(from: number, end: number, what: string): number {
    this.reporter.error(
      "unterminated-string",
      from,
      end,
      `${what} starts here and does not end in this line`,
      'close it with `"`',
    );
    return end;
  }

  private hidden(at: number): void {
    this.reporter.error(
      "hidden-character",
      at,
      at + 1,
      `an invisible character (U+${this.text.charCodeAt(at).toString(16).toUpperCase()}) stands here`,
      "delete it: it makes the text read other than it is; in a string write `\\u{…}`",
    );
  }

  // -------------------------------------------------------------- comments

  private slashes(): void {
    const isDoc = this.text.charCodeAt(this.at + 2) === 47 && this.text.charCodeAt(this.at + 3) !== 47;
    if (isDoc && this.startsLine()) this.doc();
    else this.comment();
  }

  /** Nothing but blanks before it since the last token's line. */
  private startsLine(): boolean {
    const last = this.tokens[this.tokens.length - 1];
    if (last === undefined) return true;
    // The blanks were passed once already; a comment sees them at most once more.
    for (let i = this.at - 1; i >= last.end; i--) if (isLineEnd(this.text.charCodeAt(i))) return true;
    return false;
  }

  private comment(): void {
    const start = this.at;
    let end = this.lineEnd(start);
    this.at = end;
    while (end > start && isBlank(this.text.charCodeAt(end - 1))) end--;
    this.comments.push({ kind: "comment", span: { start, end }, text: this.visible(start, end) });
  }

  private doc(): void {
    const start = this.at;
    const end = this.lineEnd(start);
    this.at = end;
    const line = this.visible(start + 3, end).trimEnd();
    const text = line.startsWith(" ") ? line.slice(1) : line;
    const before = this.tokens.length;
    const last = this.docs[this.docs.length - 1];
    if (last?.before === before && this.isNextLine(last.end, start)) {
      this.docs[this.docs.length - 1] = { start: last.start, end, text: `${last.text}\n${text}`, before };
    } else {
      this.docs.push({ start, end, text, before });
    }
  }

  /** Only blanks and one line end between the two. */
  private isNextLine(from: number, to: number): boolean {
    let lines = 0;
    for (let i = from; i < to; i++) {
      const code = this.text.charCodeAt(i);
      if (!isBlank(code)) return false;
      if (code === 10 || (code === 13 && this.text.charCodeAt(i + 1) !== 10)) lines++;
    }
    return lines === 1;
  }

  private visible(start: number, end: number): string {
    for (let i = start; i < end; i++) if (isHiddenCharacter(this.text.charCodeAt(i))) this.hidden(i);
    return this.text.slice(start, end);
  }

  // -------------------------------------------------------------- marks and strays

  private mark(): void {
    const { text } = this;
    if (PLAIN_MARKS.includes(text.charAt(this.at))) {
      this.push(text.charAt(this.at) as Mark, this.at + 1);
      return;
    }
    const foreign = foreignOperatorAt(text, this.at);
    if (foreign !== undefined) {
      this.wrong(foreign.written, foreign.meant, foreign.kind);
      return;
    }
    if (text.startsWith("/*", this.at)) {
      this.block();
      return;
    }
    const two = text.slice(this.at, this.at + 2);
    if (DOUBLE_MARKS.includes(two)) {
      this.push(two as Mark, this.at + 2);
      return;
    }
    const one = text.charAt(this.at);
    if (SINGLE_MARKS.includes(one)) this.push(one as Mark, this.at + 1);
    else if (one === "!") this.wrong("!", "not", "word");
    else if (closingQuote(one) !== undefined) this.wrongQuote(one);
    else this.stray();
  }

  private wrong(written: string, meant: string, kind: TokenKind): void {
    const end = this.at + written.length;
    this.reporter.error(
      "wrong-operator",
      this.at,
      end,
      `\`${written}\` is not an operator here`,
      `write \`${meant}\``,
    );
    this.push(kind, end, meant);
  }

  /** Taken as a string where it is closed in the line. */
  private wrongQuote(open: string): void {
    const close = closingQuote(open) ?? open;
    const line = this.lineEnd(this.at);
    let end = this.at + 1;
    while (end < line && this.text[end] !== close && this.text[end] !== open) end++;
    const closed = end < line;
    const to = closed ? end + 1 : this.at + 1;
    const inner = closed ? this.text.slice(this.at + 1, end) : "";
    const hint = closed && inner.length <= 30 ? `write "${quote(inner).slice(1, -1)}"` : 'write `"`';
    this.reporter.error(
      "wrong-quotes",
      this.at,
      to,
      `${quoteName(open)} stands here: strings are in double quotes`,
      hint,
    );
    if (closed) this.push("string", to, `"${inner.replace(/["\\]/g, "\\$&")}"`);
    else this.at = to;
  }

  private block(): void {
    const close = this.text.indexOf("*/", this.at + 2);
    const end = close < 0 ? this.text.length : close + 2;
    this.reporter.error(
      "wrong-comment",
      this.at,
      this.at + 2,
      "comments in `/* … */` are not of the language",
      "start each line of the comment with `//`",
    );
    this.at = end;
  }

  /** `größe`: read as the one word it is meant to be, so that only the letter is complained about. */
  private foreignLetter(): boolean {
    const letters = /[\p{L}\p{M}\w]+/uy;
    letters.lastIndex = this.at;
    const end = this.at + (letters.exec(this.text)?.[0].length ?? 0);
    if (end === this.at) return false;
    const word = this.tokens.at(-1);
    const joins = word?.kind === "word" && word.end === this.at;
    const start = joins ? word.start : this.at;
    if (joins) this.tokens.pop();
    this.tokens.push({ kind: "word", start, end, text: this.text.slice(start, end) });
    this.at = end;
    return true;
  }

  private stray(): void {
    const code = this.text.codePointAt(this.at) ?? 0;
    const end = this.at + (code > 0xffff ? 2 : 1);
    const { message, hint, family } = describeStray(code);
    if (this.strayEnd !== this.at || this.strayFamily !== family) {
      this.reporter.error("stray-character", this.at, end, message, hint);
    }
    this.strayEnd = end;
    this.strayFamily = family;
    if (family === "other" && this.foreignLetter()) return;
    // A comment sign of other languages: what follows is prose.
    this.at = code === 35 && !isWordPart(this.text.charCodeAt(end)) ? this.lineEnd(end) : end;
  }
}
