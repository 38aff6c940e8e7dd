/** Formats values by the type of their column, for people and for programs. */
import type { Clock } from "../../results/clock.js";
import type { Value } from "../../results/events.js";
import type { Display } from "../../semantics/typed.js";
import type { Integer } from "../../integers.js";
import { describeEnum, describeFlags } from "../../kernel/flags/flag-sets.js";
import { dataText, spellText } from "../../types/text.js";
import { setShownBy, type Type } from "../../types/types.js";
import { UNITS, type NumberDisplay, type Unit } from "../../types/units.js";
import { escapeLines, escapeText } from "./escape.js";

/** Looks up the members of an enum, or the bits of a set of flags, by name. */
export type MemberNames = (kind: "enum" | "flags", of: string) => ReadonlyMap<string, bigint> | undefined;

export interface Formatting {
  readonly names: MemberNames;
  readonly clock: Clock;
  /** Whether it is read on a screen, where figures are for eyes: `1,234,567`. */
  readonly isTerminal?: boolean;
}

export interface Shown {
  readonly type: Type;
  /** Whether its numbers are amounts, and not names such as that of a process. */
  readonly isAmount?: boolean;
  readonly display?: Display | undefined;
}

/** Formats a value for a table: short, with units, safe for a terminal. Stacks keep their lines. */
export function formatValue(value: Value, column: Shown, formatting: Formatting): string {
  const { type, display } = column;
  if (value === null) return "-";
  if (type.kind === "stack") return escapeLines(String(value));
  if (typeof value === "string") return type.kind === "string" ? spellText(value) : escapeText(value);
  if (typeof value === "boolean") return String(value);
  switch (type.kind) {
    case "number":
      if (type.per) return formatRate(Number(value), type.unit, display);
      if (UNITS[type.unit].display.as === "result") return resultText(value, type, formatting.names);
      return amount(formatNumber(value, type.unit, display, formatting.clock), column, formatting);
    case "histogram":
    case "stats":
    case "bounds":
      return amount(formatNumber(value, type.unit, display, formatting.clock), column, formatting);
    case "address":
      // No file and no function has it: it says that there is none.
      return formatting.isTerminal === true && Number(value) === 0 ? "none" : hexadecimal(value);
    case "symbol":
      return hexadecimal(value);
    case "enum":
      return escapeText(enumName(value, type.of, formatting.names) ?? String(value));
    case "flags":
      return escapeText(flagNames(value, type.of, formatting.names));
    case "bool":
    case "c":
    case "error":
    case "string":
      return String(value);
  }
}

function amount(text: string, { isAmount }: Shown, { isTerminal }: Formatting): string {
  return isAmount === true && isTerminal === true ? separated(text) : text;
}

/** With separators of thousands: `1,234,567.8`. */
export function separated(number: string): string {
  return number.replace(/^-?\d{4,}/, (digits) => digits.replace(/\B(?=(?:\d{3})+$)/g, ","));
}

/** Returns a value for programs: numbers in base units, or in the unit requested with `in`. */
export function plainValue(value: Value, column: Shown, formatting: Formatting): Value {
  const { type, display } = column;
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return type.kind === "string" ? dataText(value) : value;
  switch (type.kind) {
    case "number":
    case "histogram":
    case "stats":
    case "bounds":
      if (display) return inUnit(value, display);
      return plainNumber(value, UNITS[type.unit].display, formatting.clock);
    case "address":
    case "symbol":
      return hexadecimal(value);
    case "enum":
      return enumName(value, type.of, formatting.names) ?? value;
    case "flags":
      return flagNames(value, type.of, formatting.names);
    case "bool":
    case "c":
    case "error":
    case "stack":
    case "string":
      return value;
  }
}

export function formatNumber(value: Integer, unit: Unit, display: Display | undefined, clock: Clock): string {
  if (display) return upToTwoDecimals(inUnit(value, display));
  const { display: shown } = UNITS[unit];
  switch (shown.as) {
    case "scaled":
      return scaled(Number(value), shown.step, shown.suffixes);
    case "duration":
      return formatDuration(value);
    case "time":
      return localTime(value, clock);
    case "fraction":
      return (Number(value) / Number(shown.parts)).toFixed(2);
    case "result":
    case "count":
      return typeof value === "number" && !Number.isInteger(value) ? upToTwoDecimals(value) : String(value);
  }
}

function plainNumber(value: Integer, display: NumberDisplay, clock: Clock): Value {
  switch (display.as) {
    case "fraction":
      return Number(value) / Number(display.parts);
    case "time":
      return isoTime(value, clock);
    case "count":
    case "duration":
    case "result":
    case "scaled":
      return value;
  }
}

/** Whether programs are given its numbers unchanged. */
export function isUnchanged({ as }: NumberDisplay): boolean {
  return as !== "fraction" && as !== "time";
}

/** Formats an amount with its unit; returns undefined for numbers that are shown without one. */
export function formatAmount(value: Integer, display: NumberDisplay): string | undefined {
  if (display.as === "duration") return formatDuration(value);
  return display.as === "scaled" ? scaled(Number(value), display.step, display.suffixes) : undefined;
}

