/** Escaping of untrusted text: names from a kernel or a process must not move the cursor or reverse the line. */

/** Unsafe characters beyond C0: DEL, C1, bidirectional controls, zero-width characters, separators. */
const BEYOND = "\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb";

/** The same with C0 and lone surrogates. */
const HOSTILE = new RegExp(
  `[\\u0000-\\u001f${BEYOND}]|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]`,
  "g",
);

/** Nearly all text, which is quick to check. */
const PRINTABLE = /^[\x20-\x7e]*$/;

/** Returns the text as one line that is safe to show: unsafe characters become `\xNN`. */
export function escapeText(text: string): string {
  if (PRINTABLE.test(text)) return text;
  return text.replace(HOSTILE, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : unicodeEscape(character);
  });
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Escapes a text of several lines, keeping its line breaks. */
export function escapeLines(text: string): string {
  return text.split("\n").map(escapeText).join("\n");
}

const BEYOND_JSON = new RegExp(`[${BEYOND}]`, "g");

/** Returns an equal JSON document in which characters that JSON allows but a terminal would act on are `\uNNNN`. */
export function escapeJson(json: string): string {
  // Nearly all text is ASCII, which is quick to check.
  if (!/[^\0-\x7e]/.test(json)) return json;
  return json.replace(BEYOND_JSON, unicodeEscape);
}

/** Returns the value as indented JSON, for output that people read too. */
export function jsonDocument(value: unknown): string {
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`;
}
