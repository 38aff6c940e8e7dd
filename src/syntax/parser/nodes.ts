/** Access to nodes of the parse tree, and helpers shared by the builders of the syntax tree. */
import type { CstNode, IToken } from "chevrotain";
import type { Advice, Span } from "../../diagnostics/diagnostic.js";
import { greatest } from "../../lists.js";
import type { DocBlock } from "../lexer/docs.js";
import type { Doc, Name } from "../tree.js";
import type { Reporter } from "./reporter.js";
import { spanOf } from "./token-stream.js";

/** Thrown after an error was reported, to leave out the node that is being built. */
export class LeftOut extends Error {}

/** The context of a builder. */
export interface BuildContext {
  readonly reporter: Reporter;
  /** The unused documentation blocks, by the offset of the token that follows each. */
  readonly docs: Map<number, DocBlock>;
}

/** The greatest height of a tree. Chains of operators lean to the left, so a long chain is a high tree. */
const GREATEST_HEIGHT = 1000;

/** Returns the height above the given parts. Reports trees too high for code that recurses over them. */
export function heightAbove(heights: readonly number[], place: Span, { reporter }: BuildContext): number {
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
  {
    code,
    message,
    hint,
  }: { readonly code: string; readonly message: string; readonly hint: string | Advice },
): never {
  reporter.error(code, start, end, message, hint);
  throw new LeftOut();
}

/** Builds a node; returns undefined if it is left out. */
export function unlessLeftOut<T>(build: () => T): T | undefined {
  try {
    return build();
  } catch (error) {
    if (error instanceof LeftOut) return undefined;
    throw error;
  }
}

/** Returns the first child, which the grammar guarantees. */
export function first<T>(children: readonly T[] | undefined): T {
  const [child] = children ?? [];
  if (child === undefined) throw new Error("the parse tree lacks what its grammar demands");
  return child;
}

/** Returns the nodes that have no errors. */
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

/** Takes the documentation directly above the given offset, if any. */
export function takeDoc(start: number, { docs }: BuildContext): { doc?: Doc } {
  const block = docs.get(start);
  if (block === undefined) return {};
  docs.delete(start);
  const { text, ...span } = block;
  return { doc: { kind: "doc", span: { start: span.start, end: span.end }, text } };
}

/** Sorts nodes in the order of the text. */
export function inOrder<T extends { readonly span: Span }>(nodes: T[]): T[] {
  return nodes.sort((a, b) => a.span.start - b.span.start);
}
