/** Escaping of text in XML and HTML. */
import { escapeText } from "./escape.js";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text and attribute values; characters that XML forbids, and bidirectional controls, become `\xNN`. */
export function escapeXml(text: string): string {
  return escapeText(text).replace(/[&<>"'\ufffe\uffff]/g, (character) => {
    return ENTITIES[character] ?? `\\u{${character.charCodeAt(0).toString(16)}}`;
  });
}
