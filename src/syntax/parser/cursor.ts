/**
 * The parser's place in the tokens, and how it gets over a mistake.
 * A mistake is reported once and thrown as `Mistake` to the nearest clause, column, field or definition,
 * which skips to where it can go on. Every skip moves forward, so the whole is linear.
 */
import type { Span } from "../../diagnostics/diagnostic.js";
import { lex } from "../lexer/lexer.js";
import type { Reporter } from "./reporter.js";
import { quote } from "./reporter.js";
import { CLAUSE_WORDS, RESERVED, type DocToken, type Token, type TokenKind } from "../lexer/tokens.js";
import type { Comment, Doc, Name } from "../tree.js";
import { greatest } from "../../lists.js";

/** Thrown after a report; whoever catches it goes on behind the damage. */
export class Mistake extends Error {
  static readonly one = new Mistake("a syntax error that was reported");
}

/** Brackets in brackets in brackets … */
const DEEPEST_NESTING = 200;
/** The height of a tree; long chains lean to the left and are as high as they are long. */
const GREATEST_HEIGHT = 1000;

export class Cursor {
  readonly comments: Comment[];
  /** Brackets that are open here, round and square. */
  openBrackets = 0;
  /** The height of the expression that was read last. */
  height = 0;
  /** How often the parser moved: for the test that it is linear. */
  steps = 0;
  private readonly tokens: readonly Token[];
  private readonly docs: readonly DocToken[];
  private nextDoc = 0;
  private nesting = 0;
  private at = 0;
  private failedAt = -1;

  constructor(readonly reporter: Reporter) {
    const { tokens, docs, comments } = lex(reporter);
    this.tokens = tokens;
    this.docs = docs;
    this.comments = [...comments];
  }

  // -------------------------------------------------------------- looking

  get token(): Token {
    return this.peek(0);
  }

  peek(distance: number): Token {
    const last = this.tokens[this.tokens.length - 1];
    const token = this.reporter.full ? last : (this.tokens[this.at + distance] ?? last);
    if (token === undefined) throw new Error("no end token");
    return token;
  }

  get position(): number {
    return this.at;
  }

