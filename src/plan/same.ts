/** Structural comparison of expressions and steps. */
import type { Typed } from "../semantics/typed.js";

export function isSame(a: Typed, b: Typed): boolean {
  return a === b || structureOf(a) === structureOf(b);
}

const structures = new WeakMap<object, string>();

/** A text that is equal for two expressions, or two steps, if they are the same. */
export function structureOf(value: object): string {
  const known = structures.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));
  structures.set(value, text);
  return text;
}
