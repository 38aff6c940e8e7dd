/** Texts that are given outside of a query, such as `--comm 'kworker*'`, spelled as between the quotes of a string. */
import { escapeText } from "../types/text.js";

/**
 * The string literal for such a text. Quotes and control characters need not be escaped there, nor the backslash that
 * makes a star of a pattern an ordinary one.
 */
export function literalOf(typed: string): string {
  let literal = "";
  for (let i = 0; i < typed.length; i++) {
    const character = typed.charAt(i);
    if (character === '"') literal += '\\"';
    else if (character !== "\\") literal += character;
    else if (isOfPattern(typed.charAt(i + 1))) literal += "\\\\";
    else literal += `\\${typed.charAt(++i)}`;
  }
  return `"${escapeText(literal)}"`;
}

/** Also the end of the text: a backslash that nothing follows is one. */
function isOfPattern(next: string): boolean {
  return "*?[".includes(next);
}
