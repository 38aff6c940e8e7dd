/**
 * Writes the cells of a column for programs, compiled once for each column because there may be millions of rows:
 * names, numbers and times, of which rows consist, take a short way.
 */
import type { ResultColumn } from "../../plan/plan.js";
import type { Value } from "../../results/events.js";
import { dataText } from "../../types/text.js";
import { UNITS } from "../../types/units.js";
import { isoTime, isUnchanged, plainValue, type Formatting } from "./format-value.js";

export type CellWriter = (value: Value) => string;

/** How a format writes a cell. */
export interface CellStyle {
  /** Quotes and escapes a text. */
  readonly text: (text: string) => string;
  /** Writes what is not a text; a bigint is beyond what a number can hold exactly. */
  readonly other: (value: Exclude<Value, string>) => string;
  readonly before: string;
  readonly after: string;
}

/** The text between is one piece: joining few long pieces is cheaper than joining many short ones. */
export function cellWriter(
  column: ResultColumn,
  formatting: Formatting,
  { text, other, before, after }: CellStyle,
): CellWriter {
  const general: CellWriter = (value) => {
    const plain = plainValue(value, column, formatting);
    return before + (typeof plain === "string" ? text(plain) : other(plain)) + after;
  };
  if (column.type.kind === "string")
    return (value) => (typeof value === "string" ? before + text(dataText(value)) + after : general(value));
  if (column.type.kind !== "number" || column.display) return general;
  // Numbers never need quotes.
  const { display } = UNITS[column.type.unit];
  if (isUnchanged(display))
    return (value) => (typeof value === "number" ? before + String(value) + after : general(value));
  if (display.as !== "time") return general;
  let [time, cell] = ["", ""];
  return (value) => {
    if (typeof value !== "number") return general(value);
    const now = isoTime(value, formatting.clock);
    if (now !== time) [time, cell] = [now, before + text(now) + after];
    return cell;
  };
}

/**
 * Whether the text is printable ASCII without quotes, commas and backslashes, so that no format escapes anything in it.
 * A loop is faster than a regular expression on short names.
 */
export function isPlainText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x2c || code === 0x5c) return false;
  }
  return true;
}
