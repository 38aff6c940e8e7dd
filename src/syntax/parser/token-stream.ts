/**
 * The tokens as seen by chevrotain's parser, for a text with errors: tokens can be inserted or replaced, and text that
 * fails is reported and skipped, up to where parsing can resume.
 */
import {
  CstParser,
  EOF,
  isRecognitionException,
  tokenMatcher,
  type CstNode,
  type IRecognitionException,
  type TokenType,
} from "chevrotain";
import type { Fix, Span } from "../../diagnostics/diagnostic.js";
import { AnyWord, M, Name, NumberToken, Probe, StringToken, TOKENS, W } from "../grammar/tokens.js";
import { makeToken, lex } from "../lexer/lexer.js";
import type { Token } from "../lexer/docs.js";
import { quote, Reporter } from "./reporter.js";
import { CLAUSE_TOKENS } from "./clause-tokens.js";
import type { Comment } from "../tree.js";

/** A syntax error, as it is reported. */
export interface SyntaxFinding {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** What the hint says to write: in place of what is underlined, or at another place. */
  readonly fix?: string | Fix | readonly Fix[];
  /** The next token by default. */
  readonly span?: Span;
}

/** Thrown where the parser rejects what the grammar would allow, or has a better explanation. */
export class Refusal extends Error {
  constructor(readonly finding: SyntaxFinding) {
    super(finding.message);
  }
}

/** How to resume after an error. */
export interface Recovery {
  /** Whether parsing can resume at the next token. */
  readonly stops: () => boolean;
  /** Whether to skip a following block in braces too. */
  readonly passesBlock: boolean;
}

/** The most levels of nested brackets. */
const DEEPEST_NESTING = 200;

const NOTHING = new Reporter({ name: "nothing", text: "" });

export abstract class TokenStream extends CstParser {
  reporter: Reporter = NOTHING;
  comments: Comment[] = [];
  private tokens: Token[] = [];
  private at = 0;
  private failedAt = -1;
  private nesting = 0;
  private columnStart = -1;
  /** The round and square brackets opened since the column began. */
  private openBrackets = 0;

  constructor() {
    super([...TOKENS], {
      maxLookahead: 1,
      nodeLocationTracking: "onlyOffset",
      // The messages are keys; `explain` makes the reports from them.
      errorMessageProvider: {
        buildMismatchTokenMessage: ({ expected }) => expected.name,
        buildNotAllInputParsedMessage: () => "end",
        buildNoViableAltMessage: ({ customUserDescription }) => customUserDescription ?? "",
        buildEarlyExitMessage: ({ customUserDescription }) => customUserDescription ?? "",
      },
      skipValidations: true,
    });
  }

  read(reporter: Reporter): void {
    this.reset();
    this.reporter = reporter;
    const { tokens, comments } = lex(reporter);
    this.tokens = tokens;
    this.comments = comments;
    this.failedAt = -1;
    this.nesting = 0;
  }

  /** Releases the text, since the parser is reused. */
  finish(): readonly Token[] {
    const { tokens } = this;
    this.reset();
    this.tokens = [];
    this.comments = [];
    this.reporter = NOTHING;
    return tokens;
  }

  // -------------------------------------------------------------- chevrotain's view of the tokens

  override LA(distance: number): Token {
    const last = this.tokens[this.tokens.length - 1];
    const token =
      this.reporter.full && distance > 0
        ? last
        : (this.tokens[this.at + distance - 1] ?? (distance > 0 ? last : undefined));
    return token ?? START;
  }

  override LA_FAST(distance: number): Token {
    return this.LA(distance);
  }

  consumeToken(): void {
    if (this.is(M.LParen) || this.is(M.LSquare)) this.openBrackets++;
    else if (this.is(M.RParen) || this.is(M.RSquare)) this.openBrackets--;
    if (this.at < this.tokens.length - 1) this.at++;
  }

  exportLexerState(): number {
    return this.at;
  }

  importLexerState(at: number): void {
    this.at = at;
  }

  resetLexerState(): void {
    this.at = 0;
  }

