/** The width of a text in columns of a terminal. */
import stringWidth from "string-width";

/** Returns the width of a text without colours. The width of ASCII and of `µs`, nearly all text, is its length. */
export function textWidth(text: string): number {
  return /^[\x20-\x7e\xb5]*$/.test(text) ? text.length : stringWidth(text);
}
