/** Columns that a line of the screen has room for: texts are cut, numbers never. */
import type { Type } from "../../types/types.js";
import type { ViewContext } from "../types.js";
import { cut } from "./cut-line.js";
import { textWidth } from "./width.js";

/** What is left of a text says little below this. */
const LEAST = 8;

const CUT: ReadonlySet<Type["kind"]> = new Set(["string", "flags", "enum", "symbol", "stack"]);

export interface WantedColumn {
  readonly width: number;
  readonly canCut: boolean;
}

/** In columns; undefined where lines may be longer than the screen. */
export function lineRoom({ isTerminal, height, width }: ViewContext): number | undefined {
  return isTerminal && height !== undefined ? width : undefined;
}

export function canCut({ kind }: Type): boolean {
  return CUT.has(kind);
}

/** The widths, of which the widest texts are cut as far as is needed, or as far as makes sense. */
export function fitWidths(columns: readonly WantedColumn[], room: number): readonly number[] {
  const cutTo = (most: number): readonly number[] =>
    columns.map(({ width, canCut: isText }) => (isText ? Math.min(width, Math.max(most, LEAST)) : width));
  const sum = (widths: readonly number[]): number => widths.reduce((a, b) => a + b, 0);
  let most = columns.reduce((widest, { width }) => Math.max(widest, width), 0);
  while (most > LEAST && sum(cutTo(most)) > room) most--;
  return cutTo(most);
}

/** The text, or its beginning and an ellipsis. It may have colours. */
export function clip(text: string, width: number): string {
  return textWidth(text) <= width ? text : `${cut(text, Math.max(0, width - 1))}…`;
}