  moveToTerminatedState(): void {
    this.at = this.tokens.length - 1;
  }

  onBeforeParse(): void {
    // Nothing to do: `LA` checks for the end of the tokens.
  }

  onAfterParse(): void {
    // Nothing to do: `parseFile` checks that everything was read.
  }

  // -------------------------------------------------------------- looking

  get position(): number {
    return this.at;
  }

  get text(): string {
    return this.reporter.source.text;
  }

  is(type: TokenType, distance = 1): boolean {
    return tokenMatcher(this.LA(distance), type);
  }

  /** Whether the token is a word that can be a name. */
  isName(distance = 1): boolean {
    return this.is(Name, distance);
  }

  isClauseWord(distance = 1): boolean {
    return CLAUSE_TOKENS.has(this.LA(distance).tokenType);
  }

  /** Whether a definition starts here: `event name {`, `tool name(`, `import "…"`. Two words in a row are no expression. */
  startsDefinition(distance = 1): boolean {
    const { tokenType: type } = this.LA(distance);
    if (type === W.Import) return this.is(StringToken, distance + 1);
    if (type === W.Enum || type === W.Flags)
      return this.isName(distance + 1) && this.is(M.LCurly, distance + 2);
    if (type !== W.Event && type !== W.Span && type !== W.Tool) return false;
    if (this.is(M.LCurly, distance + 1)) return true;
    if (!this.isName(distance + 1)) return false;
    const after = this.LA(distance + 2).tokenType;
    if (type === W.Tool) return after === M.LParen || after === M.LCurly;
    if (type === W.Event && after === W.Outermost) return true;
    return after === M.LCurly || after === M.Assign || (type === W.Span && after === W.On);
  }

  /** Whether a line ends between the last token and this one. */
  get onNewLine(): boolean {
    return /[\r\n]/.test(this.text.slice(spanOf(this.LA(0)).end, this.LA(1).startOffset));
  }

  /** The span of the next token; at the end of the text, directly after the last token. */
  get here(): Span {
    if (!this.is(EOF)) return spanOf(this.LA(1));
    const { end } = spanOf(this.LA(0));
    return { start: end, end };
  }

  /** The next token, as described in a message. */
  get found(): string {
    const { image } = this.LA(1);
    if (this.is(EOF)) return "the end";
    if (this.is(StringToken)) return `the string ${quote(image)}`;
    if (this.is(NumberToken)) return `the number ${quote(image)}`;
    if (this.is(Probe)) return `the probe ${quote(image)}`;
    return quote(image);
  }

  /** Whether the token is a reserved word. */
  get isReserved(): boolean {
    return this.is(AnyWord) && !this.isName();
  }

  // -------------------------------------------------------------- reporting

  error({ code, message, hint, fix, span = this.here }: SyntaxFinding): void {
    const offered = typeof fix === "string" ? { span, text: fix } : fix;
    const advice = offered && hint !== undefined ? { says: hint, fixes: [offered].flat() } : hint;
    this.reporter.error(code, span.start, span.end, message, advice);
  }

  /** Reports an error. A second error at the same token follows from the first and is not reported. */
  private fail(finding: SyntaxFinding): void {
    if (this.failedAt !== this.at) this.error(finding);
    this.failedAt = this.at;
  }

  refuse(finding: SyntaxFinding): never {
    throw new Refusal(finding);
  }

  expected(what: string, hint: string): SyntaxFinding {
    const code = this.is(EOF) ? "unexpected-end" : "unexpected-token";
    return { code, message: `${this.found} stands where ${what} is expected`, hint };
  }

  // -------------------------------------------------------------- correcting

  /** Replaces the next token with one of another type. */
  retype(type: TokenType, image?: string): void {
    const token = this.LA(1);
    const { start, end } = spanOf(token);
    const taken = makeToken(type, image ?? token.image, start, end);
    if (token.doc) taken.doc = token.doc;
    this.tokens[this.at] = taken;
  }

