/** How many columns of a terminal a text takes. */
import stringWidth from "string-width";

/** Text that has no colours. Nearly all is ASCII, of which the length is the width and quick to have. */
export function textWidth(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}
