/** Text from users, made safe for its place in a program. */

import { bytesOfText } from "../../types/text.js";
import { oneLine } from "../one-line.js";

/** A string literal of Python. */
export function pythonString(text: string): string {
  let out = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === "\\") out += `\\${character}`;
    else if (character === "\n") out += "\\n";
    else if (code >= 0x20 && code < 0x7f) out += character;
    else if (code < 0x100) out += `\\x${code.toString(16).padStart(2, "0")}`;
    else if (code < 0x10000) out += `\\u${code.toString(16).padStart(4, "0")}`;
    else out += `\\U${code.toString(16).padStart(8, "0")}`;
  }
  return `"${out}"`;
}

/** A bytes literal of Python, which BCC takes for names. */
export function pythonBytes(text: string): string {
  let out = "";
  for (const byte of bytesOfText(text)) out += plainByte(byte) ?? `\\x${byte.toString(16).padStart(2, "0")}`;
  return `b"${out}"`;
}

/** A string literal of C. Octal escapes end after three digits, but hexadecimal ones do not end. */
export function cString(text: string): string {
  let out = "";
  for (const byte of bytesOfText(text)) out += plainByte(byte) ?? `\\${byte.toString(8).padStart(3, "0")}`;
  return `"${out}"`;
}

function plainByte(byte: number): string | undefined {
  const isPlain = byte >= 0x20 && byte < 0x7f && ![0x22, 0x27, 0x3f, 0x5c].includes(byte);
  return isPlain ? String.fromCharCode(byte) : undefined;
}

/** Text for the last line of a docstring: one line that cannot end it early. */
export function pythonComment(text: string): string {
  return pythonLine(text).replace(/"$/, '\\"');
}

/** Text for a line of a docstring that is followed by others. */
export function pythonLine(text: string): string {
  return oneLine(text).replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"');
}

/** Text for a block comment of the C text, which is in a raw string of Python. */
export function cComment(text: string): string {
  return oneLine(text)
    .replace(/[^\u0020-\u007e]/g, "?")
    .replaceAll("*/", "* /")
    .replaceAll("/*", "/ *")
    .replaceAll('"""', "'''")
    .trim();
}

export function indented(lines: readonly string[], by = "    "): string[] {
  return lines.map((line) => (line === "" ? "" : by + line));
}
