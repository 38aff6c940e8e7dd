/**
 * Splits text into tokens. chevrotain's lexer finds them; stray text is reported and, where the intention is clear,
 * corrected, so that the parser can continue. Each token and each character is inspected a fixed number of times.
 */
import { createTokenInstance, EOF, Lexer, type IToken, type TokenType } from "chevrotain";
import { isHiddenCharacter, isLineEnd } from "../grammar/characters.js";
import {
  BlockComment,
  FOREIGN_OPERATORS,
  FOREIGN_QUOTES,
  ForeignOperator,
  ForeignQuote,
  M,
  NumberToken,
  Probe,
  StringToken,
  TOKENS,
  W,
  Word,
} from "../grammar/tokens.js";
import { TYPE_PREFIXES } from "../words.js";
import { insert, write } from "../../diagnostics/advice.js";
import { quote, type Reporter } from "../parser/reporter.js";
import { DETACHED_UNITS } from "../../types/unit-spellings.js";
import { DocCollector, type Token } from "./docs.js";
import { describeStray, looksBinary } from "./strays.js";
import type { Comment } from "../tree.js";

/** A number without a unit. */
const BARE_NUMBER = /^(?:0[xX][0-9A-Fa-f_]*|[0-9_.]+)$/;

export interface Lexed {
  /** Ends with a token of the type `EOF`. */
  readonly tokens: Token[];
  readonly comments: Comment[];
}

export function lex(reporter: Reporter): Lexed {
  return new TokenReader(reporter).run();
}

let lexer: Lexer | undefined;

/** The lexer, built at first use. */
function tokenize(text: string): ReturnType<Lexer["tokenize"]> {
  lexer ??= new Lexer([...TOKENS], {
    positionTracking: "onlyOffset",
    ensureOptimizations: true,
    skipValidations: true,
  });
  return lexer.tokenize(text);
}

const WORD_TYPES: ReadonlyMap<string, TokenType> = new Map(
  Object.values<TokenType>(W).map((type) => [String(type.PATTERN), type]),
);

/** What is shown for bytes that are no UTF-8. */
const REPLACEMENT = "\ufffd";

/** Half a character is in no file, but may be in the text of a program. */
function isBroken(text: string, at: number): boolean {
  const [before, code, after] = [at - 1, at, at + 1].map((i) => text.charCodeAt(i) & 0xfc00);
  return (
    text[at] === REPLACEMENT ||
    (code === 0xd800 && after !== 0xdc00) ||
    (code === 0xdc00 && before !== 0xd800)
  );
}

export function makeToken(type: TokenType, image: string, start: number, end: number): Token {
  return createTokenInstance(type, image, start, end - 1, NaN, NaN, NaN, NaN);
}

const LETTERS = /[\p{L}\p{M}\w]+/uy;

/** Processes the tokens that chevrotain found, in the order of the text. */
class TokenReader {
  private readonly text: string;
  private readonly found: readonly IToken[];
  private readonly errors: readonly { readonly offset: number; readonly length: number }[];
  private readonly tokens: Token[] = [];
  private readonly docs: DocCollector;
  /** For each open bracket, whether it holds parameters. */
  private readonly brackets: boolean[] = [];
  private nextError = 0;
  /** The offset up to which the text has been processed. */
  private passed = 0;

  constructor(private readonly reporter: Reporter) {
    this.text = reporter.source.text;
    const isBinary = looksBinary(this.text);
    const { tokens, errors, groups } = tokenize(isBinary ? "" : this.text);
    this.found = tokens;
    this.errors = errors;
    this.docs = new DocCollector(this.text, groups["comments"] ?? [], (start, end) =>
      this.visible(start, end),
    );
    if (isBinary)
      reporter.error("binary-data", 0, 1, "this is binary data, not a query", "give a .fl file or a query");
  }

  run(): Lexed {
    for (let i = 0; i < this.found.length && !this.reporter.full; i++) {
      const token = this.found[i];
      if (token === undefined) break;
      this.straysBefore(token.startOffset);
      if (token.startOffset < this.passed) continue;
      i += this.take(token, i);
    }
    const end = this.text.length;
    this.straysBefore(end);
    this.push(makeToken(EOF, "", end, end));
    return { tokens: this.tokens, comments: this.docs.comments };
  }

  private push(token: Token): void {
    token.endOffset ??= token.startOffset + token.image.length - 1;
    this.docs.attach(token, this.tokens.at(-1));
    this.tokens.push(token);
    this.passed = token.endOffset + 1;
  }

