/**
 * Reads the one kind of line that comes a million times, a line of a `rows` result, in one pass and with nothing in
 * between. It takes only what has nothing special about it; all else is for the parser that knows everything.
 */
import { GROUP, USER } from "../../../kernel/names.js";
import type { ResultColumn } from "../../../plan/plan.js";
import { textOfByteString } from "../../../types/text.js";
import { isInet } from "../../../types/types.js";
import type { Value } from "../../../results/events.js";
import type { Line } from "../../../results/lines.js";

const PREFIX = Buffer.from('{"type": "value", "data": [');

const enum Code {
  space = 32,
  quote = 34,
  comma = 44,
  minus = 45,
  zero = 48,
  nine = 57,
  backslash = 92,
  closeBracket = 93,
  closeBrace = 125,
  delete = 127,
}

/** What a column's values look like when they are plain. */
export type Plainness = "unsigned" | "signed" | "text";

/** Undefined: the values of such a column are never read here. */
export function plainness({ type }: ResultColumn): Plainness | undefined {
  switch (type.kind) {
    case "number":
      return type.signed ? "signed" : "unsigned";
    case "address":
    case "flags":
      return "unsigned";
    case "string":
      return isInet(type) ? undefined : "text";
    case "enum":
      return type.of === USER || type.of === GROUP ? "unsigned" : undefined;
    case "bool":
    case "bounds":
    case "c":
    case "error":
    case "histogram":
    case "stack":
    case "stats":
    case "symbol":
      return undefined;
  }
}

/** The number at the front of a tuple; undefined where the line is not one. */
export function tagOf({ bytes, start, end }: Line): number | undefined {
  if (end - start <= PREFIX.length + 1) return undefined;
  for (let i = 0; i < PREFIX.length; i++) if (bytes[start + i] !== PREFIX[i]) return undefined;
  // More results than nine are not usual, and left to the parser.
  const tag = (bytes[start + PREFIX.length] as number) - Code.zero;
  return tag >= 1 && tag <= 9 && bytes[start + PREFIX.length + 1] === Code.comma ? tag : undefined;
}

/** Of a line of which `tagOf` found the tag. Undefined: something in it is not plain. */
export function readRow(
  { bytes, chunk, start, end }: Line,
  columns: readonly Plainness[],
): Value[] | undefined {
  const values: Value[] = [];
  let at = start + PREFIX.length + 1;
  // A newline, or the end of the bytes, is no part of any value, so that none goes on into the next line.
  for (let i = 0; i < columns.length; i++) {
    if (bytes[at] !== Code.comma) return undefined;
    let code = bytes[++at] as number;
    if (columns[i] === "text") {
      if (code !== Code.quote) return undefined;
      const from = ++at;
      let isAscii = true;
      for (code = bytes[at] as number; code !== Code.quote; code = bytes[++at] as number) {
        if (!(code >= Code.space) || code === Code.backslash) return undefined;
        if (code >= Code.delete) isAscii = false;
      }
      const text = chunk.slice(from, at);
      values.push(isAscii ? text : textOfByteString(text));
      at++;
      continue;
    }
    const isNegative = code === Code.minus;
    if (isNegative) {
      if (columns[i] === "unsigned") return undefined;
      code = bytes[++at] as number;
    }
    const from = at;
    let number = 0;
    while (code >= Code.zero && code <= Code.nine) {
      number = number * 10 + (code - Code.zero);
      code = bytes[++at] as number;
    }
    // As exact as long as it does not come out larger.
    if (at === from || number > Number.MAX_SAFE_INTEGER || (isNegative && number === 0)) return undefined;
    values.push(isNegative ? -number : number);
  }
  const isWhole = bytes[at] === Code.closeBracket && bytes[at + 1] === Code.closeBrace && at + 2 === end;
  return isWhole ? values : undefined;
}
