/** Statements behind a condition. */
import { indented } from "../quoting.js";

/** An `if`, with braces where there is more than one statement. */
export function conditional(condition: string, lines: readonly string[]): readonly string[] {
  return lines.length === 1
    ? [`if (${condition})`, ...indented(lines)]
    : [`if (${condition}) {`, ...indented(lines), "}"];
}
