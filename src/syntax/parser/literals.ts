/** Reads the values of numbers, strings and probes from their text. */
import type { IToken } from "chevrotain";
import { isDigit, isHexDigit } from "../grammar/characters.js";
import { normalText, strayByte } from "../../types/text.js";
import { write } from "../../diagnostics/advice.js";
import type { Advice } from "../../diagnostics/diagnostic.js";
import { quote, type Reporter } from "./reporter.js";
import { spanOf } from "./token-stream.js";
import type { Name, NumberLiteral, ProbePart, ProbeSpec, StringLiteral } from "../tree.js";

/** The most digits of a number; no number that fits a register has as many, in any notation. */
const MOST_DIGITS = 40;

function digitsOf(text: string, hex: boolean): number {
  let end = 0;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code !== 95 && !(hex ? isHexDigit(code) : isDigit(code))) break;
  }
  return end;
}

export function decodeNumber(token: IToken, reporter: Reporter): NumberLiteral {
  const { image: text } = token;
  const hex = text.charCodeAt(0) === 48 && (text.charCodeAt(1) | 32) === 120;
  const start = hex ? 2 : 0;
  const whole = text.slice(start, start + digitsOf(text.slice(start), hex));
  let at = start + whole.length;
  let fraction = "";
  if (!hex && text[at] === "." && isDigit(text.charCodeAt(at + 1))) {
    const rest = text.slice(at + 1);
    fraction = rest.slice(0, digitsOf(rest, false));
    at += 1 + fraction.length;
  }
  const span = spanOf(token);
  const unit = text.slice(at).replace("\u03bc", "µ");
  const bad = (message: string, hint: string | Advice): NumberLiteral => {
    reporter.error("bad-number", span.start, span.start + at, message, hint);
    return { kind: "number", span, text, numerator: 0n, denominator: 1n, ...(unit === "" ? {} : { unit }) };
  };
  const written = quote(text.slice(0, at));
  if (whole === "")
    return bad(`${written} is not a number`, "write the digits after `0x`, for example `0x1f`");
  if (whole.length + fraction.length > MOST_DIGITS)
    return bad("this number is too long", "nothing is that large");
  if (/^_|__|_$/.test(whole) || /^_|__|_$/.test(fraction)) {
    return bad(`${written} has a \`_\` that is not between two digits`, "write it as in `1_000`");
  }
  const digits = whole.replaceAll("_", "");
  if (!hex && digits.length > 1 && digits.startsWith("0")) {
    const plain = digits.replace(/^0+(?=.)/, "");
    return bad(
      `${written} starts with a zero`,
      write(
        { start: span.start, end: span.start + at },
        plain,
        "write {}, or `0x…` for a hexadecimal number",
      ),
    );
  }
  const decimals = fraction.replaceAll("_", "");
  return {
    kind: "number",
    span,
    text,
    numerator: BigInt((hex ? "0x" : "") + digits + decimals),
    denominator: 10n ** BigInt(decimals.length),
    ...(unit === "" ? {} : { unit }),
  };
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', e: "\x1b", "0": "\0",
}; // prettier-ignore

/** Returns the value of a quoted text that starts at `start` of the source. */
function unescape(text: string, start: number, reporter: Reporter): string {
  const first = text.indexOf("\\");
  const closed = isClosed(text);
  const end = closed ? text.length - 1 : text.length;
  if (first < 0) return text.slice(1, end);
  let value = "";
  let from = 1;
  for (let i = first; i < end; i = text.indexOf("\\", from)) {
    if (i < 0 || i >= end) break;
    value += text.slice(from, i);
    const [meaning, length] = escape(text, i, end);
    if (meaning === undefined) {
      const written = text.slice(i, Math.min(i + length, end));
      reporter.error(
        "bad-escape",
        start + i,
        start + i + written.length,
        `${quote(written)} means nothing in a string`,
        write(
          { start: start + i, end: start + i + written.length },
          `\\${written}`,
          'write `\\\\` for a backslash; the others are \\n \\t \\r \\e \\" \\xNN \\u{…}',
        ),
      );
    }
    value += meaning ?? "";
    from = i + length;
  }
  // Bytes that are written one by one may be a character together.
  return normalText(value + text.slice(from, Math.max(from, end)));
}

/** Whether a text ends with a quote that is not escaped. */
function isClosed(text: string): boolean {
  if (text.length < 2 || !text.endsWith('"')) return false;
  let backslashes = 0;
  while (text[text.length - 2 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 0;
}

/** Returns the value of the escape at `at`, and its length. */
function escape(text: string, at: number, end: number): [string | undefined, number] {
  const letter = text.charAt(at + 1);
  const simple = Object.hasOwn(SIMPLE_ESCAPES, letter) ? SIMPLE_ESCAPES[letter] : undefined;
  if (simple !== undefined) return [simple, 2];
  if (letter === "x") {
    const digits = text.slice(at + 2, Math.min(at + 4, end));
    if (/^[0-9a-fA-F]{2}$/.test(digits)) {
      const byte = parseInt(digits, 16);
      return [byte < 0x80 ? String.fromCharCode(byte) : strayByte(byte), 4];
    }
  }
  if (letter === "u") {
    const digits = /^\{([0-9a-fA-F]{1,6})\}/.exec(text.slice(at + 2, Math.min(at + 10, end)))?.[1];
    const code = digits === undefined ? -1 : parseInt(digits, 16);
    const isCharacter = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    if (digits !== undefined)
      return [isCharacter ? String.fromCodePoint(code) : undefined, digits.length + 4];
  }
  return [undefined, 2];
}

export function decodeString(token: IToken, reporter: Reporter): StringLiteral {
  const { image: text, startOffset } = token;
  return { kind: "string", span: spanOf(token), text, value: unescape(text, startOffset, reporter) };
}

/** Reads a probe, whose form the lexer has checked: a type, then parts, each after a `:`. */
export function decodeProbe(token: IToken, reporter: Reporter): ProbeSpec {
  const { image: text, startOffset: start } = token;
  const typeEnd = text.indexOf(":");
  const type: Name = { kind: "name", span: { start, end: start + typeEnd }, text: text.slice(0, typeEnd) };
  const parts: ProbePart[] = [];
  for (let from = typeEnd + 1; from <= text.length;) {
    const quoted = text[from] === '"';
    let end = from;
    if (quoted) {
      end++;
      while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
      end = Math.min(end + 1, text.length);
    } else {
      end = text.indexOf(":", from);
      // `::` is of a name.
      while (end >= 0 && text[end + 1] === ":") end = text.indexOf(":", end + 2);
      if (end < 0) end = text.length;
    }
    const written = text.slice(from, end);
    const value = quoted ? unescape(written, start + from, reporter) : written;
    parts.push({ kind: "part", span: { start: start + from, end: start + end }, value, quoted });
    from = end + 1;
  }
  return { kind: "probeSpec", span: spanOf(token), type, parts };
}
