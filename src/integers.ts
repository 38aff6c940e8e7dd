/** Numbers of 64 bits: plain ones, and a `bigint` where a `number` would lose digits. */

export type Integer = number | bigint;

/** The plain number when it holds all the digits. */
export function fit(value: bigint): Integer {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

export function isNumber(value: unknown): value is Integer {
  return typeof value === "number" || typeof value === "bigint";
}

export function compareNumbers(a: Integer, b: Integer): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
