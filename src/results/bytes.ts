/**
 * Text as the tracer prints it. A line is kept as a "byte string" (one character for each byte) until its parts
 * are decoded, because names in the kernel are bytes, not UTF-8.
 */
import { bytesOfText, escapeStrays, textOfByteString } from "../types/text.js";

/** Decodes a text for a message; an invalid byte (of a name cut within a character) becomes `\xNN`. */
export function textOf(bytes: string): string {
  return escapeStrays(textOfByteString(bytes));
}

export function bytesOf(line: Uint8Array | string): string {
  if (typeof line !== "string")
    return Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString("latin1");
  return Buffer.from(bytesOfText(line)).toString("latin1");
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  '"': '"',
  "\\": "\\",
  "/": "/",
};

/**
 * Decodes JSON escapes in a byte string. bpftrace prints a byte of 0x80 and above as a negative int,
 * so 0xc3 becomes `\uffffffc3`; Python prints the surrogates of `types/text.ts`, and two for a character beyond U+FFFF.
 */
export function unescapeBytes(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(
    /\\(?:u[fF]{6}([89a-fA-F][0-9a-fA-F])|u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/gs,
    (whole, byte?: string, high?: string, low?: string, code?: string, simple?: string) => {
      if (byte !== undefined) return String.fromCharCode(parseInt(byte, 16));
      if (high !== undefined && low !== undefined) return utf8Bytes(high, low);
      if (code !== undefined) return utf8Bytes(code);
      return (simple !== undefined ? SIMPLE_ESCAPES[simple] : undefined) ?? whole;
    },
  );
}

/** Of a character, as the hexadecimal numbers of its UTF-16 code units. */
function utf8Bytes(...units: readonly string[]): string {
  return bytesOf(units.map((unit) => String.fromCharCode(parseInt(unit, 16))).join(""));
}

/** Shortens untrusted text for a message. */
export function shorten(bytes: string, length = 120): string {
  return textOf(bytes.length > length ? `${bytes.slice(0, length)}...` : bytes);
}
