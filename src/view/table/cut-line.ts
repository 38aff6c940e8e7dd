/** Cuts a line to the width of a terminal, keeping its colours and resetting them at the cut. */
import { textWidth } from "./width.js";

const STYLE = /(\u001b\[[0-9;]*m)/;
const RESET = "\u001b[0m";
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Cuts `line` to `width` columns. */
export function cut(line: string, width: number): string {
  let text = "";
  let used = 0;
  let isStyled = false;
  for (const [i, part] of line.split(STYLE).entries()) {
    if (i % 2 === 1) {
      text += part;
      isStyled = true;
      continue;
    }
    const whole = textWidth(part);
    if (used + whole <= width) {
      text += part;
      used += whole;
      continue;
    }
    for (const { segment } of graphemes.segment(part)) {
      used += textWidth(segment);
      if (used > width) break;
      text += segment;
    }
    return isStyled ? text + RESET : text;
  }
  return text;
}
