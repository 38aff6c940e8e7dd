/** Splits a text into pieces without knowing its language, to find in it what other languages write. */
import type { Span } from "../diagnostics/diagnostic.js";
import { PROBE_TYPES } from "../syntax/words.js";

export interface Scanned extends Span {
  readonly kind: "word" | "number" | "clock" | "string" | "pattern" | "probe" | "mark";
  readonly text: string;
}

const BLANK = /(?:\s+|\/\/[^\n]*)+/y;
/** After these a `/` starts a regular expression, and is no division. */
const BEFORE_PATTERN = /^(?:=~|!~|~|==|!=|matches|match|matching|regexp|regex|rlike|like)$/i;

const KINDS: readonly (readonly [Scanned["kind"], RegExp])[] = [
  ["string", /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|`[^`\n]*`|\u201c[^\u201d\n]*\u201d|\u2018[^\u2019\n]*\u2019/y],
  ["probe", new RegExp(`(?:${PROBE_TYPES.join("|")})(?::[^\\s:(){}\\[\\],;]+)+`, "y")],
  ["word", /[A-Za-z_]\w*(?:n't\b)?/y],
  ["clock", /\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?/iy],
  ["number", /\d[\d_]*(?:\.\d+)?[\w\u00b5]*/y],
  ["mark", /=~|!~|==|!=|<>|<=|>=|&&|\|\||->|\.\.\.|\.\.|[^\s]/y],
];

const PATTERN = /\/((?:[^/\\\n]|\\.)+)\/i?/y;

export function scan(text: string): readonly Scanned[] {
  const pieces: Scanned[] = [];
  for (let at = 0; at < text.length;) {
    const blank = match(BLANK, text, at);
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const before = pieces.at(-1)?.text ?? "";
    const pattern = BEFORE_PATTERN.test(before) ? match(PATTERN, text, at) : undefined;
    const found = pattern === undefined ? pieceAt(text, at) : (["pattern", pattern] as const);
    const [kind, image] = found;
    pieces.push({ kind, text: image, start: at, end: at + image.length });
    at += image.length;
  }
  return pieces;
}

function pieceAt(text: string, at: number): readonly [Scanned["kind"], string] {
  for (const [kind, pattern] of KINDS) {
    const image = match(pattern, text, at);
    if (image !== undefined) return [kind, image];
  }
  return ["mark", text.charAt(at)];
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

const OPENING = "([{";
const CLOSING = ")]}";

/** Returns the index behind the bracket that closes the one at `from`; undefined if none does. */
export function afterBracket(pieces: readonly Scanned[], from: number): number | undefined {
  let depth = 0;
  for (let i = from; i < pieces.length; i++) {
    const { kind, text } = pieces[i] as Scanned;
    if (kind !== "mark") continue;
    if (OPENING.includes(text)) depth++;
    else if (CLOSING.includes(text) && --depth === 0) return i + 1;
  }
  return undefined;
}
