/** Definitions: events, unions, spans, tools and imports. */
import type { Span } from "../../diagnostics/diagnostic.js";
import type { Cursor } from "./cursor.js";
import { decodeNumber, decodeString } from "../lexer/literals.js";
import { close, parseExpression, startsOperand } from "./parse-expression.js";
import { parseQuery } from "./parse-query.js";
import { parseTrigger, parseTypedName } from "./parse-source.js";
import type { Token } from "../lexer/tokens.js";
import type {
  Doc,
  Expression,
  FieldDefinition,
  ImportDefinition,
  Item,
  Name,
  NumberLiteral,
  ProviderDefinition,
  Query,
  SpanDefinition,
  StringLiteral,
  ToolBranch,
  ToolDefinition,
  ToolParameter,
  UnionMember,
} from "../tree.js";

/** `meant` is the word it starts with, once its spelling is mended. */
export function parseDefinition(c: Cursor, meant: string): Item {
  const doc = c.doc();
  const word = c.next();
  switch (meant) {
    case "import":
      return parseImport(c, word);
    case "event":
      return parseEvent(c, word, doc);
    case "span":
      return parseSpan(c, word, doc);
    default:
      return parseTool(c, word, doc);
  }
}

function documented(doc: Doc | undefined): { doc?: Doc } {
  return doc === undefined ? {} : { doc };
}

function parseImport(c: Cursor, word: Token): ImportDefinition {
  if (!c.is("string")) c.expected("the name of a file", 'as in `import "lib.fl"`');
  const path = decodeString(c.next(), c.reporter);
  return { kind: "import", span: c.spanFrom(word.start), path };
}

// ---------------------------------------------------------------- bodies

/** Where a broken part of a body is given up. */
function endsPart(c: Cursor, words: readonly string[]): boolean {
  const { kind, text } = c.token;
  if (kind === "}" || kind === ";" || kind === "{") return true;
  if (kind !== "word") return false;
  return words.includes(text) || c.startsDefinition() || (c.isName() && c.peek(1).kind === ":");
}

/** `{ … }`: reads parts until the brace closes; gives up where another definition starts. */
function parseBody(c: Cursor, owner: string, words: readonly string[], part: () => void): void {
  if (!c.is("{")) c.expected("`{`", `${owner} goes on with a body: \`{ … }\``);
  const open = c.next();
  while (!c.is("}")) {
    if (c.is("end") || c.startsDefinition()) {
      c.fail("unclosed", `the \`{\` of ${owner} is not closed`, "write `}` at its end", open);
    }
    const before = c.position;
    const read = c.attempt(
      () => {
        part();
        return true;
      },
      () => endsPart(c, words),
    );
    if (read === undefined && c.is("{")) c.skipBlock(() => c.startsDefinition());
    if (c.position === before && !c.is("}") && !c.is("end")) c.next();
  }
  c.next();
}

const PROVIDER_END = ["provider", "begin", "during", "end", "where", "note", "rate", "unattributed"];

/** What follows `provider`, `begin` or `end`. */
function parseProvider(c: Cursor, word: Token): ProviderDefinition {
  const trigger = parseTrigger(c);
  let condition: Expression | undefined;
  let note: StringLiteral | undefined;
  let rate: NumberLiteral | undefined;
  let unattributed = false;
  for (;;) {
    const { token } = c;
    if (c.isWord("where")) {
      if (condition !== undefined)
        c.error(
          "duplicate-clause",
          token,
          "`where` stands twice in this provider",
          "join the conditions with `and`",
        );
      c.next();
      if (!startsOperand(c)) {
        c.fail(
          "incomplete-clause",
          "`where` needs a condition, for example `where pid == 1`",
          "go on as in `where pid == 1`",
        );
      }
      condition = parseExpression(c);
    } else if (c.isWord("note") && c.peek(1).kind !== ":") {
      if (note !== undefined)
        c.error("duplicate-clause", token, "`note` stands twice in this provider", "join the texts");
      c.next();
      if (!c.is("string")) c.expected("the text of the note", 'as in `note "user pages only"`');
      note = decodeString(c.next(), c.reporter);
    } else if (c.isWord("rate") && c.peek(1).kind !== ":") {
      if (rate !== undefined)
        c.error("duplicate-clause", token, "`rate` stands twice in this provider", "leave one of them out");
      c.next();
      if (!c.is("number")) c.expected("the usual number of events a second", "as in `rate 10_000`");
      rate = decodeNumber(c.next(), c.reporter);
      if (rate.unit !== undefined || rate.denominator !== 1n)
        c.error("bad-rate", rate.span, "a rate is a whole number of events a second", "as in `rate 10_000`");
    } else if (c.isWord("unattributed") && c.peek(1).kind !== ":") {
      c.next();
      unattributed = true;
    } else {
      break;
    }
  }
  const fields: FieldDefinition[] = [];
  if (c.is("{")) {
    parseBody(c, `this \`${word.text}\``, PROVIDER_END, () => {
      fields.push(parseField(c));
    });
  }
  return {
    kind: "provider",
    span: c.spanFrom(word.start),
    trigger,
    ...(condition === undefined ? {} : { condition }),
    ...(note === undefined ? {} : { note }),
    ...(rate === undefined ? {} : { rate }),
    ...(unattributed ? { unattributed } : {}),
    fields,
  };
}

