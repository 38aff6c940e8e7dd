/** The Prettier plugin for Faultline, and `format`, which `faultline fmt` calls. */
import type { AstPath, Options, Parser, Plugin, Printer, SupportLanguage } from "prettier";
import { format as prettierFormat, util } from "prettier";
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import { commentedChildren, placeComment, type AttachComment, type PlacedComment } from "./comments.js";
import { parse } from "../parser/parser.js";
import { printNode } from "./print.js";
import type { Comment, File, SyntaxNode } from "../tree.js";

/** Thrown when the text has syntax errors and so is not formatted. */
export class SyntaxErrors extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    const [first] = diagnostics;
    super(first === undefined ? "the text has syntax errors" : `${placeOf(first)}: ${first.message}`);
    this.name = "SyntaxErrors";
  }
}

function placeOf({ source, span }: Diagnostic): string {
  const before = source.text.slice(0, span.start);
  const line = before.split("\n").length;
  return `${source.name}:${line}:${span.start - before.lastIndexOf("\n")}`;
}

type Commented = SyntaxNode | Comment;

/** The kinds of node that a `///` comment can document. */
const DOCUMENTED: readonly string[] = ["event", "union", "span", "tool", "field", "toolParameter"];

export const languages: SupportLanguage[] = [
  {
    name: "Faultline",
    parsers: ["faultline"],
    extensions: [".fl"],
    interpreters: ["faultline"],
    vscodeLanguageIds: ["faultline"],
  },
];

const parser: Parser<Commented> = {
  astFormat: "faultline",
  parse(text, options) {
    const { file, diagnostics } = parse({ name: options.filepath ?? "query", text });
    if (diagnostics.length > 0) throw new SyntaxErrors(diagnostics);
    return file;
  },
  locStart: (node) => node.span.start,
  locEnd: (node) => node.span.end,
};

export const parsers: Record<string, Parser<Commented>> = { faultline: parser };

function handler(ownLine: boolean) {
  return (comment: PlacedComment, text: string, _options: unknown, file: File): boolean => {
    const place: AttachComment = (node, side) => {
      if (side === "leading") util.addLeadingComment(node, comment);
      else if (side === "trailing") util.addTrailingComment(node, comment);
      else util.addDanglingComment(node, comment, undefined);
    };
    return placeComment(comment, text, file, ownLine, place);
  };
}

/** Returns the comments of a node without children to attach them to. */
function commentsInside(node: Commented): string[] {
  const attached = (node as { comments?: AttachedComment[] }).comments ?? [];
  // A file has its comments under the same key until Prettier has attached them.
  const inside = attached.filter(
    ({ leading, trailing, printed }) => !leading && !trailing && printed !== true,
  );
  for (const comment of inside) comment.printed = true;
  return inside.map((comment) => comment.text);
}

interface AttachedComment extends Comment {
  leading?: boolean;
  trailing?: boolean;
  printed?: boolean;
}

const printer: Printer<Commented> = {
  print(path, options, print) {
    if (path.node.kind === "comment") throw new Error("comments are printed apart");
    return printNode(path as AstPath<SyntaxNode>, options.originalText, print, commentsInside(path.node));
  },
  printComment(path) {
    const { node, parent } = path;
    if (node.kind !== "comment") return "";
    // A `///` comment that documented nothing must not document something at its new place.
    const isBefore = (node as AttachedComment).leading === true && DOCUMENTED.includes(parent?.kind ?? "");
    return isBefore ? node.text.replace(/^\/{3}(?!\/)/, "//") : node.text;
  },
  canAttachComment: (node) => node.kind !== "comment",
  getCommentChildNodes: (node) => (node.kind === "comment" ? [] : commentedChildren(node)),
  handleComments: {
    ownLine: handler(true) as never,
    endOfLine: handler(false) as never,
    remaining: handler(false) as never,
  },
};

export const printers: Record<string, Printer<Commented>> = { faultline: printer };

export const defaultOptions: Partial<Options> = { printWidth: 100 };

export interface FormatOptions {
  /** The name of the text in errors. */
  readonly name?: string;
  readonly width?: number;
}

/** Returns the text in its canonical layout. Throws `SyntaxErrors` if it cannot be parsed. */
export async function format(
  text: string,
  { name = "query", width = 100 }: FormatOptions = {},
): Promise<string> {
  const { diagnostics } = parse({ name, text });
  if (diagnostics.length > 0) throw new SyntaxErrors(diagnostics);
  const plugin: Plugin<Commented> = { languages, parsers, printers, defaultOptions };
  return prettierFormat(text, { parser: "faultline", plugins: [plugin], printWidth: width, filepath: name });
}
