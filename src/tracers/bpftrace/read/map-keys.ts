/** The keys of a map's entry, which bpftrace joins with commas into one string. */
import type { Type } from "../../../types/types.js";
import { decodeValue, textValue } from "../../column-values.js";
import { textOfByteString } from "../../../types/text.js";
import type { Value } from "../../../results/events.js";

export interface Keys {
  readonly values: readonly Value[];
  /** The text can be taken apart in more than one way; `values` has it whole. */
  readonly ambiguous: boolean;
}

/** `text` is a byte string. Undefined: it cannot be a key of these types. */
export function splitKey(text: string, types: readonly Type[]): Keys | undefined {
  const plain = plainKey(text, types);
  if (plain) return { values: plain, ambiguous: false };
  const splits = findSplits(text, types);
  const only = splits[0];
  if (only === undefined) return undefined;
  if (splits.length > 1) return { values: wholeText(text, types), ambiguous: true };
  const values = decodeParts(only, types);
  return values && { values, ambiguous: false };
}

/** A number of so many digits is exact. */
const PLAIN_DIGITS = 15;

/**
 * The short way for the keys that come by the million: numbers and texts between just as many commas as there must be,
 * so that there is one way to take them apart. Undefined: something else is among them.
 */
function plainKey(text: string, types: readonly Type[]): Value[] | undefined {
  const values: Value[] = [];
  let start = 0;
  for (let i = 0; i < types.length; i++) {
    const comma = text.indexOf(",", start);
    if ((comma === -1) !== (i === types.length - 1)) return undefined;
    const end = comma === -1 ? text.length : comma;
    const value = plainPart(text, start, end, types[i] as Type);
    if (value === undefined) return undefined;
    values.push(value);
    start = end + 1;
  }
  return values;
}

function plainPart(text: string, start: number, end: number, type: Type): Value | undefined {
  const { kind } = type;
  if (kind === "string") return textValue(text.slice(start, end), type);
  if (kind !== "number" && kind !== "address" && kind !== "flags") return undefined;
  if (end === start || end - start > PLAIN_DIGITS) return undefined;
  let number = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}

/** Puts a text nobody can split where a reader will see that it is one: in the first column of text. */
function wholeText(text: string, types: readonly Type[]): Value[] {
  const column = types.findIndex((type) => type.kind === "string");
  return types.map((_, i) => (i === Math.max(column, 0) ? textOfByteString(text) : null));
}

export function decodeParts(parts: readonly string[], types: readonly Type[]): Value[] | undefined {
  const values: Value[] = [];
  for (const [i, part] of parts.entries()) {
    const value = decodeValue(part, types[i] as Type);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

/** Up to two ways to take a text apart: more need not be told apart from two. */
export function findSplits(text: string, types: readonly Type[]): string[][] {
  // By position and key, so that a name full of commas costs no more than its length.
  const seen = new Map<number, string[][]>();
  const from = (at: number, index: number): string[][] => {
    const slot = at * types.length + index;
    const known = seen.get(slot);
    if (known) return known;
    const found: string[][] = [];
    const last = index === types.length - 1;
    for (const end of partEnds(text, at, types[index] as Type, last)) {
      const part = text.slice(at, end);
      if (last) found.push([part]);
      else for (const rest of from(end + 1, index + 1)) found.push([part, ...rest]);
      if (found.length > 1) break;
    }
    seen.set(slot, found.slice(0, 2));
    return found.slice(0, 2);
  };
  return types.length === 0 ? (text === "" ? [[]] : []) : from(0, 0);
}

const NUMBER = /(?:-?\d+|0x[0-9a-fA-F]+)(?=,|$)/y;
const NAME_OR_NUMBER = /(?:-?\w+)(?=,|$)/y;

/** Where the part that begins at `at` may end: before a comma, or for the last part at the end. */
function* partEnds(text: string, at: number, type: Type, last: boolean): Generator<number> {
  switch (type.kind) {
    case "number":
    case "address":
    case "flags":
    case "bool":
    case "enum": {
      const pattern = type.kind === "enum" || type.kind === "bool" ? NAME_OR_NUMBER : NUMBER;
      pattern.lastIndex = at;
      const length = pattern.exec(text)?.[0].length;
      if (length !== undefined && (!last || at + length === text.length)) yield at + length;
      return;
    }
    case "stack": {
      const end = stackEnd(text, at);
      if (end !== undefined && (end === text.length) === last) yield end;
      return;
    }
    case "bounds":
    case "c":
    case "error":
    case "histogram":
    case "stats":
    case "string":
    case "symbol": {
      // A symbol's name has commas (C++ templates), but only a string may hold a newline.
      const limit = type.kind === "symbol" ? text.indexOf("\n", at) : -1;
      if (last) {
        if (limit === -1) yield text.length;
        return;
      }
      for (let comma = text.indexOf(",", at); comma !== -1; comma = text.indexOf(",", comma + 1)) {
        if (limit !== -1 && comma > limit) return;
        yield comma;
      }
    }
  }
}

/**
 * A stack is a newline, then frames that each end in one. Frames have commas, but none begins
 * with one, so that the first line that does is the separator.
 */
function stackEnd(text: string, at: number): number | undefined {
  if (at === text.length || text[at] === ",") return at;
  if (text[at] !== "\n") return undefined;
  const separator = text.indexOf("\n,", at);
  if (separator !== -1) return separator + 1;
  return text.endsWith("\n") ? text.length : undefined;
}
