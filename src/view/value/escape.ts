/** Escaping of untrusted text: names from a kernel or a process must not move the cursor or reverse the line. */
import { BEYOND, escapeText } from "../../types/text.js";

export { escapeText } from "../../types/text.js";

/** Escapes a text of several lines, keeping its line breaks. */
export function escapeLines(text: string): string {
  return text.split("\n").map(escapeText).join("\n");
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
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
