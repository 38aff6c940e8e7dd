/** Parses glob patterns into pieces that a back end can test one by one. */

import { bytesOfText, isUtf8, spellText, textOfBytes } from "../../types/text.js";
import { append } from "../../lists.js";
import { MOST_PATTERN_BYTES, MOST_PIECES } from "../limits.js";

/** One byte of a pattern: any byte, or one that is (or is not) in some ranges. */
export type GlobByte =
  | { readonly kind: "any" }
  | { readonly kind: "byte"; readonly value: number }
  | {
      readonly kind: "class";
      readonly negated: boolean;
      readonly ranges: readonly (readonly [number, number])[];
    };

/** The pieces between the stars: `*.so` has two, of which the first is empty. */
export interface Glob {
  readonly text: string;
  readonly pieces: readonly (readonly GlobByte[])[];
}

export class GlobError extends Error {
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** Whether names match a pattern; none does if it is not a pattern. */
export function globMatcher(pattern: string): (name: string) => boolean {
  try {
    const glob = compileGlob(pattern);
    return (name) => matchesGlob(glob, name);
  } catch (error) {
    if (error instanceof GlobError) return () => false;
    throw error;
  }
}

/**
 * Compiles `*`, `?`, `[abc]`, `[a-z]`, `[!a]`. A `\` before `*`, `?` or `[` makes it an ordinary character; any other `\`
 * is one itself, so that a name that has one matches itself.
 */
export function compileGlob(text: string): Glob {
  const bytes = bytesOfText(text);
  if (bytes.length > MOST_PATTERN_BYTES)
    throw new GlobError(
      `the pattern has ${bytes.length} bytes, and ${MOST_PATTERN_BYTES} is the maximum`,
      "no name is that long: write only the distinctive part",
    );
  const pieces: GlobByte[][] = [[]];
  let at = 0;
  const literal = (value: number): void => void pieces.at(-1)?.push({ kind: "byte", value });
  while (at < bytes.length) {
    const byte = bytes[at++] as number;
    switch (byte) {
      case STAR:
        // Two stars in a row are the same as one.
        if (pieces.length === 1 || pieces.at(-1)?.length !== 0) pieces.push([]);
        break;
      case QUESTION:
        pieces.at(-1)?.push({ kind: "any" });
        break;
      case OPEN: {
        const [item, next] = compileClass(bytes, at);
        pieces.at(-1)?.push(item);
        at = next;
        break;
      }
      case BACKSLASH:
        literal(SPECIAL.has(bytes[at] ?? 0) ? (bytes[at++] as number) : BACKSLASH);
        break;
      default:
        literal(byte);
    }
  }
  if (pieces.length > MOST_PIECES)
    throw new GlobError(
      `the stars divide the pattern into ${pieces.length} pieces, and ${MOST_PIECES} is the maximum`,
      "use fewer stars",
    );
  return { text, pieces };
}

/** The bytes of the shortest text that matches. */
export function leastBytes({ pieces }: Glob): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/**
 * The pattern for what is left of a name that is cut off after so many bytes. In front of a cut character, and where the
 * pattern has a star, anything may follow.
 */
export function shortened({ pieces }: Glob, most: number): string {
  const kept: GlobByte[][] = [];
  let room = most;
  for (const piece of pieces) {
    const part = piece.slice(0, room);
    room -= part.length;
    kept.push(part);
    if (part.length === piece.length) continue;
    while (part.length > 0 && isContinued(piece[part.length])) part.pop();
    const isWhole = pieces.length === 1 && part.length === most;
    return kept.map(textOf).join("*") + (isWhole ? "" : "*");
  }
  return kept.map(textOf).join("*");
}

/** A literal text as a pattern. */
export function escaped(text: string): string {
  return text.replace(/[*?[]/g, "\\$&");
}

/** Whether a byte is one of UTF-8 that belongs to the character before it. */
function isContinued(item: GlobByte | undefined): boolean {
  return item?.kind === "byte" && (item.value & 0xc0) === 0x80;
}

function textOf(piece: readonly GlobByte[]): string {
  let text = "";
  let bytes: number[] = [];
  const flush = (): void => {
    text += escaped(textOfBytes(bytes));
    bytes = [];
  };
  for (const item of piece) {
    if (item.kind === "byte") {
      bytes.push(item.value);
      continue;
    }
    flush();
    text += item.kind === "any" ? "?" : classText(item);
  }
  flush();
  return text;
}

function classText({ negated, ranges }: GlobByte & { kind: "class" }): string {
  const character = (code: number): string => String.fromCharCode(code);
  // As a literal, `]` stands first.
  const ordered = [...ranges].sort(([a], [b]) => Number(b === CLOSE) - Number(a === CLOSE));
  const inner = ordered.map(([low, high]) =>
    low === high ? character(low) : `${character(low)}-${character(high)}`,
  );
  return `[${negated ? "!" : ""}${inner.join("")}]`;
}

function compileClass(bytes: Uint8Array, start: number): [GlobByte, number] {
  let at = start;
  const negated = bytes[at] === BANG || bytes[at] === CARET;
  if (negated) at++;
  const ranges: [number, number][] = [];
  for (let first = true; ; first = false) {
    const low = bytes[at];
    if (low === undefined) throw new GlobError("`[` has no closing `]`");
    // As in a shell, a `]` in first position is literal.
    if (low === CLOSE && !first) return [{ kind: "class", negated, ranges }, at + 1];
    checkOneByte(bytes, at);
    const high = bytes[at + 2];
    if (bytes[at + 1] === DASH && high !== undefined && high !== CLOSE) {
      checkOneByte(bytes, at + 2);
      if (high < low)
        throw new GlobError(
          `the range ${spellText(textOfBytes([low]))}-${spellText(textOfBytes([high]))} is reversed`,
        );
      append(ranges, halves(low, high));
      at += 3;
    } else {
      ranges.push([low, low]);
      at++;
    }
  }
}

/** Whether a byte stands for itself: a class is of single bytes, and most characters beyond ASCII have several. */
function checkOneByte(bytes: Uint8Array, at: number): void {
  // A character has four bytes at the most, of which the first tells that it is one.
  for (let from = Math.max(0, at - 3); from <= at; from++) {
    const text = textOfBytes([...bytes.subarray(from, from + 4)]);
    const character = String.fromCodePoint(text.codePointAt(0) ?? 0);
    if (isUtf8(character) && from + bytesOfText(character).length > at && (bytes[from] ?? 0) > 0x7f)
      throw new GlobError("`[...]` takes ASCII characters only, and single bytes such as \\xff");
  }
}

/** A range as ranges of which none has both ASCII and other bytes: a byte above it is negative to a tracer. */
function halves(low: number, high: number): [number, number][] {
  if (low > 0x7f || high <= 0x7f) return [[low, high]];
  return [
    [low, 0x7f],
    [0x80, high],
  ];
}

const STAR = 0x2a;
const QUESTION = 0x3f;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BACKSLASH = 0x5c;
const SPECIAL: ReadonlySet<number> = new Set([STAR, QUESTION, OPEN]);
const BANG = 0x21;
const CARET = 0x5e;
const DASH = 0x2d;

/** Whether a text matches, for filtering in this program, such as of probe names in lists. */
export function matchesGlob(glob: Glob, text: string): boolean {
  const bytes = bytesOfText(text);
  const fits = (piece: readonly GlobByte[], at: number): boolean =>
    piece.every((item, i) => matchesByte(item, bytes[at + i]));
  const first = glob.pieces[0] ?? [];
  if (glob.pieces.length === 1) return bytes.length === first.length && fits(first, 0);
  const last = glob.pieces.at(-1) ?? [];
  if (bytes.length < first.length + last.length || !fits(first, 0)) return false;
  let at = first.length;
  const limit = bytes.length - last.length;
  for (const piece of glob.pieces.slice(1, -1)) {
    while (at + piece.length <= limit && !fits(piece, at)) at++;
    if (at + piece.length > limit) return false;
    at += piece.length;
  }
  return fits(last, limit);
}

function matchesByte(item: GlobByte, byte: number | undefined): boolean {
  if (byte === undefined) return false;
  if (item.kind === "any") return true;
  if (item.kind === "byte") return item.value === byte;
  return item.ranges.some(([low, high]) => low <= byte && byte <= high) !== item.negated;
}
