/** Queries: a source and its clauses. */
import { distance } from "fastest-levenshtein";
import type { Cursor } from "./cursor.js";
import { decodeProbe, decodeString } from "./literals.js";
import { close, parseExpression, startsOperand } from "./parse-expression.js";
import { CLAUSE_WORDS, PROBE_TYPES, TYPE_PREFIXES, type Token } from "./tokens.js";
import type {
  Clause,
  Column,
  Expression,
  Name,
  NamedSource,
  ProbeParameter,
  ProbeSource,
  Query,
  TypeName,
  ViaProvider,
} from "./tree.js";

/** The word of `words` that was probably meant, if one is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  if (word.length < 2 || word.length > 20) return undefined;
  const most = word.length <= 4 ? 1 : 2;
  let best: string | undefined;
  let least = most + 1;
  for (const candidate of words) {
    const far = distance(word.toLowerCase(), candidate);
    const swapped = far === 2 && isSwap(word, candidate);
    if ((swapped ? 1 : far) < least) {
      best = candidate;
      least = swapped ? 1 : far;
    }
  }
  return best;
}

/** Two neighbours exchanged: `wehre`, `yb`. */
function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let i = 0;
  while (a[i] === b[i]) i++;
  return a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
}

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

/** Words of other languages for the same thing. */
const FOREIGN_WORDS: Readonly<Record<string, string>> = {
  limit: "top 10",
  group: "by comm",
  order: "top 10 by total",
  sort: "top 10 by total",
  select: "show time, comm",
  filter: "where pid == 1",
  if: "where pid == 1",
  having: "where pid == 1",
  when: "where pid == 1",
  interval: "every 1s",
  during: "for 30s",
  using: "via kprobe",
  like: 'where file ~ "*.so"',
  is: "where pid == 1",
  contains: 'where file ~ "*x*"',
};

function missing(c: Cursor, word: Token): never {
  const [what, example] = NEEDS[word.text] ?? ["more", word.text];
  const message = `\`${word.text}\` needs ${what}, for example \`${example}\``;
  if (c.is("end")) c.fail("incomplete-clause", message, `go on as in \`${example}\``);
  c.fail("incomplete-clause", `${message}; ${c.found} stands there`, `go on as in \`${example}\``);
}

function valueOf(c: Cursor, word: Token): Expression {
  return startsOperand(c) ? parseExpression(c) : missing(c, word);
}

// ---------------------------------------------------------------- sources

export function parseType(c: Cursor): TypeName {
  const word = c.name("a type", "types are, for example, `int`, `bytes`, `duration`, `string`, `flags gfp_t`");
  return finishType(c, word);
}

/** What follows the word of a type; `word` was read. */
function finishType(c: Cursor, word: Name): TypeName {
  const of = TYPE_PREFIXES.includes(word.text)
    ? c.name(`the name of a kernel type after \`${word.text}\``, "as in `struct page` or `flags gfp_t`")
    : undefined;
  if (c.is("*")) c.fail("pointer-type", "types are written without `*`", "leave it out: pointers are followed for you");
  return { kind: "type", span: c.spanFrom(word.span.start), word, ...(of === undefined ? {} : { of }) };
}

/** A name and its type; `p:int` looks like a probe to the lexer and is none here. */
export function parseTypedName(c: Cursor, what: string, typed: "always" | "perhaps"): { name: Name; type?: TypeName } {
  const { token } = c;
  if (token.kind === "probe" && /^[a-z]+:[a-z]+$/.test(token.text)) {
    const { type, parts } = decodeProbe(c.next(), c.reporter);
    const span = parts[0]?.span ?? type.span;
    return { name: type, type: finishType(c, { kind: "name", span, text: parts[0]?.value ?? "" }) };
  }
  const name = c.name(what, "as in `size: bytes`");
  if (c.accept(":")) return { name, type: parseType(c) };
  if (typed === "perhaps") return { name };
  c.fail("missing-type", `\`${name.text}\` has no type`, `write \`${name.text}: int\``, name.span);
}

export function parseProbeSource(c: Cursor): ProbeSource {
  const probe = decodeProbe(c.next(), c.reporter);
  const parameters: ProbeParameter[] = [];
  if (c.is("(")) {
    const open = c.next();
    if (!c.is(")")) {
      do {
        const { start } = c.token;
        const { name, type } = parseTypedName(c, "the name of an argument", "perhaps");
        parameters.push({ kind: "parameter", span: c.spanFrom(start), name, ...(type === undefined ? {} : { type }) });
      } while (c.accept(","));
    }
    close(c, ")", open);
  }
  return { kind: "probeSource", span: c.spanFrom(probe.span.start), probe, parameters };
}

