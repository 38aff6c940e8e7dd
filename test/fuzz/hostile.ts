/** Texts that mean something to one of those who read what Faultline writes. `zq` marks what must stay a text. */
import type { Chance } from "./chance.js";

export const HOSTILE: readonly string[] = [
  '"; zq(); "', "'; zq(); '", "`zq()`", "$(zq)", "*/ zq(); /*", "// zq()", "\n zq(); //", "\r\nzq()\r\n",
  '""" + zq() + """', "''' + zq() + '''", "\\", '\\"', "\\\\\" zq(); \\\"", "%s %n zq() %d", "{zq()}", "${zq()}", "#{zq()}",
  "\0zq()", "\x1b[2J\x1b]0;zq\x07", "\x9b31m", "\u2028zq()\u2029", "\u202ezq()\u2066", "\ufeffzq", "\ud800", "\udc00zq",
  "<zq onload=zq()>", "</script><zq>", "]]><zq/>", "<!-- zq", "--> <zq>", "&zq;", "&#x3c;zq>", "=zq()", "+zq()", "@zq", "-zq()",
  ",zq\r\n", ";zq", "zq\ttab", "é€😀", "x".repeat(300), "a/../../zq", "/dev/zero", "-zq", "--zq=1", "__proto__", "constructor",
  "toString", "NaN", "Infinity", "undefined", "null", "1e999", "-0", "9".repeat(40), "@zq[1]", "#define zq", "\\\n#zq", "??/zq",
  "@count", "END", "BEGIN { zq() }", "%", "%%", "%-9999999d", "\\x22; zq(); //", "\\u{22}", "zq\\", "*", "[", "[!", "[z-a]", "**?*[a-z]",
]; // prettier-ignore

/** As a literal of the language, however it must be written. */
export function literal(text: string): string {
  let written = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === "\\") written += `\\${character}`;
    else if (code < 32 || (code > 126 && code < 160) || (code >= 0x2000 && code < 0x2070) || code === 0xfeff)
      written += `\\u{${code.toString(16)}}`;
    else written += character;
  }
  return `"${written}"`;
}

/** A text of two or three of them, or one as it is. */
export function hostile(chance: Chance): string {
  let text = chance.pick(HOSTILE);
  while (chance.is(0.3)) text += chance.pick(HOSTILE);
  return text;
}
