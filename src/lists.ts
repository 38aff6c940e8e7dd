/**
 * Arrays of any length. A call takes its arguments on the stack, so a spread of 100,000 items into one throws:
 * the linter forbids it, and these stand in its place.
 */

/** Adds all of `more` to the end of `list`. */
export function append<T>(list: T[], more: Iterable<T>): void {
  for (const item of more) list.push(item);
}

/** The greatest of the values and of `least`, which is what there is without values. */
export function greatest(values: Iterable<number>, least = -Infinity): number {
  let found = least;
  for (const value of values) if (!(value <= found)) found = value;
  return found;
}

/** The least of the values and of `most`, which is what there is without values. */
export function smallest(values: Iterable<number>, most = Infinity): number {
  let found = most;
  for (const value of values) if (!(value >= found)) found = value;
  return found;
}