function parseField(c: Cursor): FieldDefinition {
  const doc = c.doc();
  const { start } = c.token;
  if (c.is(";"))
    c.fail("unexpected-token", "`;` stands between two queries, not between fields", "delete it");
  const { name, type } = parseTypedName(c, "the name of a field");
  if (!c.is("=")) {
    c.expected(
      "`=`",
      `say where the field comes from: \`${name.text}: ${type.word.text} = args.${name.text}\``,
    );
  }
  const equals = c.next();
  if (!startsOperand(c)) {
    c.fail(
      "missing-operand",
      `\`${name.text}\` has no value`,
      `as in \`${name.text}: int = args.${name.text}\``,
      equals,
    );
  }
  const value = parseExpression(c);
  const span = c.spanFrom(start);
  c.accept(",");
  return { kind: "field", span, ...documented(doc), name, type, value };
}

// ---------------------------------------------------------------- events and spans

function parseEvent(c: Cursor, word: Token, doc: Doc | undefined): Item {
  const name = c.name("the name of an event", "as in `event faults { … }`");
  if (c.accept("=")) {
    const members: UnionMember[] = [];
    do members.push(parseMember(c));
    while (c.accept("|"));
    return { kind: "union", span: c.spanFrom(word.start), ...documented(doc), name, members };
  }
  const providers: ProviderDefinition[] = [];
  parseBody(c, `event \`${name.text}\``, ["provider"], () => {
    const { token } = c;
    if (!c.acceptWord("provider"))
      c.expected("`provider`", "an event is made of providers: `provider kprobe:vfs_read { … }`");
    providers.push(parseProvider(c, token));
  });
  return { kind: "event", span: c.spanFrom(word.start), ...documented(doc), name, providers };
}

function parseMember(c: Cursor): UnionMember {
  const name = c.name("the name of an event", "as in `event allocation = malloc | calloc`");
  const optional = c.accept("?");
  return { kind: "member of union", span: c.spanFrom(name.span.start), name, optional };
}

const SPAN_PARTS = ["begin", "during", "end"] as const;
type SpanPart = (typeof SPAN_PARTS)[number];

function parseSpan(c: Cursor, word: Token, doc: Doc | undefined): SpanDefinition {
  const name = c.name("the name of a span", "as in `span direct_reclaim on tid { … }`");
  const keys: Name[] = [];
  if (c.acceptWord("on")) {
    do keys.push(c.name("a key", "as in `on tid` or `on pid, address`"));
    while (c.accept(","));
  } else {
    c.error(
      "missing-key",
      c.here,
      `span \`${name.text}\` has no key`,
      `say what its two sides share: \`span ${name.text} on tid { … }\``,
    );
  }
  const sides: Record<SpanPart, ProviderDefinition[]> = { begin: [], during: [], end: [] };
  const fields: FieldDefinition[] = [];
  parseBody(c, `span \`${name.text}\``, SPAN_PARTS, () => {
    const { token } = c;
    const part = SPAN_PARTS.find((p) => c.isWord(p));
    if (part === undefined || c.peek(1).kind === ":") {
      fields.push(parseField(c));
      return;
    }
    c.next();
    sides[part].push(parseProvider(c, token));
  });
  return { kind: "span", span: c.spanFrom(word.start), ...documented(doc), name, keys, ...sides, fields };
}

// ---------------------------------------------------------------- tools

function parseTool(c: Cursor, word: Token, doc: Doc | undefined): ToolDefinition {
  const name = c.name("the name of a tool", "as in `tool vmscan(interval: duration = 1s) { … }`");
  const parameters = c.is("(") ? parseParameters(c) : [];
  const parts: (Query | ToolBranch)[] = [];
  parseToolBody(c, `tool \`${name.text}\``, () => {
    parts.push(c.isWord("when") ? parseBranch(c) : parseQuery(c));
  });
  return { kind: "tool", span: c.spanFrom(word.start), ...documented(doc), name, parameters, parts };
}

function parseToolBody(c: Cursor, owner: string, part: () => void): void {
  parseBody(c, owner, [], () => {
    if (c.accept(";")) return;
    part();
    if (!c.is(";") && !c.is("}") && !c.is("end") && c.is("{"))
      c.expected("`;` or `}`", "a tool holds queries, separated by `;`");
  });
}

/** `when each { … }` */
function parseBranch(c: Cursor): ToolBranch {
  const word = c.next();
  if (!startsOperand(c))
    c.fail("missing-operand", "`when` has no condition", "as in `when each { … }`", word);
  const condition = parseExpression(c);
  const queries: Query[] = [];
  parseToolBody(c, "this `when`", () => {
    queries.push(parseQuery(c));
  });
  return { kind: "branch", span: c.spanFrom(word.start), condition, queries };
}

function parseParameters(c: Cursor): ToolParameter[] {
  const open: Span = c.next();
  const parameters: ToolParameter[] = [];
  while (!c.is(")")) {
    const parameter = c.attempt(
      () => parseParameter(c),
      ({ kind }) => kind === "," || kind === ")" || kind === "{" || kind === "}",
    );
    if (parameter !== undefined) parameters.push(parameter);
    if (!c.accept(",")) break;
  }
  close(c, ")", open);
  return parameters;
}

function parseParameter(c: Cursor): ToolParameter {
  const doc = c.doc();
  const { start } = c.token;
  const { name, type } = parseTypedName(c, "the name of a parameter");
  const equals = c.token;
  let value: Expression | undefined;
  if (c.accept("=")) {
    if (!startsOperand(c))
      c.fail(
        "missing-operand",
        `\`${name.text}\` has no default after the \`=\``,
        "as in `interval: duration = 1s`",
        equals,
      );
    value = parseExpression(c);
  }
  return {
    kind: "toolParameter",
    span: c.spanFrom(start),
    ...documented(doc),
    name,
    type,
    ...(value === undefined ? {} : { value }),
  };
}
