/**
 * Text as the tracer prints it. A line is kept as a "byte string" (one character for each byte) until its parts
 * are decoded, because names in the kernel are bytes, not UTF-8.
 */

/** Valid UTF-8 sequences, with any other byte in the group. */
const SEQUENCES =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|([\x80-\xff])/g;

/** Decodes UTF-8; an invalid byte (of a name cut within a character) becomes `\xNN`. */
export function textOf(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  return bytes.replace(SEQUENCES, (sequence, stray: string | undefined) =>
    stray === undefined
      ? Buffer.from(sequence, "latin1").toString("utf8")
      : `\\x${stray.charCodeAt(0).toString(16)}`,
  );
}

export function bytesOf(line: Uint8Array | string): string {
  if (typeof line !== "string")
    return Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString("latin1");
  return isAscii(line) ? line : Buffer.from(line, "utf8").toString("latin1");
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
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
 * so 0xc3 becomes `\uffffffc3`.
 */
export function unescapeBytes(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(
    /\\(?:u[fF]{6}([89a-fA-F][0-9a-fA-F])|u([0-9a-fA-F]{4})|(.))/gs,
    (whole, byte: string | undefined, code: string | undefined, simple: string | undefined) => {
      if (byte !== undefined) return String.fromCharCode(parseInt(byte, 16));
      if (code !== undefined) return utf8Bytes(parseInt(code, 16));
      return (simple !== undefined ? SIMPLE_ESCAPES[simple] : undefined) ?? whole;
    },
  );
}

function utf8Bytes(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  return Buffer.from(String.fromCharCode(code), "utf8").toString("latin1");
}

/** Shortens untrusted text for a message. */
export function shorten(bytes: string, length = 120): string {
  return textOf(bytes.length > length ? `${bytes.slice(0, length)}...` : bytes);
}
