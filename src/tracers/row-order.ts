/**
 * The order of rows that are kept by column. What is compared becomes numbers once for each row, and those are sorted by
 * their digits: comparing a million rows by their values and names takes ten times as long.
 */
import { compareNumbers, isNumber, type Integer } from "../integers.js";
import type { Value } from "../results/events.js";

/** The largest size first, and then by keys. */
export function rowOrder(
  length: number,
  sizes: readonly Integer[],
  keys: readonly (readonly Value[])[],
): Uint32Array {
  const rows = Uint32Array.from({ length }, (_, i) => i);
  const columns = length < FEW ? [undefined] : [ranksOf(sizes), ...keys.map(ranksOf)];
  if (!columns.every((each) => each !== undefined))
    return rows.sort(
      (a, b) => compareNumbers(sizes[b] ?? 0, sizes[a] ?? 0) || compareKeys(keys, a, b) || a - b,
    );
  const [first, ...rest] = columns;
  // Each pass keeps the order of what it finds equal, so that the last one decides first.
  let sorted: Uint32Array = rows;
  for (const column of rest.reverse()) sorted = byDigits(sorted, column, 1);
  return first ? byDigits(sorted, first, -1) : sorted;
}

/** Below this, comparing takes less. */
const FEW = 2048;
/** Of more different texts than this, comparing them where they meet takes less than ranking all. */
const MOST_RANKED = 65_536;

/** Numbers that are in the order of the values; undefined if there is no such order, or it is dearer to find. */
function ranksOf(column: readonly Value[]): Float64Array | undefined {
  const numbers = new Float64Array(column.length);
  for (let i = 0; i < column.length; i++) {
    const value = column[i];
    if (typeof value !== "number") return ranksOfOther(column);
    numbers[i] = value;
  }
  return numbers;
}

function ranksOfOther(column: readonly Value[]): Float64Array | undefined {
  const isOfOneKind = column.every(isNumber) || column.every((value) => typeof value === "string");
  // Names among numbers are compared as texts, each pair for itself.
  if (!isOfOneKind) return undefined;
  const ranks = new Map<Value, number>();
  for (const value of column) if (ranks.set(value, 0).size > MOST_RANKED) return undefined;
  const sorted = [...ranks.keys()].sort(compareValues);
  for (const [rank, value] of sorted.entries()) ranks.set(value, rank);
  return Float64Array.from<Value>(column, (value) => ranks.get(value) ?? 0);
}

function compareKeys(keys: readonly (readonly Value[])[], a: number, b: number): number {
  for (const column of keys) {
    const order = compareValues(column[a] ?? null, column[b] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(a: Value, b: Value): number {
  return isNumber(a) && isNumber(b) ? compareNumbers(a, b) : compareTexts(String(a), String(b));
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const DIGIT = 8;
const DIGITS = 64 / DIGIT;
const VALUES = 1 << DIGIT;

/** Sorts rows by their numbers, upwards or (`sign` -1) downwards; rows with equal numbers keep their order. */
function byDigits(rows: Uint32Array, numbers: Float64Array, sign: 1 | -1): Uint32Array {
  const { words, counts } = sortable(numbers, sign);
  let from = rows;
  let to: Uint32Array = new Uint32Array(rows.length);
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = counts.subarray(digit * VALUES, (digit + 1) * VALUES);
    // All have the same.
    if (count.includes(rows.length)) continue;
    const shift = (digit * DIGIT) % 32;
    const half = digit * DIGIT < 32 ? 0 : 1;
    let start = 0;
    for (let value = 0; value < VALUES; value++) {
      const many = count[value] ?? 0;
      count[value] = start;
      start += many;
    }
    for (let i = 0; i < from.length; i++) {
      const row = from[i] as number;
      const value = ((words[2 * row + half] as number) >>> shift) & (VALUES - 1);
      to[(count[value] as number)++] = row;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** The numbers as two words each, the lower first, whose bits are in their order; and how often each digit has each value. */
function sortable(numbers: Float64Array, sign: 1 | -1): { words: Uint32Array; counts: Uint32Array } {
  const bits = new Float64Array(numbers.length);
  // Adding 0 makes -0 equal to 0.
  for (let i = 0; i < numbers.length; i++) bits[i] = sign * (numbers[i] as number) + 0;
  const words = new Uint32Array(bits.buffer);
  const counts = new Uint32Array(DIGITS * VALUES);
  for (let i = 0; i < words.length; i += 2) {
    let [low, high] = [words[i] as number, words[i + 1] as number];
    // A negative number has more bits the smaller it is.
    if (high >>> 31 === 1) [low, high] = [~low, ~high];
    else high ^= 0x8000_0000;
    words[i] = low;
    words[i + 1] = high;
    for (let digit = 0; digit < DIGITS / 2; digit++) {
      const shift = digit * DIGIT;
      (counts[digit * VALUES + ((low >>> shift) & (VALUES - 1))] as number)++;
      (counts[(digit + DIGITS / 2) * VALUES + ((high >>> shift) & (VALUES - 1))] as number)++;
    }
  }
  return { words, counts };
}
