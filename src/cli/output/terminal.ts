/** Determines the width and colours of text. */
import type pc from "picocolors";
import type { TextStyle } from "../../explain/page.js";
import { wantsColor } from "../../view/color.js";

const NARROWEST = 40;
/** Longer lines of prose are hard to read. */
const WIDEST = 100;

export interface Terminal {
  /** In columns. */
  readonly width: number;
  /** The width of prose, whatever the terminal's width. */
  readonly columns: number;
  readonly paint: ReturnType<typeof pc.createColors>;
}

/** The style of prose: `paint` returns text unchanged if the stream is not a terminal or NO_COLOR is set. */
export async function terminal(stream: NodeJS.WriteStream): Promise<Terminal> {
  const { default: colours } = await import("picocolors");
  const columns = Math.max(NARROWEST, stream.isTTY ? stream.columns || WIDEST : WIDEST);
  return {
    width: Math.min(columns, WIDEST),
    columns,
    paint: colours.createColors(wantsColor(stream)),
  };
}

/** The style of a page of prose. */
export async function textStyle(stream: NodeJS.WriteStream): Promise<TextStyle> {
  const { width, columns, paint } = await terminal(stream);
  return {
    width,
    columns,
    heading: (text) => paint.bold(paint.underline(text)),
    name: paint.bold,
    faint: paint.dim,
  };
}