  /** Inserts missing tokens. Each insertion has been reported, so the limit on errors limits insertions too. */
  insert(...types: TokenType[]): void {
    const { start } = this.here;
    types.forEach((type, i) => this.tokens.splice(this.at + i, 0, makeToken(type, "", start, start)));
  }

  // -------------------------------------------------------------- depth

  enter(): void {
    this.nesting++;
    if (this.nesting <= DEEPEST_NESTING) return;
    this.refuse({
      code: "too-deep",
      message: `this is nested too deeply: at most ${DEEPEST_NESTING} levels`,
      hint: "split it up",
    });
  }

  leave(levels = 1): void {
    this.nesting -= levels;
  }

  // -------------------------------------------------------------- recovering

  /** Explains a syntax error, from the key in the grammar and the stack of active rules. */
  protected abstract explain(key: string, rules: readonly string[]): SyntaxFinding;

  /** Returns how to resume after a rule failed; undefined where the enclosing rule fails too. */
  protected abstract recoveryOf(rule: string, parent: string | undefined): Recovery | undefined;

  declare protected readonly getCurrRuleFullName: () => string;
  declare protected readonly getHumanReadableRuleStack: () => string[];

  /** Called by chevrotain when a rule has thrown. Returns the node to use for the rule. */
  invokeRuleCatch(error: unknown): CstNode {
    const rule = this.getCurrRuleFullName();
    const rules = this.getHumanReadableRuleStack();
    const recovery = this.recoveryOf(rule, rules.at(-2));
    if (recovery === undefined) throw error;
    if (error instanceof Refusal) this.fail(error.finding);
    else if (isFailure(error)) this.fail(this.explain(error.message, error.context.ruleStack));
    else throw error;
    this.passOver(recovery);
    return { name: rule, children: {}, recoveredNode: true };
  }

  /** Reports an error at the next token, and skips to where parsing can resume. */
  giveUp(finding: SyntaxFinding, stops: () => boolean): void {
    this.fail(finding);
    this.passOver({ stops, passesBlock: true });
  }

  private passOver({ stops, passesBlock }: Recovery): void {
    this.nesting = 0;
    while (!this.is(EOF) && !stops()) this.consumeToken();
    if (passesBlock && this.is(M.LCurly)) this.passBlock();
  }

  /** Skips a `{ … }` with its contents, but stops where something else clearly starts. */
  private passBlock(): void {
    let depth = 0;
    while (!this.is(EOF) && !this.startsDefinition()) {
      if (this.is(M.LCurly)) depth++;
      else if (this.is(M.RCurly)) depth--;
      this.consumeToken();
      if (depth === 0) break;
    }
  }

  /** Marks the start of a column: after an error, a comma outside its brackets ends the skipping. */
  markColumn(): void {
    this.columnStart = this.at;
    this.openBrackets = 0;
  }

  get atColumnStart(): boolean {
    return this.columnStart === this.at;
  }

  get isCommaOfColumns(): boolean {
    return this.is(M.Comma) && this.openBrackets <= 0;
  }

  /** Returns the innermost open bracket. */
  get opening(): Token | undefined {
    let closed = 0;
    for (let i = this.at - 1; i >= 0; i--) {
      const type = this.tokens[i]?.tokenType;
      if (type === M.RParen || type === M.RSquare || type === M.RCurly) closed++;
      else if ((type === M.LParen || type === M.LSquare || type === M.LCurly) && closed-- === 0)
        return this.tokens[i];
    }
    return undefined;
  }

  /** Returns the distance of the last token before the next one for which `holds` is true. */
  lastWhere(holds: (distance: number) => boolean): number {
    for (let distance = 0; distance > -this.at; distance--) if (holds(distance)) return distance;
    return -this.at;
  }
}

function isFailure(error: unknown): error is IRecognitionException {
  return error instanceof Error && isRecognitionException(error);
}

/** The token returned for positions before the first. */
const START: Token = makeToken(EOF, "", 0, 0);

/** Returns the span of a token, which is empty for an inserted one. */
export function spanOf({ startOffset, endOffset = startOffset - 1 }: Token): Span {
  return { start: startOffset, end: endOffset + 1 };
}
