/** Columns and keys, and what the words of a clause need behind them. */
import type { Cursor } from "./cursor.js";
import { decodeString } from "../lexer/literals.js";
import { parseExpression, startsOperand } from "./parse-expression.js";
import { nearest } from "../../diagnostics/suggest.js";
import { translate } from "../lexer/foreign-words.js";
import { CLAUSE_WORDS, type Token } from "../lexer/tokens.js";
import type { Clause, Column, Expression, Name } from "../tree.js";

/** What a clause must be given, in words and as an example. */
const NEEDS: Readonly<Record<string, readonly [what: string, example: string]>> = {
  show: ["columns", "show time, comm"],
  by: ["keys", "by comm, pid"],
  where: ["a condition", "where pid == 1"],
  every: ["a duration", "every 1s"],
  header: ["a number of lines", "every 1s header 20"],
  top: ["a number", "top 10"],
  for: ["a duration", "for 30s"],
  via: ["the type of a provider", "via kprobe"],
  in: ["a unit", "sum(size) in MB"],
  as: ["a name", "sum(size) as total"],
};

export function missing(c: Cursor, word: Token, needs = NEEDS[word.text]): never {
  const [what, example] = needs ?? ["more", word.text];
  const message = `\`${word.text}\` needs ${what}, for example \`${example}\``;
  if (c.is("end")) c.fail("incomplete-clause", message, `go on as in \`${example}\``);
  c.fail("incomplete-clause", `${message}; ${c.found} stands there`, `go on as in \`${example}\``);
}

export function valueOf(c: Cursor, word: Token, needs = NEEDS[word.text]): Expression {
  return startsOperand(c) ? parseExpression(c) : missing(c, word, needs);
}

/** Where a clause that went wrong is given up. */
export function endsClause(c: Cursor, token: Token): boolean {
  if (token.kind === ";" || token.kind === "}" || token.kind === "{") return true;
  return token.kind === "word" && (CLAUSE_WORDS.includes(token.text) || c.startsDefinition());
}

function isListEnd(c: Cursor): boolean {
  return c.is("end") || c.is(";") || c.is("}") || c.isClauseWord() || c.startsDefinition();
}

/**
 * Columns after `word`, or the aggregates that no word introduces; a bad one is left out and the rest is read.
 * `clauses` are those before, to tell a forgotten comma from a second query.
 */
export function parseColumns(c: Cursor, word: Token | undefined, clauses: readonly Clause[]): Column[] {
  if (word !== undefined && isListEnd(c)) missing(c, word);
  const columns: Column[] = [];
  for (;;) {
    const column = c.attempt(
      () => parseColumn(c),
      (token) => token.kind === "," || endsClause(c, token),
    );
    if (column !== undefined) columns.push(column);
    if (column !== undefined && missesComma(c, word, clauses)) continue;
    if (!c.accept(",")) break;
    if (isListEnd(c)) {
      const message = `a column is expected after the comma, and ${c.found} stands there`;
      c.error("missing-column", c.here, message, "write it, or delete the comma");
      break;
    }
  }
  return columns;
}

/** A word right behind a column in the same line: the comma was forgotten. */
function missesComma(c: Cursor, word: Token | undefined, clauses: readonly Clause[]): boolean {
  const { token } = c;
  if (!c.isName() || c.onNewLine || c.startsDefinition()) return false;
  const { text } = token;
  // Behind `show` and `by`, aggregates are a clause of their own.
  if (c.peek(1).kind === "(" && word !== undefined) return false;
  if (text === "header" || nearest(text, CLAUSE_WORDS)[0] !== undefined || translate(text) !== undefined)
    return false;
  const opensQuery = c.isName(1) && (c.peek(2).kind === "(" || text === "open");
  if (opensQuery || c.peek(1).kind === "{" || repeats(c, word?.text, clauses)) return false;
  c.error(
    "missing-comma",
    token,
    `\`${text}\` stands right behind a column`,
    `write a comma before it: \`, ${text}\``,
  );
  return true;
}

/** The token after the next starts a clause that the query has: so the next one is the source of another. */
export function repeats(c: Cursor, current: string | undefined, clauses: readonly Clause[]): boolean {
  return (
    c.isClauseWord(1) && (c.isWord(current ?? "", 1) || clauses.some((clause) => c.isWord(clause.kind, 1)))
  );
}

function parseColumn(c: Cursor): Column {
  const { start } = c.token;
  const expression = parseExpression(c);
  let unit: Name | undefined;
  let alias: Column["alias"];
  for (;;) {
    const word = c.token;
    if (c.isWord("in")) {
      c.next();
      if (unit !== undefined)
        c.error("duplicate-unit", word, "this column has a unit already", "leave one of them out");
      unit = c.isName() ? c.takeName() : missing(c, word);
    } else if (c.isWord("as")) {
      c.next();
      if (alias !== undefined)
        c.error("duplicate-name", word, "this column has a name already", "leave one of them out");
      alias = parseAlias(c, word);
    } else {
      break;
    }
  }
  return {
    kind: "column",
    span: c.spanFrom(start),
    expression,
    ...(unit === undefined ? {} : { unit }),
    ...(alias === undefined ? {} : { alias }),
  };
}

function parseAlias(c: Cursor, word: Token): NonNullable<Column["alias"]> {
  if (c.is("string")) return decodeString(c.next(), c.reporter);
  if (c.isName()) return c.takeName();
  const { token } = c;
  if (token.kind !== "word") return missing(c, word);
  c.error(
    "reserved-word",
    token,
    `\`${token.text}\` is a word of the language`,
    `put it in quotes: \`as "${token.text}"\``,
  );
  return c.takeName();
}
