/** Text in XML and HTML. */
import { escapeText } from "./escape.js";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and for attributes; what XML cannot hold, or what would turn a line around, reads `\xNN`. */
export function escapeXml(text: string): string {
  return escapeText(text).replace(/[&<>"'\ufffe\uffff]/g, (character) => {
    return ENTITIES[character] ?? `\\u${character.charCodeAt(0).toString(16)}`;
  });
}
