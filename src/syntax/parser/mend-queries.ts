/** Queries that are nearly right: misspelled and foreign clauses, forgotten commas, a second query without its `;`. */
import { EOF, type TokenType } from "chevrotain";
import { nearest } from "../../diagnostics/suggest.js";
import { CLAUSE_WORDS, isClauseWord } from "../clauses.js";
import { M, Probe, W, Word } from "../grammar/tokens.js";
import { precedenceOf } from "../precedence.js";
import { PROBE_TYPES } from "../words.js";
import { CLAUSE_TOKENS, clauseToken } from "./clause-tokens.js";
import { Explaining } from "./explain.js";
import { translate } from "./foreign-words.js";
import { spanOf, type Finding } from "./token-stream.js";

export abstract class QueryMending extends Explaining {
  /** The clauses of the query that is being read, by their words; the aggregates among them. */
  private clausesSeen: string[] = [];
  private hasSource = false;
  private isFirstClause = true;

  // -------------------------------------------------------------- recovery

  /** Where something clearly ends, whatever is wrong with it. */
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

  /** A query that starts with a clause has no source. */
  protected get isTable(): boolean {
    return this.isClauseWord() || this.isCall;
  }

  /** `open allocation`; but `open count()` are the aggregates of a source that is called open. */
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

  /** `kporbe:foo`: a name right before a `:` is meant as the type of a probe. */
  protected afterProbeType(): void {
    const type = this.LA(0);
    if (!this.is(M.Colon) || !this.isName(0) || this.LA(1).startOffset !== spanOf(type).end) return;
    const { image } = type;
    const span = spanOf(type);
    if (PROBE_TYPES.includes(image))
      this.refuse({
        code: "bad-probe",
        message: "a probe has its name right behind the `:`",
        hint: `write \`${image}:name\`, without blanks`,
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
      span,
    });
  }

  // -------------------------------------------------------------- clauses

  /** A clause comes next, or the end of the query; passes over what is neither. */
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

  /** Undefined where a clause can be read, or the query is at its end; otherwise what is wrong. */
  private mendClause(): ((afterSource: boolean) => Finding) | undefined {
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
      });
    }
    this.clausesSeen.push("aggregates");
  }

  /** A word where a clause should start: misspelled, foreign, or the start of a second query. */
  private mendWord(): ((afterSource: boolean) => Finding) | undefined {
    const { image } = this.LA(1);
    const near = nearest(image, CLAUSE_WORDS).find(isClauseWord);
    if (near !== undefined) {
      this.error({
        code: "misspelled-word",
        message: `\`${image}\` starts no clause`,
        hint: `did you mean \`${near}\`?`,
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
        hint: `write \`${translation}\``,
      });
    if (this.is(W.Header))
      return () => ({
        code: "misplaced-word",
        message: "`header` belongs right behind `every`",
        hint: "as in `every 1s header 20`",
      });
    if (this.onNewLine || this.repeats(undefined) || (this.is(W.Open) && this.isName(2)))
      return this.secondItem();
    if (this.clausesSeen.at(-1) === "where" && precedenceOf(this.LA(2).image) > 0)
      return () => ({
        code: "missing-and",
        message: `\`${image}\` stands right behind a condition`,
        hint: `join the two with \`and\`: \`and ${image} …\``,
      });
    return (afterSource) => ({
      code: "unknown-clause",
      message: `\`${image}\` starts no clause`,
      hint: afterSource
        ? `write \`by ${image}\` to group by it, or \`show ${image}\` to list it`
        : `the clauses are ${CLAUSE_WORDS.slice(0, -1).join(", ")} and ${CLAUSE_WORDS.at(-1)}; between two queries write \`;\``,
    });
  }

  private noClause(): Finding {
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

  /** Ends the query here, as the `;` that is missing would. */
  private secondItem(): undefined {
    const isDefinition = this.startsDefinition();
    const what = isDefinition ? "a definition" : "a second query";
    // In a new line: the next query, or one more column without its comma?
    const isPlain = this.isName() && !this.isClauseWord(2) && !this.isName(2) && !isDefinition;
    this.error({
      code: "missing-semicolon",
      message: `${what} starts here, and the query before it has not ended`,
      hint: isPlain ? "write `;` before it, or a comma if it is one more column" : "write `;` before it",
    });
    this.insert(M.Semicolon);
  }

  /** The token after the next starts a clause that the query has: so the next one is the source of another. */
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

  /** A forgotten comma between two columns is put in. */
  protected atComma(): boolean {
    if (this.missesComma) {
      const { image } = this.LA(1);
      this.error({
        code: "missing-comma",
        message: `\`${image}\` stands right behind a column`,
        hint: `write a comma before it: \`, ${image}\``,
      });
      this.insert(M.Comma);
    }
    return true;
  }

  /** A word right behind a column in the same line. */
  private get missesComma(): boolean {
    if (!this.isName() || this.onNewLine || this.startsDefinition()) return false;
    const { image } = this.LA(1);
    const current = this.clausesSeen.at(-1);
    // Behind `show` and `by`, aggregates are a clause of their own.
    if (this.isCall && current !== "aggregates") return false;
    if (this.is(W.Header) || nearest(image, CLAUSE_WORDS)[0] !== undefined) return false;
    if (translate(image) !== undefined) return false;
    const opensQuery = this.isName(2) && (this.is(M.LParen, 3) || this.is(W.Open));
    return !opensQuery && !this.is(M.LCurly, 2) && !this.repeats(current);
  }

  /** A word of the language is taken as the name, and reported. */
  protected beforeTitle(): void {
    if (!this.isReserved) return;
    const { image } = this.LA(1);
    this.error({
      code: "reserved-word",
      message: `\`${image}\` is a word of the language`,
      hint: `put it in quotes: \`as "${image}"\``,
    });
    this.retype(Word);
  }

  // -------------------------------------------------------------- expressions

  protected get isCall(): boolean {
    return this.isName() && this.is(M.LParen, 2);
  }

  /** An operator comes next, or the end of the expression. */
  protected atOperation(): boolean {
    if (this.is(M.Assign)) {
      this.error({ code: "wrong-operator", message: "`=` does not compare", hint: "write `==`" });
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
/** What stands behind the last clause. */
const CLAUSE_LIST_ENDS: ReadonlySet<TokenType> = new Set([EOF, M.Semicolon, M.RCurly]);