  /** Processes a token. Returns how many further tokens were consumed. */
  private take(token: IToken, i: number): number {
    const { tokenType, startOffset, image } = token;
    switch (tokenType) {
      case ForeignOperator:
        this.foreignOperator(token);
        return 0;
      case ForeignQuote:
        this.foreignQuote(token);
        return 0;
      case BlockComment:
        this.reporter.error(
          "wrong-comment",
          startOffset,
          startOffset + 2,
          "comments in `/* … */` are not of the language",
          "start each line of the comment with `//`",
        );
        return 0;
      case StringToken:
        this.checkQuoted(image, startOffset, "a string");
        break;
      case NumberToken:
        return this.number(token, i);
      case Probe:
        if (this.isTypedName(token, i)) {
          this.typedName(token);
          return 0;
        }
        this.checkQuoted(image, startOffset, "a probe");
        break;
      case M.LParen:
        this.brackets.push(this.opensParameters());
        break;
      case M.RParen:
        this.brackets.pop();
    }
    this.push(token);
    return 0;
  }

  // -------------------------------------------------------------- probes that are none

  /** Whether a bracket here opens parameters: after a probe, or after the name of a tool. */
  private opensParameters(): boolean {
    return this.tokens.at(-1)?.tokenType === Probe || this.tokens.at(-2)?.tokenType === W.Tool;
  }

  /** Whether a token that looks like a probe is a name and its type: `p:int = 1` and `f(p:int)`. */
  private isTypedName(token: IToken, i: number): boolean {
    const type = /^[a-z]+:([a-z]+)$/.exec(token.image)?.[1];
    if (type === undefined) return false;
    const after = (TYPE_PREFIXES as readonly string[]).includes(type) ? 2 : 1;
    if (this.found[i + after]?.tokenType === M.Assign) return true;
    const before = this.tokens.at(-1)?.tokenType;
    return this.brackets.at(-1) === true && (before === M.LParen || before === M.Comma);
  }

  private typedName({ image, startOffset }: IToken): void {
    let at = startOffset;
    for (const part of image.split(/(:)/)) {
      this.push(
        makeToken(part === ":" ? M.Colon : (WORD_TYPES.get(part) ?? Word), part, at, at + part.length),
      );
      at += part.length;
    }
  }

  // -------------------------------------------------------------- literals

  /** Reports a detached unit, `10 ms`, and reads it as part of the number. */
  private number(token: IToken, i: number): number {
    const word = this.found[i + 1];
    const unit = word && DETACHED_UNITS.get(word.image);
    const after = this.found[i + 2]?.tokenType;
    // The next field may be named `s`, the next aggregate `h`: a colon or a parenthesis follows then.
    const isUnit =
      word !== undefined &&
      unit !== undefined &&
      BARE_NUMBER.test(token.image) &&
      after !== M.Colon &&
      after !== M.LParen &&
      this.tokens.at(-1)?.tokenType !== W.Rate;
    if (!isUnit) {
      this.push(token);
      return 0;
    }
    const end = word.startOffset + word.image.length;
    const image = token.image + unit;
    this.reporter.error(
      "detached-unit",
      token.startOffset,
      end,
      "a unit touches its number",
      write({ start: token.startOffset, end }, image),
    );
    this.push(makeToken(NumberToken, image, token.startOffset, end));
    return 1;
  }

  /** Checks each quoted text of a token for its end and for invisible characters. */
  private checkQuoted(image: string, start: number, what: string): void {
    let open = image.indexOf('"');
    while (open >= 0) {
      let at = open + 1;
      for (; at < image.length && image[at] !== '"'; at++) {
        if (image[at] === "\\" && at + 1 < image.length) at++;
        else if (isHiddenCharacter(image.charCodeAt(at))) this.hidden(start + at);
        else if (isBroken(image, at)) this.undecoded(start + at);
      }
      if (at >= image.length) {
        this.reporter.error(
          "unterminated-string",
          start + open,
          start + image.length,
          `${what} starts here and does not end in this line`,
          insert(start + image.length, '"', "close it with {}"),
        );
        return;
      }
      open = image.indexOf('"', at + 1);
    }
  }

