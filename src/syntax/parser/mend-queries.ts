/** Corrects queries that are nearly right: misspelled and foreign clauses, missing commas, a missing `;` between two. */
import { EOF, type TokenType } from "chevrotain";
import type { Fix } from "../../diagnostics/diagnostic.js";
import { nearest } from "../../diagnostics/suggest.js";
import { CLAUSE_WORDS, isClauseWord } from "../clauses.js";
import { M, Probe, W, Word } from "../grammar/tokens.js";
import { precedenceOf } from "../precedence.js";
import { PROBE_TYPES } from "../words.js";
import { CLAUSE_TOKENS, clauseToken } from "./clause-tokens.js";
import { Explaining } from "./explain.js";
import { translate } from "./foreign-words.js";
import { spanOf, type SyntaxFinding } from "./token-stream.js";

export abstract class QueryMending extends Explaining {
  /** The clauses read so far of the current query, aggregates included. */
  private clausesSeen: string[] = [];
  private hasSource = false;
  private isFirstClause = true;

  // -------------------------------------------------------------- recovery

  /** Whether the next token clearly ends the current construct, whatever is wrong in it. */
  protected get endsPiece(): boolean {
    return PIECE_ENDS.has(this.LA(1).tokenType);
  }

  protected get endsClause(): boolean {
    return this.endsPiece || this.isClauseWord() || this.startsDefinition();
  }

  // -------------------------------------------------------------- sources

  protected beginQuery(): void {
    this.clausesSeen = [];
    this.hasSource = !this.isTable;
    this.isFirstClause = true;
  }

  /** Whether the query starts with a clause, and so has no source. */
  protected get isTable(): boolean {
    return this.isClauseWord() || this.isCall;
  }

  /** Whether this is `open allocation`; `open count()` is an aggregate of a source named `open`. */
  protected get isOpening(): boolean {
    return this.is(Probe, 2) || (this.isName(2) && !this.is(M.LParen, 3));
  }

  protected beforeSource(): void {
    if (this.LA(1).image.toLowerCase() !== "select" || this.is(EOF, 2) || this.isClauseWord(2)) return;
    this.refuse({
      code: "unknown-clause",
      message: "this is not SQL: a query starts with its source",
      hint: "as in `faults show time, comm`",
    });
  }

  /** Corrects `kporbe:foo`: a name directly before a `:` is meant as the type of a probe. */
  protected afterProbeType(): void {
    const type = this.LA(0);
    if (!this.is(M.Colon) || !this.isName(0) || this.LA(1).startOffset !== spanOf(type).end) return;
    const { image } = type;
    const span = spanOf(type);
    if (PROBE_TYPES.includes(image))
      this.refuse({
        code: "bad-probe",
        message: "a probe has its name right behind the `:`",
        hint: `write \`${image}:${this.is(EOF, 2) ? "name" : this.LA(2).image}\`, without blanks`,
        fix: { span: { start: span.end + 1, end: this.LA(2).startOffset }, text: "" },
        span,
      });
    const near = nearest(image, PROBE_TYPES)[0];
    this.refuse({
      code: "unknown-probe-type",
      message: `\`${image}\` is not a type of probe`,
      hint:
        near === undefined
          ? "the types are tracepoint, kprobe, kretprobe, fentry, fexit, uprobe, uretprobe, usdt, software, hardware, …"
          : `did you mean \`${near}\`?`,
      ...(near === undefined ? {} : { fix: near }),
      span,
    });
  }

  // -------------------------------------------------------------- clauses

  /** Skips to the next clause or to the end of the query. */
  protected atClause(): boolean {
    for (;;) {
      const { position } = this;
      if (CLAUSE_LIST_ENDS.has(this.LA(1).tokenType)) return true;
      const finding = this.mendClause();
      const isFirst = this.isFirstClause;
      this.isFirstClause = false;
      if (finding === undefined) return true;
      this.giveUp(finding(isFirst && this.hasSource), () => this.endsClause);
      if (this.position === position && !CLAUSE_LIST_ENDS.has(this.LA(1).tokenType)) this.consumeToken();
    }
  }

  /** Returns undefined at a clause or at the end of the query, otherwise what is wrong. */
  private mendClause(): ((afterSource: boolean) => SyntaxFinding) | undefined {
    const word = CLAUSE_TOKENS.get(this.LA(1).tokenType);
    if (word !== undefined) {
      this.clausesSeen.push(word);
      return undefined;
    }
    if (this.startsDefinition() || this.is(Probe)) return this.secondItem();
    if (this.isCall) return this.beginAggregates();
    if (this.isName()) return this.mendWord();
    return () => this.noClause();
  }

