/** Collects comments, and documentation: runs of `///` lines, each attached to the token that follows. */
import type { IToken } from "chevrotain";
import type { Span } from "../../diagnostics/diagnostic.js";
import { append } from "../../lists.js";
import { isBlank, isLineEnd } from "../grammar/characters.js";
import type { Comment } from "../tree.js";

/** A run of `///` lines. */
export interface DocBlock extends Span {
  readonly text: string;
}

/** A token with the documentation directly above it. */
export interface Token extends IToken {
  doc?: DocBlock;
}

type Visible = (start: number, end: number) => string;

export class DocCollector {
  readonly comments: Comment[] = [];
  private next = 0;
  private pending: DocBlock | undefined;

  /** `visible` returns a piece of the text, and reports invisible characters in it. */
  constructor(
    private readonly text: string,
    private readonly found: readonly IToken[],
    private readonly visible: Visible,
  ) {}

  /** Adds the comments between the last token and this one. */
  attach(token: Token, last: IToken | undefined): void {
    for (let comment = this.found[this.next]; comment !== undefined; comment = this.found[this.next]) {
      if (comment.startOffset >= token.startOffset) break;
      this.next++;
      if (this.isDoc(comment, last)) this.doc(comment);
      else this.comment(comment);
    }
    if (this.pending === undefined) return;
    token.doc = this.pending;
    this.pending = undefined;
  }

  private isDoc({ image, startOffset }: IToken, last: IToken | undefined): boolean {
    if (!image.startsWith("///") || image.startsWith("////")) return false;
    if (last === undefined) return true;
    // Only blanks may precede it on its line.
    for (let i = startOffset - 1; i > (last.endOffset ?? 0); i--)
      if (isLineEnd(this.text.charCodeAt(i))) return true;
    return false;
  }

  private comment({ image, startOffset: start }: IToken): void {
    let end = start + image.length;
    while (end > start && isBlank(this.text.charCodeAt(end - 1))) end--;
    this.comments.push({ kind: "comment", span: { start, end }, text: this.visible(start, end) });
  }

  private doc({ image, startOffset: start }: IToken): void {
    const end = start + image.length;
    const line = this.visible(start + 3, end).trimEnd();
    const text = line.startsWith(" ") ? line.slice(1) : line;
    const { pending } = this;
    if (pending !== undefined && this.isNextLine(pending.end, start)) {
      this.pending = { start: pending.start, end, text: `${pending.text}\n${text}` };
      return;
    }
    // Only the last block is documentation.
    if (pending !== undefined) append(this.comments, commentsOf(pending, this.text));
    this.pending = { start, end, text };
  }

  /** Whether only blanks and one line end separate the two. */
  private isNextLine(from: number, to: number): boolean {
    let lines = 0;
    for (let i = from; i < to; i++) {
      const code = this.text.charCodeAt(i);
      if (!isBlank(code)) return false;
      if (code === 10 || (code === 13 && this.text.charCodeAt(i + 1) !== 10)) lines++;
    }
    return lines === 1;
  }
}

/** Returns documentation that belongs to nothing as comments, one for each line. */
export function commentsOf(doc: DocBlock, text: string): Comment[] {
  const comments: Comment[] = [];
  let start = doc.start;
  for (const line of text.slice(doc.start, doc.end).split(/\r\n|\r|\n/)) {
    const begin = text.indexOf("///", start);
    const end = begin + line.trim().length;
    comments.push({ kind: "comment", span: { start: begin, end }, text: text.slice(begin, end) });
    start = end;
  }
  return comments;
}
