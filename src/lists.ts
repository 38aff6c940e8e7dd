/**
 * Helpers for arrays of any length. Arguments are passed on the stack, so spreading 100,000 items into a call throws:
 * the linter forbids that, and these are used instead.
 */

/** Appends all of `more` to `list`. */
export function append<T>(list: T[], more: Iterable<T>): void {
  for (const item of more) list.push(item);
}

/** Returns the maximum of the values and `least`, which is the result for no values. */
export function greatest(values: Iterable<number>, least = -Infinity): number {
  let found = least;
  for (const value of values) if (!(value <= found)) found = value;
  return found;
}

/** Returns the minimum of the values and `most`, which is the result for no values. */
export function smallest(values: Iterable<number>, most = Infinity): number {
  let found = most;
  for (const value of values) if (!(value >= found)) found = value;
  return found;
}
