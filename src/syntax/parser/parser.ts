/**
 * Text to syntax tree, by recursive descent: nothing is built at load, for every query pays for the start.
 * Never throws: what is wrong is in the diagnostics, and the tree holds what could be read.
 */
import type { Diagnostic, Source } from "../../diagnostics/diagnostic.js";
import { Cursor } from "./cursor.js";
import { parseDefinition } from "./parse-definition.js";
import { parseQuery } from "./parse-query.js";
import { Reporter } from "./reporter.js";
import { nearest } from "../../diagnostics/suggest.js";
import { DEFINITION_WORDS } from "../lexer/tokens.js";
import type { File, Item } from "../tree.js";

export function parse(source: Source): { file: File; diagnostics: Diagnostic[] } {
  const cursor = new Cursor(new Reporter(source));
  const file = parseFile(cursor);
  return { file, diagnostics: cursor.reporter.finish() };
}

/** The parser proper; the tests count the steps of its cursor. */
export function parseFile(c: Cursor): File {
  const items: Item[] = [];
  while (!c.is("end")) {
    if (c.accept(";")) continue;
    const before = c.position;
    const item = c.attempt(
      () => parseItem(c),
      (token) => ";{}".includes(token.kind) || c.startsDefinition(),
    );
    if (item !== undefined) items.push(item);
    else if (c.is("{")) c.skipBlock(() => c.startsDefinition());
    if (c.position === before) c.next();
  }
  c.undocumented();
  const { comments, text } = c;
  return { kind: "file", span: { start: 0, end: text.length }, items, comments };
}

function parseItem(c: Cursor): Item {
  const { token } = c;
  if (c.startsDefinition() || isBrokenDefinition(c)) return parseDefinition(c, token.text);
  if (token.kind === "}") c.fail("unexpected-token", "this `}` closes nothing", "delete it");
  const misspelled = opensBody(c) ? nearest(token.text, DEFINITION_WORDS)[0] : undefined;
  if (misspelled === undefined) return parseQuery(c);
  c.error(
    "misspelled-word",
    token,
    `\`${token.text}\` starts no definition`,
    `did you mean \`${misspelled}\`?`,
  );
  return parseDefinition(c, misspelled);
}

/** `evnet faults {`: two names and a brace are a definition, whatever the first is called. */
function opensBody(c: Cursor): boolean {
  if (!c.isName() || !c.isName(1)) return false;
  const after = c.peek(2).kind;
  const hasParameters = after === "(" && c.isName(3) && c.peek(4).kind === ":";
  return after === "{" || after === "=" || hasParameters || c.isWord("on", 2);
}

/** `event faults provider …`, `import lib`: meant as a definition, and something is missing. */
function isBrokenDefinition(c: Cursor): boolean {
  if (c.isWord("import")) return c.peek(1).kind !== "word" ? c.peek(1).kind !== "end" : !c.isClauseWord(1);
  if (!c.isWord("event") && !c.isWord("span") && !c.isWord("tool")) return false;
  const after = c.peek(2).kind;
  // Even with a reserved word, or nothing, in the place of the name.
  return c.peek(1).kind === "=" || after === "{" || after === "=" || (c.isName(1) && after !== "(");
}
