/** Queries: a source and its clauses. */
import type { Cursor } from "./cursor.js";
import { decodeProbe } from "../lexer/literals.js";
import { endsClause, missing, parseColumns, repeats, valueOf } from "./parse-column.js";
import { parseTrigger, reportProbeType } from "./parse-source.js";
import { precedenceOf } from "../precedence.js";
import { quote } from "./reporter.js";
import { nearest } from "../../diagnostics/suggest.js";
import { translate } from "../lexer/foreign-words.js";
import { CLAUSE_WORDS, type Token } from "../lexer/tokens.js";
import type { Clause, NamedSource, ProbeSource, Query, ViaProvider } from "../tree.js";

function parseClause(c: Cursor, meant: string, clauses: readonly Clause[]): Clause {
  const word: Token = { ...c.next(), text: meant };
  const { start } = word;
  switch (meant) {
    case "show": {
      const columns = parseColumns(c, word, clauses);
      return { kind: "show", span: c.spanFrom(start), columns };
    }
    case "by": {
      const keys = parseColumns(c, word, clauses);
      return { kind: "by", span: c.spanFrom(start), keys };
    }
    case "where": {
      const condition = valueOf(c, word);
      return { kind: "where", span: c.spanFrom(start), condition };
    }
    case "every":
      return parseEvery(c, word);
    case "top":
      return parseTop(c, word);
    case "for": {
      const duration = valueOf(c, word);
      return { kind: "for", span: c.spanFrom(start), duration };
    }
    default: {
      const provider = parseVia(c, word);
      return { kind: "via", span: c.spanFrom(start), provider };
    }
  }
}

function parseEvery(c: Cursor, word: Token): Clause {
  const interval = valueOf(c, word);
  const headerWord = c.token;
  const header = c.acceptWord("header") ? valueOf(c, headerWord) : undefined;
  const span = c.spanFrom(word.start);
  return header === undefined ? { kind: "every", span, interval } : { kind: "every", span, interval, header };
}

function parseTop(c: Cursor, word: Token): Clause {
  const count = valueOf(c, word);
  const byWord = c.token;
  const by = c.acceptWord("by") ? valueOf(c, byWord, ["a column", "top 10 by total"]) : undefined;
  if (by !== undefined && c.is(",")) {
    c.fail(
      "top-by-one",
      "`top` sorts by one column",
      "leave the others out; to group, write another `by` before `top`",
    );
  }
  const span = c.spanFrom(word.start);
  return by === undefined ? { kind: "top", span, count } : { kind: "top", span, count, by };
}

function parseVia(c: Cursor, word: Token): ViaProvider {
  if (c.is("probe")) {
    const { span, type, parts } = decodeProbe(c.next(), c.reporter);
    return { kind: "viaProvider", span, type, parts };
  }
  const { token } = c;
  if (!c.isName()) return missing(c, word);
  const type = c.takeName();
  if (c.is(":") && c.token.start === token.end) reportProbeType(c, token);
  return { kind: "viaProvider", span: type.span, type, parts: [] };
}

// ---------------------------------------------------------------- queries

/** Everything up to what ends a query: `;`, `}`, the end, or the start of another item. */
export function parseQuery(c: Cursor): Query {
  const doc = c.doc();
  const { start } = c.token;
  // `open count()` are the aggregates of a source that is called open.
  const opening = c.isWord("open") && (c.peek(1).kind === "probe" || (c.isName(1) && c.peek(2).kind !== "("));
  if (opening) c.next();
  const source = parseSource(c);
  const clauses: Clause[] = [];
  let first = true;
  while (!c.is("end") && !c.is(";") && !c.is("}")) {
    const before = c.position;
    const clause = c.attempt(
      () => parseNextClause(c, clauses, first && source !== undefined),
      (token) => endsClause(c, token),
    );
    first = false;
    if (clause === "none") break;
    if (clause !== undefined) clauses.push(clause);
    else if (c.is("{")) c.skipBlock(() => c.startsDefinition());
    if (c.position === before && !c.is(";") && !c.is("}")) c.next();
  }
  reportDuplicates(c, clauses);
  return {
    kind: "query",
    span: c.spanFrom(start),
    ...(doc === undefined ? {} : { doc }),
    open: opening,
    ...(source === undefined ? {} : { source }),
    clauses,
  };
}

function parseSource(c: Cursor): ProbeSource | NamedSource | undefined {
  if (c.isClauseWord() || (c.isName() && c.peek(1).kind === "(")) return undefined;
  return c.attempt(
    () => {
      if (c.token.text.toLowerCase() === "select" && c.peek(1).kind !== "end" && !c.isClauseWord(1)) {
        c.fail(
          "unknown-clause",
          "this is not SQL: a query starts with its source",
          "as in `faults show time, comm`",
        );
      }
      return parseTrigger(c);
    },
    (token) => endsClause(c, token),
  );
}

