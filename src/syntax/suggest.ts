/** What was probably meant by a word that is not of the language. */
import { distance } from "fastest-levenshtein";

/** The word of `words` that was probably meant, if one is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  if (word.length < 2 || word.length > 20) return undefined;
  const most = word.length <= 4 ? 1 : 2;
  let best: string | undefined;
  let least = most + 1;
  for (const candidate of words) {
    const far = distance(word.toLowerCase(), candidate);
    const swapped = far === 2 && isSwap(word, candidate);
    if ((swapped ? 1 : far) < least) {
      best = candidate;
      least = swapped ? 1 : far;
    }
  }
  return best;
}

/** Two neighbours exchanged: `wehre`, `yb`. */
function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let i = 0;
  while (a[i] === b[i]) i++;
  return a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
}

/** Words of other languages for the same thing. */
const FOREIGN_WORDS: Readonly<Record<string, string>> = {
  limit: "top 10",
  group: "by comm",
  order: "top 10 by total",
  sort: "top 10 by total",
  select: "show time, comm",
  filter: "where pid == 1",
  if: "where pid == 1",
  having: "where pid == 1",
  when: "where pid == 1",
  interval: "every 1s",
  during: "for 30s",
  using: "via kprobe",
  like: 'where file ~ "*.so"',
  is: "where pid == 1",
  contains: 'where file ~ "*x*"',
};

/** What to write instead of a clause of another language. */
export function translate(word: string): string | undefined {
  return Object.hasOwn(FOREIGN_WORDS, word) ? FOREIGN_WORDS[word] : undefined;
}
