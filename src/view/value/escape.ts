/** Text from the kernel or from a process is not trusted: it must not move the cursor or turn the line around. */

/** Past ASCII's own controls: DEL, C1, those of bidirectional text, what has no width, separators. */
const BEYOND = "\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb";

/** These, C0, and lone surrogates. */
const HOSTILE = new RegExp(
  `[\\u0000-\\u001f${BEYOND}]|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]`,
  "g",
);

/** One line, safe to show: what is not shown as itself reads `\xNN`. */
export function escapeText(text: string): string {
  return text.replace(HOSTILE, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : unicodeEscape(character);
  });
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The same of a text that has lines of its own. */
export function escapeLines(text: string): string {
  return text.split("\n").map(escapeText).join("\n");
}

const BEYOND_JSON = new RegExp(`[${BEYOND}]`, "g");

/** A document of JSON that says the same, with what JSON would let through and a terminal obey as `\uNNNN`. */
export function escapeJson(json: string): string {
  // Nearly all is ASCII, and quick to know.
  if (!/[^\0-\x7e]/.test(json)) return json;
  return json.replace(BEYOND_JSON, unicodeEscape);
}

/** With line breaks, for what is read by people too. */
export function jsonDocument(value: unknown): string {
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`;
}
