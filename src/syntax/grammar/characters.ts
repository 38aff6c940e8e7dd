/** Classes of characters. */

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

export function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}

export function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** Invisible characters. Some change the direction of writing, so that a reviewer reads a different text. */
export function isHiddenCharacter(code: number): boolean {
  return (
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    (code >= 0x200b && code <= 0x200f) ||
    code === 0xfeff
  );
}

/** `{read,write}` stands for each of the two. */
const CHOICES = "\\{[\\w*]*(?:,[\\w*]*)+\\}";
const BARE = `(?:[\\w!$*+\\-.?@\\[\\]]|${CHOICES})+`;
/** A probe part without quotes that is not a path; `::` is of a name of C++ or Rust. */
export const BARE_PART = `${BARE}(?:::${BARE})*`;
/** A path as a probe part: `/usr/bin/app`, `./app`, `../app`; `//` is a comment. */
export const PATH_PART = '\\.{0,2}\\/(?!\\/)[^\\x00-\\x20"(),:;{}]*';