  private beginAggregates(): undefined {
    if (this.clausesSeen.at(-1) === "aggregates") {
      const { image } = this.LA(1);
      this.error({
        code: "missing-comma",
        message: `\`${image}\` stands right behind another aggregate`,
        hint: `write a comma before it: \`, ${image}(…)\``,
        fix: this.insertion(","),
      });
    }
    this.clausesSeen.push("aggregates");
  }

  /** Handles a word where a clause should start: misspelled, foreign, or the start of a second query. */
  private mendWord(): ((afterSource: boolean) => SyntaxFinding) | undefined {
    const { image } = this.LA(1);
    const near = nearest(image, CLAUSE_WORDS).find(isClauseWord);
    if (near !== undefined) {
      this.error({
        code: "misspelled-word",
        message: `\`${image}\` starts no clause`,
        hint: `did you mean \`${near}\`?`,
        fix: near,
      });
      this.retype(clauseToken(near), near);
      this.clausesSeen.push(near);
      return undefined;
    }
    const translation = translate(image);
    if (translation !== undefined)
      return () => ({
        code: "unknown-clause",
        message: `there is no clause \`${image}\``,
        hint: `here it is written as in \`${translation}\``,
      });
    if (this.is(W.Header))
      return () => ({
        code: "misplaced-word",
        message: "`header` belongs right behind `every`",
        hint: "as in `every 1s header 20`",
      });
    if (this.onNewLine || this.repeats(undefined) || (this.is(W.Open) && this.isName(2)))
      return this.secondItem();
    const joining = this.clausesSeen.at(-1) === "where" ? nearest(image, ["and", "or"])[0] : undefined;
    if (joining !== undefined)
      return () => ({
        code: "misspelled-word",
        message: `\`${image}\` does not join two conditions`,
        hint: `did you mean \`${joining}\`?`,
        fix: joining,
      });
    if (this.clausesSeen.at(-1) === "where" && precedenceOf(this.LA(2).image) > 0)
      return () => ({
        code: "missing-and",
        message: `\`${image}\` stands right behind a condition`,
        hint: `join the two with \`and\`: \`and ${image} …\``,
        fix: { span: { start: this.here.start, end: this.here.start }, text: "and " },
      });
    return (afterSource) => ({
      code: "unknown-clause",
      message: `\`${image}\` starts no clause`,
      ...((afterSource ? this.clauseBefore(image) : undefined) ?? {
        hint: `the clauses are ${CLAUSE_WORDS.slice(0, -1).join(", ")} and ${CLAUSE_WORDS.at(-1)}; between two queries write \`;\``,
      }),
    });
  }

  /** What may be missing before a name that stands right behind the source. */
  private clauseBefore(image: string): Pick<SyntaxFinding, "hint" | "fix"> | undefined {
    const { start } = this.here;
    if (precedenceOf(this.LA(2).image) > 0)
      return {
        hint: `a condition stands behind \`where\`: \`where ${image} …\``,
        fix: { span: { start, end: start }, text: "where " },
      };
    const isLast = this.is(EOF, 2) || this.is(M.Comma, 2) || this.isClauseWord(2) || this.is(M.Semicolon, 2);
    if (!isLast) return undefined;
    return {
      hint: "write {}: `by` groups by it, `show` lists it",
      fix: ["by ", "show "].map((word) => ({ span: this.here, text: word + image })),
    };
  }

  private noClause(): SyntaxFinding {
    switch (this.LA(1).tokenType) {
      case W.In:
        return {
          code: "misplaced-word",
          message: "`in` has neither a list nor a column here",
          hint: "values stand in parentheses: `pid in (1, 2)`; a unit belongs to a column: `sum(size) in MB`",
        };
      case W.As:
        return {
          code: "misplaced-word",
          message: "`as` belongs to a column",
          hint: "as in `sum(size) as total`",
        };
      case M.Comma:
        return {
          code: "unexpected-token",
          message: "a comma stands between two clauses",
          hint: "delete it: clauses are only separated by blanks",
          fix: "",
        };
      case M.LCurly:
        return {
          code: "unexpected-token",
          message: "a query has no body in braces",
          hint: "write clauses: what to count or show, by what, where",
        };
      default:
        return this.expected(
          "a clause",
          `the clauses are ${CLAUSE_WORDS.join(", ")}, and aggregates such as \`count()\``,
        );
    }
  }

