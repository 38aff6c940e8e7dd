/** Suggestions for misspelled names. */
import { distance } from "fastest-levenshtein";

/** Returns the names most similar to a misspelling, best first; none if nothing is similar. */
export function nearest(word: string, names: Iterable<string>, most = 3): readonly string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const lower = word.toLowerCase();
  const near: { name: string; score: number }[] = [];
  for (const name of new Set(names)) {
    if (Math.abs(name.length - word.length) > limit + 4) continue;
    const other = name.toLowerCase();
    let score = isSwap(lower, other) ? 1 : distance(lower, other);
    // The user often wrote only the beginning or the end of a name, or more than it: `alloc`, `page_faults`.
    if (score > limit && Math.min(word.length, name.length) >= 3)
      if (other.startsWith(lower) || lower.startsWith(other)) score = limit + 0.5;
    if (score <= limit + 0.5) near.push({ name, score });
  }
  return near
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map((n) => n.name);
}

/** Whether two adjacent characters are swapped: `wehre`, `yb`. */
function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length || a === b) return false;
  let i = 0;
  while (a[i] === b[i]) i++;
  return a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
}

/** Returns "did you mean `x` or `y`?", or undefined. */
export function didYouMean(word: string, names: Iterable<string>): string | undefined {
  const found = nearest(word, names);
  if (found.length === 0) return undefined;
  return `did you mean ${orList(found)}?`;
}

/** Returns "`a`, `b` or `c`". */
export function orList(words: readonly string[]): string {
  const quoted = words.map((w) => `\`${w}\``);
  if (quoted.length < 2) return quoted.join("");
  return `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
