/** Words of other query languages, and the clause to use instead. */
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

/** Returns what to write instead of a clause of another language. */
export function translate(word: string): string | undefined {
  return Object.hasOwn(FOREIGN_WORDS, word) ? FOREIGN_WORDS[word] : undefined;
}