function parseNextClause(c: Cursor, clauses: readonly Clause[], afterSource: boolean): Clause | "none" {
  const { token } = c;
  if (c.isClauseWord()) return parseClause(c, token.text, clauses);
  if (c.startsDefinition()) return secondItem(c);
  if (token.kind === "probe") return secondItem(c);
  if (token.kind === "word" && c.isName()) {
    if (c.peek(1).kind === "(") return parseAggregates(c, clauses);
    return parseUnknown(c, clauses, afterSource);
  }
  if (c.isWord("in")) {
    c.fail(
      "misplaced-word",
      "`in` has neither a list nor a column here",
      "values stand in parentheses: `pid in (1, 2)`; a unit belongs to a column: `sum(size) in MB`",
    );
  }
  if (c.isWord("as")) c.fail("misplaced-word", "`as` belongs to a column", "as in `sum(size) as total`");
  if (token.kind === ",") {
    c.fail(
      "unexpected-token",
      "a comma stands between two clauses",
      "delete it: clauses are only separated by blanks",
    );
  }
  if (token.kind === "{") {
    c.fail(
      "unexpected-token",
      "a query has no body in braces",
      "write clauses: what to count or show, by what, where",
    );
  }
  return c.expected(
    "a clause",
    "the clauses are show, by, where, every, top, for, via, and aggregates such as `count()`",
  );
}

function parseAggregates(c: Cursor, clauses: readonly Clause[]): Clause {
  const { start, text } = c.token;
  const last = clauses[clauses.length - 1];
  if (last?.kind === "aggregates") {
    c.error(
      "missing-comma",
      c.token,
      `\`${text}\` stands right behind another aggregate`,
      `write a comma before it: \`, ${text}(…)\``,
    );
  }
  const columns = parseColumns(c, undefined, clauses);
  return { kind: "aggregates", span: c.spanFrom(start), columns };
}

/** A word where a clause should start: misspelled, foreign, or the start of a second query. */
function parseUnknown(c: Cursor, clauses: readonly Clause[], afterSource: boolean): Clause | "none" {
  const { token } = c;
  const { text } = token;
  const near = nearest(text, CLAUSE_WORDS)[0];
  if (near !== undefined) {
    c.error("misspelled-word", token, `\`${text}\` starts no clause`, `did you mean \`${near}\`?`);
    return parseClause(c, near, clauses);
  }
  const translation = translate(text);
  if (translation !== undefined) {
    c.fail("unknown-clause", `there is no clause \`${text}\``, `write \`${translation}\``);
  }
  if (text === "header") {
    c.fail("misplaced-word", "`header` belongs right behind `every`", "as in `every 1s header 20`");
  }
  if (c.onNewLine || repeats(c, undefined, clauses) || (text === "open" && c.isName(1))) return secondItem(c);
  if (clauses.at(-1)?.kind === "where" && precedenceOf(c.peek(1).text) > 0) {
    c.fail(
      "missing-and",
      `\`${text}\` stands right behind a condition`,
      `join the two with \`and\`: \`and ${text} …\``,
    );
  }
  const hint = afterSource
    ? `write \`by ${text}\` to group by it, or \`show ${text}\` to list it`
    : "the clauses are show, by, where, every, top, for and via; between two queries write `;`";
  c.fail("unknown-clause", `\`${text}\` starts no clause`, hint);
}

function secondItem(c: Cursor): "none" {
  const what = c.startsDefinition() ? "a definition" : "a second query";
  // In a new line: the next query, or one more column without its comma?
  const isPlain = c.isName() && !c.isClauseWord(1) && !c.isName(1) && !c.startsDefinition();
  const hint = isPlain ? "write `;` before it, or a comma if it is one more column" : "write `;` before it";
  c.error("missing-semicolon", c.token, `${what} starts here, and the query before it has not ended`, hint);
  return "none";
}

function reportDuplicates(c: Cursor, clauses: readonly Clause[]): void {
  const seen: Partial<Record<Clause["kind"], Clause>> = {};
  let before: Clause | undefined;
  for (const clause of clauses) {
    const first = seen[clause.kind];
    // Aggregates in a row are a forgotten comma, and that was said.
    const inRow = clause.kind === "aggregates" && before?.kind === "aggregates";
    before = clause;
    if (first === undefined) seen[clause.kind] = clause;
    if (first === undefined || inRow) continue;
    const written = quote(c.textOf(first.span));
    const named = clause.kind === "aggregates" ? "aggregates stand" : `\`${clause.kind}\` stands`;
    c.error(
      "duplicate-clause",
      { start: clause.span.start, end: clause.span.start + wordLength(c, clause) },
      `${named} twice in this query`,
      clause.kind === "where"
        ? `join the conditions with \`and\`: the first is ${written}`
        : `the first is ${written}: leave one out, or join them`,
    );
  }
}

function wordLength(c: Cursor, clause: Clause): number {
  const text = c.textOf(clause.span);
  return /^\w+/.exec(text.slice(0, 40))?.[0].length ?? 1;
}