  is(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  isWord(text: string, distance = 0): boolean {
    const token = this.peek(distance);
    return token.kind === "word" && token.text === text;
  }

  isClauseWord(distance = 0): boolean {
    const token = this.peek(distance);
    return token.kind === "word" && CLAUSE_WORDS.includes(token.text);
  }

  /** A word that can name something. */
  isName(distance = 0): boolean {
    const token = this.peek(distance);
    return token.kind === "word" && !RESERVED.includes(token.text);
  }

  /** `event name {`, `tool name(`, `import "…"`: two words in a row are never an expression. */
  startsDefinition(): boolean {
    const { kind, text } = this.token;
    if (kind !== "word") return false;
    if (text === "import") return this.peek(1).kind === "string";
    if (text !== "event" && text !== "span" && text !== "tool") return false;
    if (this.peek(1).kind === "{") return true;
    if (!this.isName(1)) return false;
    const after = this.peek(2).kind;
    if (text === "tool") return after === "(" || after === "{";
    return after === "{" || after === "=" || (text === "span" && this.isWord("on", 2));
  }

  /** Whether a line ends between the last token and this one. */
  get onNewLine(): boolean {
    const end = this.previousEnd;
    const between = this.text.slice(end, this.token.start);
    return between.includes("\n") || between.includes("\r");
  }

  get text(): string {
    return this.reporter.source.text;
  }

  textOf(span: Span): string {
    return this.text.slice(span.start, span.end);
  }

  get previousEnd(): number {
    return this.at === 0 ? 0 : (this.tokens[this.at - 1]?.end ?? 0);
  }

  spanFrom(start: number): Span {
    return { start, end: Math.max(start, this.previousEnd) };
  }

  // -------------------------------------------------------------- moving

  next(): Token {
    const token = this.token;
    this.steps++;
    if (token.kind === "(" || token.kind === "[") this.openBrackets++;
    else if (token.kind === ")" || token.kind === "]") this.openBrackets--;
    if (this.at < this.tokens.length - 1) this.at++;
    return token;
  }

  accept(kind: TokenKind): boolean {
    if (!this.is(kind)) return false;
    this.next();
    return true;
  }

  acceptWord(text: string): boolean {
    if (!this.isWord(text)) return false;
    this.next();
    return true;
  }

  /** A name, or a report of what stands there instead. */
  name(what: string, example: string): Name {
    if (this.isName()) return this.takeName();
    const { token } = this;
    if (token.kind === "word") {
      this.fail(
        "reserved-word",
        `\`${token.text}\` is a word of the language and cannot be ${what}`,
        example,
      );
    }
    return this.expected(what, example);
  }

  takeName(): Name {
    const { start, end, text } = this.next();
    return { kind: "name", span: { start, end }, text };
  }

  // -------------------------------------------------------------- reporting

  error(code: string, span: Span, message: string, hint?: string): void {
    this.reporter.error(code, span.start, span.end, message, hint);
  }

  /** Gives up what is being read; a second failure at the same token comes of the first and is not told. */
  fail(code: string, message: string, hint?: string, span?: Span): never {
    if (this.failedAt !== this.at) this.error(code, span ?? this.here, message, hint);
    this.failedAt = this.at;
    throw Mistake.one;
  }

  /** Where the next token stands; at the end of the text, right behind the last one. */
  get here(): Span {
    if (!this.is("end")) return this.token;
    const end = this.previousEnd;
    return { start: end, end };
  }

  /** The next token in the words of a message. */
  get found(): string {
    const { kind, text } = this.token;
    if (kind === "end") return "the end";
    if (kind === "string") return `the string ${quote(text)}`;
    if (kind === "number") return `the number ${quote(text)}`;
    if (kind === "probe") return `the probe ${quote(text)}`;
    return quote(text);
  }

  expected(what: string, hint: string): never {
    const code = this.is("end") ? "unexpected-end" : "unexpected-token";
    this.fail(code, `${this.found} stands where ${what} is expected`, hint);
  }

  // -------------------------------------------------------------- depth

  enter(): void {
    this.nesting++;
    if (this.nesting > DEEPEST_NESTING) {
      this.fail("too-deep", `this is nested too deeply: at most ${DEEPEST_NESTING} levels`, "split it up");
    }
  }

  leave(): void {
    this.nesting--;
  }

  /** Keeps the tree low enough for those who walk it by recursion. */
  grow(...heights: number[]): void {
    this.height = 1 + greatest(heights, 0);
    if (this.height > GREATEST_HEIGHT) {
      this.fail(
        "too-deep",
        `this expression is too long: at most ${GREATEST_HEIGHT} operators`,
        "split it up",
      );
    }
  }

  // -------------------------------------------------------------- recovering

  /**
   * Runs `read`; after a mistake in it, passes over tokens until one that `stops`, or the end.
   * A comma stops only outside the brackets that the mistake left open.
   */
  attempt<T>(read: () => T, stops: (token: Token) => boolean): T | undefined {
    const { nesting, openBrackets } = this;
    try {
      return read();
    } catch (mistake) {
      if (!(mistake instanceof Mistake)) throw mistake;
      this.nesting = nesting;
      while (!this.is("end")) {
        const { token } = this;
        if (stops(token) && (token.kind !== "," || this.openBrackets <= openBrackets)) break;
        this.next();
      }
      this.openBrackets = openBrackets;
      return undefined;
    }
  }

  /** Passes a `{ … }` with all that is in it; gives up where something else clearly starts. */
  skipBlock(stops: () => boolean): void {
    let depth = 0;
    while (!this.is("end") && !stops()) {
      const { kind } = this.next();
      if (kind === "{") depth++;
      else if (kind === "}" && --depth === 0) break;
    }
    this.openBrackets = 0;
  }

  // -------------------------------------------------------------- documentation

  /** The documentation right above the next token, if any. */
  doc(): Doc | undefined {
    while (this.nextDoc < this.docs.length) {
      const doc = this.docs[this.nextDoc];
      if (doc === undefined || doc.before > this.at) return undefined;
      this.nextDoc++;
      const following = this.docs[this.nextDoc];
      if (doc.before === this.at && following?.before !== this.at) {
        return { kind: "doc", span: { start: doc.start, end: doc.end }, text: doc.text };
      }
      this.undocument(doc);
    }
    return undefined;
  }

  /** Documentation of nothing is kept as comments, a line each. */
  undocumented(): void {
    for (; this.nextDoc < this.docs.length; this.nextDoc++) {
      const doc = this.docs[this.nextDoc];
      if (doc !== undefined) this.undocument(doc);
    }
    this.comments.sort((a, b) => a.span.start - b.span.start);
  }

  private undocument(doc: DocToken): void {
    let start = doc.start;
    for (const line of this.text.slice(doc.start, doc.end).split(/\r\n|\r|\n/)) {
      const begin = this.text.indexOf("///", start);
      const end = begin + line.trim().length;
      this.comments.push({ kind: "comment", span: { start: begin, end }, text: this.text.slice(begin, end) });
      start = end;
    }
  }
}