/** A probe or the name of a source; a probe type that is none is named. */
export function parseTrigger(c: Cursor): ProbeSource | NamedSource {
  if (c.is("probe")) return parseProbeSource(c);
  const { token } = c;
  const name = c.name("a source", "a source is a name such as `faults`, or a probe such as `kprobe:vfs_read`");
  if (c.is(":") && c.token.start === token.end) reportProbeType(c, token);
  return { kind: "namedSource", span: name.span, name };
}

function reportProbeType(c: Cursor, type: Token): never {
  if (PROBE_TYPES.includes(type.text)) {
    c.fail("bad-probe", "a probe is written without blanks", `write \`${type.text}:name\``, type);
  }
  const near = nearest(type.text, PROBE_TYPES);
  c.fail(
    "unknown-probe-type",
    `\`${type.text}\` is not a type of probe`,
    near === undefined
      ? "the types are tracepoint, kprobe, kretprobe, fentry, fexit, uprobe, uretprobe, usdt, software, hardware, …"
      : `did you mean \`${near}\`?`,
    type,
  );
}

// ---------------------------------------------------------------- columns

function isListEnd(c: Cursor): boolean {
  return c.is("end") || c.is(";") || c.is("}") || c.isClauseWord();
}

/**
 * Columns after `word`, or the aggregates that no word introduces; a bad one is left out and the rest is read.
 * `clauses` are those before, to tell a forgotten comma from a second query.
 */
function parseColumns(c: Cursor, word: Token | undefined, clauses: readonly Clause[]): Column[] {
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
  if (!c.isName() || c.onNewLine || startsDefinition(c)) return false;
  const { text } = token;
  // Behind `show` and `by`, aggregates are a clause of their own.
  if (c.peek(1).kind === "(" && word !== undefined) return false;
  if (text === "header" || nearest(text, CLAUSE_WORDS) !== undefined || Object.hasOwn(FOREIGN_WORDS, text)) return false;
  const opensQuery = c.isName(1) && (c.peek(2).kind === "(" || text === "open");
  if (opensQuery || c.peek(1).kind === "{" || repeats(c, word?.text, clauses)) return false;
  c.error("missing-comma", token, `\`${text}\` stands right behind a column`, `write a comma before it: \`, ${text}\``);
  return true;
}

/** The token after the next starts a clause that the query has: so the next one is the source of another. */
function repeats(c: Cursor, current: string | undefined, clauses: readonly Clause[]): boolean {
  return c.isClauseWord(1) && (c.isWord(current ?? "", 1) || clauses.some((clause) => c.isWord(clause.kind, 1)));
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
      if (unit !== undefined) c.error("duplicate-unit", word, "this column has a unit already", "leave one of them out");
      unit = c.isName() ? c.takeName() : missing(c, word);
    } else if (c.isWord("as")) {
      c.next();
      if (alias !== undefined) c.error("duplicate-name", word, "this column has a name already", "leave one of them out");
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
  const { kind, text } = c.token;
  if (kind === "word") c.fail("reserved-word", `\`${text}\` is a word of the language`, `put it in quotes: \`as "${text}"\``);
  return missing(c, word);
}

// ---------------------------------------------------------------- clauses

/** Where a clause that went wrong is given up. */
function endsClause(c: Cursor, token: Token): boolean {
  if (token.kind === ";" || token.kind === "}" || token.kind === "{") return true;
  return token.kind === "word" && (CLAUSE_WORDS.includes(token.text) || startsDefinition(c));
}

/** `event name {`, `tool name(`, `import "…"`: two words in a row are never an expression. */
export function startsDefinition(c: Cursor): boolean {
  const { kind, text } = c.token;
  if (kind !== "word") return false;
  if (text === "import") return c.peek(1).kind === "string";
  if (text !== "event" && text !== "span" && text !== "tool") return false;
  if (c.peek(1).kind === "{") return true;
  if (!c.isName(1)) return false;
  const after = c.peek(2).kind;
  if (text === "tool") return after === "(" || after === "{";
  return after === "{" || after === "=" || (text === "span" && c.isWord("on", 2));
}

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
  const by = c.acceptWord("by") ? valueOf(c, byWord) : undefined;
  if (by !== undefined && c.is(",")) {
    c.fail("top-by-one", "`top` sorts by one column", "leave the others out; to group, write another `by` before `top`");
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
    else if (c.is("{")) c.skipBlock(() => startsDefinition(c));
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
    () => parseTrigger(c),
    (token) => endsClause(c, token),
  );
}

