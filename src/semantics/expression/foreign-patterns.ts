/** Patterns of other languages as globs. */

/** Returns the glob of a regular expression; undefined if no glob matches the same texts. */
export function globOf(regex: string): string | undefined {
  let glob = regex.startsWith("^") ? "" : "*";
  let at = regex.startsWith("^") ? 1 : 0;
  const ends = /(?:^|[^\\])\$$/.test(regex);
  const end = ends ? regex.length - 1 : regex.length;
  while (at < end) {
    const [part, matched] = partAt(regex, at, end) ?? [];
    if (part === undefined || matched === undefined) return undefined;
    glob += matched;
    at += part.length;
  }
  return (ends ? glob : `${glob}*`).replace(/\*{2,}/g, "*");
}

/** What each part of a regular expression is in a glob. */
const PARTS: readonly (readonly [RegExp, (match: RegExpExecArray) => string | undefined])[] = [
  [/\.\*\??/y, () => "*"],
  [/\.\+\??/y, () => "?*"],
  [/\.(?![*+?{])/y, () => "?"],
  [/\[\^?[^\]]+\](?![*+?{])/y, ([all]) => all.replace("[^", "[!")],
  [/\\d(?![*+?{])/y, () => "[0-9]"],
  [/\\d\+/y, () => "[0-9]*"],
  [/\\([^\w\s])(?![*+?{])/y, ([, mark = ""]) => (/[*?[\]\\]/.test(mark) ? `\\${mark}` : mark)],
  [/[^\\^$.|?*+()[\]{}](?![*+?{])/y, ([all]) => all],
];

function partAt(regex: string, at: number, end: number): readonly [string, string | undefined] | undefined {
  for (const [pattern, matched] of PARTS) {
    pattern.lastIndex = at;
    const match = pattern.exec(regex);
    if (match && at + match[0].length <= end) return [match[0], matched(match)];
  }
  return undefined;
}

/** Whether a pattern has what only regular expressions have; `lib.*` may be either. */
export function looksLikeRegex(pattern: string): boolean {
  return /^\^|^\.\*|\.\+|(?:^|[^\\])\$$|\\[.dws]|[)\]][+*]|\|/.test(pattern);
}

/** Whether a text has what only globs have: a `*` or `?` at an end, or `*.`. */
export function looksLikeGlob(text: string): boolean {
  return /^\*|\*$|\*\./.test(text) && text.length > 1;
}

/** Returns the glob of a pattern of SQL's `like`; without a wildcard it is a part of the text. */
export function likeGlobOf(pattern: string): string {
  if (!/[%_*?]/.test(pattern)) return `*${pattern}*`;
  return pattern.replaceAll("%", "*");
}
