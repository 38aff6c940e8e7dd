/** Text from the kernel or from a process is not trusted: it must not move the cursor or turn the line around. */

/** Controls of C0 and C1, those of bidirectional text, line and paragraph separators, lone surrogates. */
const HOSTILE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** One line, safe to show: what is not shown as itself reads `\xNN`. */
export function escapeText(text: string): string {
  return text.replace(HOSTILE, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
