/** Describes characters that are not part of the language, and what to write instead. */
export interface Stray {
  readonly message: string;
  readonly hint: string;
  /** What to write instead, if that is known. */
  readonly instead?: string;
  /** Neighbouring characters of one family are reported once. */
  readonly family: string;
}

function hex(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

export function describeStray(code: number): Stray {
  const character = String.fromCodePoint(code);
  switch (character) {
    case "\0":
      return stray("a NUL character", "delete it", "control", "");
    case "\u00a0":
    case "\u202f":
    case "\u2007":
      return stray("a non-breaking space", "write an ordinary blank", "space", " ");
    case "@":
      return stray("`@`", "maps are made for you: write `count() by comm`", "@");
    case "$":
      return stray("`$`", "fields and parameters are written without it", "$", "");
    case "#":
      return stray("`#`", "comments start with `//`", "#", "//");
    case "\\":
      return stray("a backslash", "a query may go on in the next line without it", "\\", "");
    case "…":
      return stray("an ellipsis", "write out what it stands for", "…", "");
  }
  if (code < 32 || (code >= 0x7f && code < 0xa0)) {
    return stray(`a control character (${hex(code)})`, "delete it", "control", "");
  }
  if (code === 0xfffd) {
    return stray("a broken character (U+FFFD)", "the text must be UTF-8", "broken");
  }
  if (
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff
  ) {
    return stray(`an invisible character (${hex(code)})`, "delete it", "invisible", "");
  }
  if (
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x3000 ||
    code === 0x1680 ||
    code === 0x2028 ||
    code === 0x2029
  ) {
    return stray(`an unusual space (${hex(code)})`, "write an ordinary blank", "space", " ");
  }
  if (code >= 0xd800 && code <= 0xdfff) {
    return stray(`half a character (${hex(code)})`, "delete it", "broken", "");
  }
  return stray(
    `\`${character}\` (${hex(code)})`,
    "names are of the letters a to z, digits and `_`; anything else goes in double quotes",
    "other",
  );
}

function stray(what: string, hint: string, family: string, instead?: string): Stray {
  const message = `${what} has no place here`;
  return { message, hint, family, ...(instead === undefined ? {} : { instead }) };
}

/** Whether the text looks like a binary file, which is reported once instead of once for each byte. */
export function looksBinary(text: string): boolean {
  let odd = 0;
  const end = Math.min(text.length, 1024);
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    if ((code < 32 && !(code >= 9 && code <= 13) && code !== 27) || code === 0xfffd) odd++;
    if (odd >= 4) return true;
  }
  return false;
}