/** Formats a rate with three significant digits, since it is a measurement and not a count. */
function formatRate(value: number, unit: Unit, display: Display | undefined): string {
  if (display) return significant(Number(inUnit(value, display)));
  const { display: shown, base } = UNITS[unit];
  const amount = formatAmount(value, shown);
  if (amount === undefined) return `${significant(value)}/s`;
  return Math.abs(value) < 100 ? `${significant(value)} ${base ?? ""}/s` : `${amount}/s`;
}

function significant(value: number): string {
  return String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}

/** Formats the range between two bounds: `8.19..8.7 µs`. A null bound is open. */
export function betweenText(min: Value, max: Value, text: (bound: Value) => string): string {
  if (min === null) return max === null ? "-" : `<= ${text(max)}`;
  if (max === null) return `>= ${text(min)}`;
  if (min === max) return text(max);
  const [from, to] = [text(min), text(max)];
  const unit = / \S+$/.exec(to)?.[0] ?? "";
  return `${unit !== "" && from.endsWith(unit) ? from.slice(0, -unit.length) : from}..${to}`;
}

/** Formats a number in the unit requested for its column. */
export function inUnit(value: Integer, display: Display): Integer {
  if (display.factor === 1n) return value;
  if (typeof value === "bigint" && value % display.factor === 0n) return Number(value / display.factor);
  return Number(value) / Number(display.factor);
}

/** Below 1 with as many digits as there are to see: 0.004 is not 0. */
function upToTwoDecimals(value: Integer): string {
  if (typeof value === "bigint") return String(value);
  if (value === 0 || Math.abs(value) >= 1) return String(Math.round(value * 100) / 100);
  return value.toFixed(Math.min(20, 2 - Math.floor(Math.log10(Math.abs(value))))).replace(/\.?0+$/, "");
}

export function formatBytes(bytes: Integer): string {
  return formatAmount(bytes, UNITS.bytes.display) ?? String(bytes);
}

const SECOND = 1e9;
const TIME_UNITS = ["ns", "µs", "ms", "s"];

/** Formats nanoseconds: 999 ns, 1.23 ms, 59.9 s, 2m05s, 1h02m. */
export function formatDuration(nanoseconds: Integer): string {
  const value = Number(nanoseconds);
  const size = Math.abs(value);
  if (size < 60 * SECOND) return scaled(value, 1000, TIME_UNITS);
  const sign = value < 0 ? "-" : "";
  const seconds = Math.round(size / SECOND);
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)}m${twoDigits(seconds % 60)}s`;
  return `${sign}${Math.floor(seconds / 3600)}h${twoDigits(Math.floor(seconds / 60) % 60)}m`;
}

/** Formats with three significant digits, in the largest unit that keeps the value at 1 or more. */
function scaled(value: number, step: number, units: readonly string[]): string {
  let size = Math.abs(value);
  let index = 0;
  // A value that would round up to a full step is shown in the next unit.
  while (index < units.length - 1 && size >= step - (index === 0 ? 0 : 0.5)) {
    size /= step;
    index++;
  }
  const digits = index === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  let text = digits === 0 ? String(Math.round(size)) : size.toFixed(digits);
  if (digits > 0 && text.endsWith("0")) text = text.replace(/\.?0+$/, "");
  return `${value < 0 ? "-" : ""}${text} ${units[index] ?? ""}`;
}

function hexadecimal(value: Integer): string {
  const isPlain = typeof value === "number" && value >= 0;
  return `0x${(isPlain ? value : BigInt.asUintN(64, BigInt(value))).toString(16)}`;
}

/** The time at the end of an interval: to the second, or finer where the interval is. */
export function intervalTime(nsecs: Integer, clock: Clock, every: bigint | undefined): string {
  const isFine = every !== undefined && every % BigInt(SECOND) !== 0n;
  return localTime(nsecs, clock).slice(0, isFine ? "00:00:00.000".length : "00:00:00".length);
}

/** Returns the local wall clock time, to the millisecond: 14:05:09.042. */
export const localTime = byMillisecond((milliseconds) => {
  const date = new Date(milliseconds);
  const seconds = `${twoDigits(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${seconds}`;
});

export const isoTime = byMillisecond((milliseconds) => new Date(milliseconds).toISOString());

/** Remembers the last time: thousands of lines share a millisecond, and formatting a date costs more than the rest of a line. */
function byMillisecond(format: (milliseconds: number) => string): (nsecs: Integer, clock: Clock) => string {
  let [last, text] = [NaN, ""];
  return (nsecs, clock) => {
    const milliseconds = Math.trunc(clock.wallClock(nsecs));
    if (milliseconds !== last) [last, text] = [milliseconds, format(milliseconds)];
    return text;
  };
}

function twoDigits(part: number): string {
  return String(part).padStart(2, "0");
}

function enumName(value: Integer, of: string, names: MemberNames): string | undefined {
  return describeEnum(names("enum", of) ?? new Map(), BigInt(value), of);
}

/** A number, or the name of the error that it stands for. */
function resultText(value: Integer, type: Type, names: MemberNames): string {
  const errors = setShownBy(type);
  const name = errors && value < 0 ? enumName(-BigInt(value), errors.of, names) : undefined;
  return name === undefined ? String(value) : `-${escapeText(name)}`;
}

function flagNames(value: Integer, of: string, names: MemberNames): string {
  return describeFlags(names("flags", of) ?? new Map(), BigInt(value), of);
}
