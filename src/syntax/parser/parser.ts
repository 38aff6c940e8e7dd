/**
 * Text to syntax tree. Never throws: what is wrong is in the diagnostics, and the tree holds what could be read.
 * The grammar is analysed once, when the first text is read; a start-up snapshot holds it analysed.
 */
import { EOF } from "chevrotain";
import type { Diagnostic, Source } from "../../diagnostics/diagnostic.js";
import { append } from "../../lists.js";
import type { FileCstNode } from "../grammar/cst.js";
import { FaultlineParser } from "../grammar/grammar.js";
import { commentsOf, type DocBlock } from "../lexer/docs.js";
import type { File, Item } from "../tree.js";
import { buildItem } from "./build-definition.js";
import { buildQuery } from "./build-query.js";
import { nextWordsWith, type NextWords } from "./next-words.js";
import { inOrder, whole } from "./nodes.js";
import { Reporter } from "./reporter.js";

let shared: FaultlineParser | undefined;

export function parse(source: Source): { file: File; diagnostics: Diagnostic[] } {
  const reporter = new Reporter(source);
  shared ??= new FaultlineParser();
  const file = parseOnStack(reporter, shared);
  return { file, diagnostics: reporter.finish() };
}

/** How deep a text may be nested depends on the stack, too, of which the caller has used some. */
function parseOnStack(reporter: Reporter, parser: FaultlineParser): File {
  try {
    return parseFile(reporter, parser);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const end = reporter.source.text.length;
    reporter.error("too-deep", 0, end, "this is nested too deeply for the stack that is left", "split it up");
    return { kind: "file", span: { start: 0, end }, items: [], comments: [] };
  }
}

/** What may come next in a query that is being written. */
export function nextWords(text: string): NextWords {
  shared ??= new FaultlineParser();
  return nextWordsWith(shared, text);
}

/** With a parser that is given; the tests count the steps of theirs. */
export function parseFile(reporter: Reporter, parser: FaultlineParser): File {
  parser.read(reporter);
  const tree = parser.file() as FileCstNode;
  if (!parser.is(EOF)) throw new Error("the parser left something unread");
  const { comments } = parser;
  const docs = new Map<number, DocBlock>();
  for (const { doc, startOffset } of parser.finish()) if (doc !== undefined) docs.set(startOffset, doc);
  const building = { reporter, docs };
  const items: Item[] = whole(tree.children.item).flatMap((item) => buildItem(item, building) ?? []);
  append(
    items,
    (tree.children.query ?? []).map((query) => buildQuery(query, building)),
  );
  const { text } = reporter.source;
  for (const doc of docs.values()) append(comments, commentsOf(doc, text));
  return {
    kind: "file",
    span: { start: 0, end: text.length },
    items: inOrder(items),
    comments: inOrder(comments),
  };
}
