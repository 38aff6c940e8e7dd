/** How wide a text may be, and how it is painted. */
import type pc from "picocolors";
import type { TextStyle } from "../../explain/page.js";
import { wantsColor } from "../../view/color.js";

const NARROWEST = 40;
/** Prose in longer lines is hard to read. */
const WIDEST = 100;

export interface Terminal {
  /** In columns. */
  readonly width: number;
  /** The same, however wide it is. */
  readonly columns: number;
  readonly paint: ReturnType<typeof pc.createColors>;
}

/** For prose: `paint` leaves text as it is where the stream is no terminal, or NO_COLOR is set. */
export async function terminal(stream: NodeJS.WriteStream): Promise<Terminal> {
  const { default: colours } = await import("picocolors");
  const columns = Math.max(NARROWEST, stream.isTTY ? stream.columns || WIDEST : WIDEST);
  return {
    width: Math.min(columns, WIDEST),
    columns,
    paint: colours.createColors(wantsColor(stream)),
  };
}

/** How a page of prose is painted. */
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