  /** Ends the query here, as the missing `;` would. */
  private secondItem(): undefined {
    const isDefinition = this.startsDefinition();
    const what = isDefinition ? "a definition" : "a second query";
    // On a new line it may be the next query, or one more column after a missing comma.
    const isPlain = this.isName() && !this.isClauseWord(2) && !this.isName(2) && !isDefinition;
    this.error({
      code: "missing-semicolon",
      message: `${what} starts here, and the query before it has not ended`,
      hint: isPlain ? "write `;` before it, or a comma if it is one more column" : "write `;` before it",
      fix: this.insertion(";"),
    });
    this.insert(M.Semicolon);
  }

  /** A mark that is missing before the next token, behind the one before. */
  private insertion(mark: string): Fix {
    const { end } = spanOf(this.LA(0));
    return { span: { start: end, end }, text: mark };
  }

  /** Whether the token after the next starts a clause that this query already has: the next one is another's source. */
  private repeats(current: string | undefined): boolean {
    const word = CLAUSE_TOKENS.get(this.LA(2).tokenType);
    return word !== undefined && (word === current || this.clausesSeen.includes(word));
  }

  protected afterRank(): void {
    if (!this.is(M.Comma)) return;
    this.refuse({
      code: "top-by-one",
      message: "`top` sorts by one column",
      hint: "leave the others out; to group, write another `by` before `top`",
    });
  }

  // -------------------------------------------------------------- columns

  /** Inserts a missing comma between two columns. */
  protected atComma(): boolean {
    if (this.missesComma) {
      const { image } = this.LA(1);
      this.error({
        code: "missing-comma",
        message: `\`${image}\` stands right behind a column`,
        hint: `write a comma before it: \`, ${image}\``,
        fix: this.insertion(","),
      });
      this.insert(M.Comma);
    }
    return true;
  }

  /** Whether a word follows a column on the same line, so that a comma is missing. */
  private get missesComma(): boolean {
    if (!this.isName() || this.onNewLine || this.startsDefinition()) return false;
    const { image } = this.LA(1);
    const current = this.clausesSeen.at(-1);
    // After `show` and `by`, aggregates are a separate clause.
    if (this.isCall && current !== "aggregates") return false;
    if (this.is(W.Header) || nearest(image, CLAUSE_WORDS)[0] !== undefined) return false;
    if (translate(image) !== undefined) return false;
    const opensQuery = this.isName(2) && (this.is(M.LParen, 3) || this.is(W.Open));
    return !opensQuery && !this.is(M.LCurly, 2) && !this.repeats(current);
  }

  /** Reports a word of the language used as a name, and reads it as one. */
  protected beforeTitle(): void {
    if (!this.isReserved) return;
    const { image } = this.LA(1);
    this.error({
      code: "reserved-word",
      message: `\`${image}\` is a word of the language`,
      hint: `put it in quotes: \`as "${image}"\``,
      fix: `"${image}"`,
    });
    this.retype(Word);
  }

  // -------------------------------------------------------------- expressions

  protected get isCall(): boolean {
    return this.isName() && this.is(M.LParen, 2);
  }

  /** Whether an operator comes next. Corrects operators that are nearly right. */
  protected atOperation(): boolean {
    if (this.is(M.Assign)) {
      this.error({ code: "wrong-operator", message: "`=` does not compare", hint: "write `==`", fix: "==" });
      this.retype(M.Equal, "==");
    }
    if (this.is(W.In)) return this.is(M.LParen, 2);
    if (this.is(W.Not) && !this.is(W.In, 2))
      this.refuse({
        code: "misplaced-not",
        message: "`not` stands between two values",
        hint: this.is(W.Has, 2)
          ? "write `not` before the whole: `not flags has X`"
          : "write `and not`, or `!=`",
        ...(this.is(W.Has, 2) ? {} : { fix: "!=" }),
      });
    return true;
  }

  protected atSuffix(): boolean {
    if (this.is(M.LParen))
      this.refuse({
        code: "not-callable",
        message: "only a function can be called, by its bare name",
        hint: "as in `count()` or `sum(size)`",
      });
    return true;
  }

  protected afterNumber(): void {
    if (!this.is(M.Dot)) return;
    this.refuse({
      code: "bad-number",
      message: "a number has no fields",
      hint: "write one `.` at most",
    });
  }
}

const PIECE_ENDS: ReadonlySet<TokenType> = new Set([M.Semicolon, M.LCurly, M.RCurly]);
/** The tokens that end a list of clauses. */
const CLAUSE_LIST_ENDS: ReadonlySet<TokenType> = new Set([EOF, M.Semicolon, M.RCurly]);
