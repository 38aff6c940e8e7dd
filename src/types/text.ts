/**
 * Texts that are bytes: names in the kernel need not be UTF-8. In this program each is a string in which a byte that is
 * no part of a character stands as a lone surrogate, U+DC80 to U+DCFF, which no decoded text has otherwise. So a text
 * is compared, stored and sent like any other string, and its bytes can be had back.
 */

import { append } from "../lists.js";

/** Where the surrogates of bytes begin: U+DCFF is the byte ff. */
const STRAY = 0xdc00;

const STRAYS = /(?<![\ud800-\udbff])[\udc80-\udcff]/;
const EACH_STRAY = new RegExp(STRAYS, "g");

/** Valid UTF-8 sequences of a byte string, with any other byte in the group. */
const SEQUENCES =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|([\x80-\xff])/g;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The byte as a part of a text, of 0x80 and above. */
export function strayByte(byte: number): string {
  return String.fromCharCode(STRAY + byte);
}

/** Decodes a byte string, which has one character for each byte. */
export function textOfByteString(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  return bytes.replace(SEQUENCES, (sequence, stray: string | undefined) =>
    stray === undefined
      ? decoder.decode(Uint8Array.from(sequence, (byte) => byte.charCodeAt(0)))
      : strayByte(stray.charCodeAt(0)),
  );
}

export function textOfBytes(bytes: readonly number[]): string {
  return textOfByteString(bytes.map((byte) => String.fromCharCode(byte)).join(""));
}

export function bytesOfText(text: string): Uint8Array {
  if (!STRAYS.test(text)) return encoder.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (isStray(code)) bytes.push(code - STRAY);
    else append(bytes, encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}

/** The text whose bytes are these: two stray bytes may be one character. */
export function normalText(text: string): string {
  return STRAYS.test(text) ? textOfBytes([...bytesOfText(text)]) : text;
}

/** Whether a text is UTF-8, and so can be a label or the name of a file here. */
export function isUtf8(text: string): boolean {
  return !STRAYS.test(text);
}

function isStray(code: number): boolean {
  return code >= STRAY + 0x80 && code <= STRAY + 0xff;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

// ---------------------------------------------------------------- as a query writes them

/** Unsafe characters beyond C0: DEL, C1, bidirectional controls, zero-width characters, separators. */
export const BEYOND =
  "\\u007f-\\u009f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffd";

/** The same with C0 and lone surrogates. */
const HOSTILE = `[\\u0000-\\u001f${BEYOND}]|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]`;

const UNSAFE = new RegExp(HOSTILE, "g");
const NOT_PLAIN = new RegExp(`["\\\\]|${HOSTILE}`, "g");

/** Nearly all text, which is quick to check. */
const PRINTABLE = /^[\x20-\x7e]*$/;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r" };

/** A character that must not be shown, as a string of a query has it. */
function escaped(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x80 || isStray(code)) return `\\x${(code & 0xff).toString(16).padStart(2, "0")}`;
  return `\\u{${code.toString(16)}}`;
}

/** Returns the text as one line that is safe to show: a byte that is no character is `\xff`. */
export function escapeText(text: string): string {
  return PRINTABLE.test(text) ? text : text.replace(UNSAFE, escaped);
}

/** Spells a text as it stands between the quotes of a string, so that it can be pasted into a query. */
export function spellText(text: string): string {
  return text.replace(NOT_PLAIN, (character) => {
    if (character === '"' || character === "\\") return `\\${character}`;
    return SHORT[character] ?? escaped(character);
  });
}

/** A string literal of the language. */
export function quoteText(text: string): string {
  return `"${spellText(text)}"`;
}

/** With each byte that is no character as `\xff`, and nothing else changed. */
export function escapeStrays(text: string): string {
  return isUtf8(text) ? text : text.replace(EACH_STRAY, escaped);
}

/**
 * A text for a format that has quotes and escapes of its own, and no bytes: those that are no character are `\xff`, and
 * therefore a backslash is `\\`, as in a query.
 */
export function dataText(text: string): string {
  return escapeStrays(text.includes("\\") ? text.replaceAll("\\", "\\\\") : text);
}
