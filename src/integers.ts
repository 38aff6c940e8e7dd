/** 64-bit integers: a `number`, or a `bigint` if a `number` would lose precision. */

export type Integer = number | bigint;

/** Returns a `number` if that holds the value exactly. */
export function fit(value: bigint): Integer {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

export function isNumber(value: unknown): value is Integer {
  return typeof value === "number" || typeof value === "bigint";
}

/** With separators of thousands: `1,234,567`. */
export function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

export function compareNumbers(a: Integer, b: Integer): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