function parseNextClause(c: Cursor, clauses: readonly Clause[], afterSource: boolean): Clause | "none" {
  const { token } = c;
  if (c.isClauseWord()) return parseClause(c, token.text, clauses);
  if (startsDefinition(c)) return secondItem(c);
  if (token.kind === "probe") return secondItem(c);
  if (token.kind === "word" && c.isName()) {
    if (c.peek(1).kind === "(") return parseAggregates(c, clauses);
    return parseUnknown(c, clauses, afterSource);
  }
  if (token.kind === "word" && (token.text === "in" || token.text === "as")) {
    c.fail("misplaced-word", `\`${token.text}\` belongs to a column`, "as in `sum(size) in MB as total`");
  }
  if (token.kind === ",") {
    c.fail("unexpected-token", "a comma stands between two clauses", "delete it: clauses are only separated by blanks");
  }
  if (token.kind === "{") {
    c.fail("unexpected-token", "a query has no body in braces", "write clauses: what to count or show, by what, where");
  }
  return c.expected("a clause", "the clauses are show, by, where, every, top, for, via, and aggregates such as `count()`");
}

function parseAggregates(c: Cursor, clauses: readonly Clause[]): Clause {
  const { start, text } = c.token;
  const last = clauses[clauses.length - 1];
  if (last?.kind === "aggregates") {
    c.error("missing-comma", c.token, `\`${text}\` stands right behind another aggregate`, `write a comma before it: \`, ${text}(…)\``);
  }
  const columns = parseColumns(c, undefined, clauses);
  return { kind: "aggregates", span: c.spanFrom(start), columns };
}

/** A word where a clause should start: misspelled, foreign, or the start of a second query. */
function parseUnknown(c: Cursor, clauses: readonly Clause[], afterSource: boolean): Clause | "none" {
  const { token } = c;
  const { text } = token;
  const near = nearest(text, CLAUSE_WORDS);
  if (near !== undefined) {
    c.error("misspelled-word", token, `\`${text}\` starts no clause`, `did you mean \`${near}\`?`);
    return parseClause(c, near, clauses);
  }
  if (Object.hasOwn(FOREIGN_WORDS, text)) {
    c.fail("unknown-clause", `there is no clause \`${text}\``, `write \`${FOREIGN_WORDS[text] ?? ""}\``);
  }
  if (text === "header") {
    c.fail("misplaced-word", "`header` belongs right behind `every`", "as in `every 1s header 20`");
  }
  if (c.onNewLine || repeats(c, undefined, clauses) || (text === "open" && c.isName(1))) return secondItem(c);
  const hint = afterSource
    ? `write \`by ${text}\` to group by it, or \`show ${text}\` to list it`
    : "the clauses are show, by, where, every, top, for and via; between two queries write `;`";
  c.fail("unknown-clause", `\`${text}\` starts no clause`, hint);
}

function secondItem(c: Cursor): "none" {
  const what = startsDefinition(c) ? "a definition" : "a second query";
  c.error("missing-semicolon", c.token, `${what} starts here, and the query before it has not ended`, "write `;` before it");
  return "none";
}

function reportDuplicates(c: Cursor, clauses: readonly Clause[]): void {
  const seen: Record<string, Clause> = {};
  for (const clause of clauses) {
    const first = seen[clause.kind];
    if (first === undefined) {
      seen[clause.kind] = clause;
      continue;
    }
    // Aggregates in a row are a forgotten comma, and that was said.
    if (clause.kind === "aggregates" && clauses.indexOf(clause) === clauses.indexOf(first) + 1) continue;
    const written = firstLine(c, first);
    const named = clause.kind === "aggregates" ? "aggregates stand" : `\`${clause.kind}\` stands`;
    c.error(
      "duplicate-clause",
      { start: clause.span.start, end: clause.span.start + wordLength(c, clause) },
      `${named} twice in this query`,
      clause.kind === "where"
        ? `join the conditions with \`and\`: the first is \`${written}\``
        : `the first is \`${written}\`: leave one out, or join them`,
    );
  }
}

function wordLength(c: Cursor, clause: Clause): number {
  const text = c.textOf(clause.span);
  return /^\w+/.exec(text.slice(0, 40))?.[0].length ?? 1;
}

function firstLine(c: Cursor, clause: Clause): string {
  const text = c.textOf(clause.span).slice(0, 60);
  return text.replace(/\s+/g, " ");
}
