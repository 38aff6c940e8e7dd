/**
 * Parses text to a syntax tree. Never throws: errors are in the diagnostics, and the tree holds what could be read.
 * The grammar is analysed once, at the first text; a start-up snapshot holds it analysed.
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

/** Returns what may come next in an unfinished query. */
export function nextWords(text: string): NextWords {
  shared ??= new FaultlineParser();
  return nextWordsWith(shared, text);
}

/** Parses with the given parser; tests pass one that counts its steps. */
export function parseFile(reporter: Reporter, parser: FaultlineParser): File {
  parser.read(reporter);
  const tree = parser.file() as FileCstNode;
  if (!parser.is(EOF)) throw new Error("the parser left something unread");
  const { comments } = parser;
  const docs = new Map<number, DocBlock>();
  for (const { doc, startOffset } of parser.finish()) if (doc !== undefined) docs.set(startOffset, doc);
  const context = { reporter, docs };
  const items: Item[] = whole(tree.children.item).flatMap((item) => buildItem(item, context) ?? []);
  append(
    items,
    (tree.children.query ?? []).map((query) => buildQuery(query, context)),
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
