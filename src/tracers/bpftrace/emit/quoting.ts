/** Text from users, made safe for its place in a script. */

import { bytesOfText } from "../../../types/text.js";
import { oneLine } from "../../one-line.js";

/** A string literal. bpftrace takes C escapes, octal among them; every byte that is not plain is written so. */
export function quote(text: string): string {
  let out = "";
  for (const byte of bytesOfText(text)) {
    if (byte === 0x22 || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`;
    else if (byte === 0x0a) out += "\\n";
    else if (byte === 0x09) out += "\\t";
    else if (byte >= 0x20 && byte < 0x7f) out += String.fromCharCode(byte);
    else out += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `"${out}"`;
}

/** A literal that `printf` prints as it is. */
export function quoteFormat(text: string): string {
  // 0.17 knows no `%%`, so a percent sign is shown as its full-width twin.
  return quote(text.replaceAll("%", "\uff05"));
}

/** A comment's words: one line that cannot end the comment. */
export function comment(text: string): string {
  return oneLine(text).replaceAll("*/", "* /");
}
