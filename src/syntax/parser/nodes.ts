/** Small questions to the nodes of the parse tree, and what the builders of the syntax tree share. */
import type { CstNode, IToken } from "chevrotain";
import type { Span } from "../../diagnostics/diagnostic.js";
import { greatest } from "../../lists.js";
import type { DocBlock } from "../lexer/docs.js";
import type { Doc, Name } from "../tree.js";
import type { Reporter } from "./reporter.js";
import { spanOf } from "./token-stream.js";

/** Thrown after a report: what is being built is left out. */
export class LeftOut extends Error {}

/** What a builder needs besides the node. */
export interface Building {
  readonly reporter: Reporter;
  /** The documentation that was not used yet, by where the token begins that follows it. */
  readonly docs: Map<number, DocBlock>;
}

/** The height of a tree; long chains lean to the left and are as high as they are long. */
const GREATEST_HEIGHT = 1000;

/** One higher than the highest of its parts; low enough for those who walk the tree by recursion. */
export function heightAbove(heights: readonly number[], place: Span, { reporter }: Building): number {
  const height = 1 + greatest(heights, 0);
  if (height <= GREATEST_HEIGHT) return height;
  leaveOut(reporter, place, {
    code: "too-deep",
    message: `this expression is too long: at most ${GREATEST_HEIGHT} operators`,
    hint: "split it up",
  });
}

export function leaveOut(
  reporter: Reporter,
  { start, end }: Span,
  { code, message, hint }: { readonly code: string; readonly message: string; readonly hint: string },
): never {
  reporter.error(code, start, end, message, hint);
  throw new LeftOut();
}

/** Undefined for what was left out. */
export function unlessLeftOut<T>(build: () => T): T | undefined {
  try {
    return build();
  } catch (error) {
    if (error instanceof LeftOut) return undefined;
    throw error;
  }
}

/** The one child, or the first, that the grammar says is there. */
export function first<T>(children: readonly T[] | undefined): T {
  const [child] = children ?? [];
  if (child === undefined) throw new Error("the parse tree lacks what its grammar demands");
  return child;
}

/** The nodes without those in which something was wrong. */
export function whole<T extends CstNode>(nodes: readonly T[] | undefined): T[] {
  return (nodes ?? []).filter((node) => node.recoveredNode !== true);
}

export function spanOfNode({ location }: CstNode): Span {
  const start = location?.startOffset ?? 0;
  const end = (location?.endOffset ?? start - 1) + 1;
  return Number.isNaN(start) ? { start: 0, end: 0 } : { start, end: Math.max(start, end) };
}

export function join(left: { readonly span: Span }, right: { readonly span: Span }): Span {
  return { start: left.span.start, end: right.span.end };
}

export function nameOf(token: IToken): Name {
  return { kind: "name", span: spanOf(token), text: token.image.replace("\u03bc", "µ") };
}

/** The documentation right above what starts there, if any. */
export function takeDoc(start: number, { docs }: Building): { doc?: Doc } {
  const block = docs.get(start);
  if (block === undefined) return {};
  docs.delete(start);
  const { text, ...span } = block;
  return { doc: { kind: "doc", span: { start: span.start, end: span.end }, text } };
}

/** In the order of the text. */
export function inOrder<T extends { readonly span: Span }>(nodes: T[]): T[] {
  return nodes.sort((a, b) => a.span.start - b.span.start);
}