  private hidden(at: number): void {
    this.reporter.error(
      "hidden-character",
      at,
      at + 1,
      `an invisible character (U+${this.text.charCodeAt(at).toString(16).toUpperCase()}) stands here`,
      write(
        { start: at, end: at + 1 },
        "",
        "delete it: it makes the text read other than it is; in a string write `\\u{…}`",
      ),
    );
  }

  /** What reads the text puts it in place of bytes that are no UTF-8, so that it would match none of them. */
  private undecoded(at: number): void {
    this.reporter.error(
      "broken-character",
      at,
      at + 1,
      "a broken character (U+FFFD) stands here: bytes that are no UTF-8, or that character itself",
      "write a byte as `\\xff`, and the character as `\\u{fffd}`",
    );
  }

  private visible(start: number, end: number): string {
    for (let i = start; i < end; i++) if (isHiddenCharacter(this.text.charCodeAt(i))) this.hidden(i);
    return this.text.slice(start, end);
  }

  // -------------------------------------------------------------- what other languages write

  private foreignOperator({ image, startOffset }: IToken): void {
    const [, meant, type] = FOREIGN_OPERATORS.find(([written]) => written === image) ?? [];
    if (meant === undefined || type === undefined) throw new Error(`no meaning for ${image}`);
    const end = startOffset + image.length;
    this.reporter.error(
      "wrong-operator",
      startOffset,
      end,
      `\`${image}\` is not an operator here`,
      write({ start: startOffset, end }, meant),
    );
    this.push(makeToken(type, meant, startOffset, end));
  }

  /** Reports foreign quotes, and reads the text as a string if it is closed on its line. */
  private foreignQuote({ image, startOffset }: IToken): void {
    const [, , name = "a quote"] = FOREIGN_QUOTES.find(([open]) => image.startsWith(open)) ?? [];
    const end = startOffset + image.length;
    const isClosed = image.length > 1;
    const inner = image.slice(1, -1);
    const string = `"${inner.replace(/["\\]/g, "\\$&")}"`;
    this.reporter.error(
      "wrong-quotes",
      startOffset,
      end,
      `${name} stands here: strings are in double quotes`,
      write(
        { start: startOffset, end },
        isClosed ? string : '"',
        isClosed && inner.length <= 30 ? `write "${quote(inner).slice(1, -1)}"` : 'write `"`',
      ),
    );
    if (isClosed) this.push(makeToken(StringToken, string, startOffset, end));
  }

  // -------------------------------------------------------------- strays

  private straysBefore(offset: number): void {
    for (let error = this.errors[this.nextError]; error !== undefined; error = this.errors[this.nextError]) {
      if (error.offset >= offset || this.reporter.full) return;
      this.nextError++;
      if (error.offset + error.length > this.passed)
        this.strays(Math.max(error.offset, this.passed), error.offset + error.length);
    }
  }

  /** Reports stray characters; neighbours of one family are one report. */
  private strays(start: number, end: number): void {
    let family = "";
    for (let at = start; at < end;) {
      const code = this.text.codePointAt(at) ?? 0;
      const next = at + (code > 0xffff ? 2 : 1);
      const stray = describeStray(code);
      if (stray.family !== family)
        this.reporter.error(
          "stray-character",
          at,
          next,
          stray.message,
          stray.instead === undefined
            ? stray.hint
            : write({ start: at, end: next }, stray.instead, stray.hint, stray.hint),
        );
      family = stray.family;
      at = next;
      if (family === "other") at = Math.max(at, this.foreignLetters(next - (code > 0xffff ? 2 : 1)));
      // The comment sign of other languages: prose follows.
      if (code === 35 && !/\w/.test(this.text.charAt(next))) {
        while (at < this.text.length && !isLineEnd(this.text.charCodeAt(at))) at++;
      }
      this.passed = Math.max(this.passed, at);
    }
  }

  /** Reads `größe` as the one word it is meant to be, so that only the letter is reported. */
  private foreignLetters(at: number): number {
    LETTERS.lastIndex = at;
    const end = at + (LETTERS.exec(this.text)?.[0].length ?? 0);
    if (end === at) return at;
    const word = this.tokens.at(-1);
    const joins =
      word !== undefined && this.passed === at && word.endOffset === at - 1 && /^\w/.test(word.image);
    const start = joins ? word.startOffset : at;
    if (joins) this.tokens.pop();
    const joined = makeToken(Word, this.text.slice(start, end), start, end);
    if (joins && word.doc) joined.doc = word.doc;
    this.push(joined);
    return end;
  }
}
