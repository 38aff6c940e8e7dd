/** The diagnostics of one parse: a limited number, then a note, since nobody reads a thousand. */
import type { Advice, Diagnostic, Source } from "../../diagnostics/diagnostic.js";
import { Diagnostics } from "../../diagnostics/diagnostics.js";

const MOST = 20;

export class Reporter {
  private readonly found = new Diagnostics();

  constructor(readonly source: Source) {}

  /** Whether the limit is reached, so that parsing can stop. */
  get full(): boolean {
    return this.found.list.length >= MOST;
  }

  get count(): number {
    return this.found.list.length;
  }

  error(code: string, start: number, end: number, message: string, hint?: string | Advice): void {
    if (this.full) return;
    this.found.error(code, this.source, { start, end }, message, hint);
  }

  /** The diagnostics of the lexer and the parser, in the order of the text. */
  finish(): Diagnostic[] {
    const list = [...this.found.list].sort((a, b) => a.span.start - b.span.start);
    if (this.full) {
      const at = list[list.length - 1]?.span ?? { start: 0, end: 0 };
      list.push({
        severity: "note",
        code: "too-many-errors",
        message: "there may be more errors: reading stopped here",
        source: this.source,
        span: at,
        hint: "mend these first",
      });
    }
    return list;
  }
}

/** Returns a piece of the text for a message: one line, short, nothing invisible. */
export function quote(text: string): string {
  let shown = "";
  for (const character of text.length > 200 ? text.slice(0, 200) : text) {
    if (shown.length >= 40) return `\`${shown}…\``;
    const code = character.codePointAt(0) ?? 0;
    const invisible =
      code < 32 || (code >= 0x7f && code < 0xa0) || (code >= 0x2000 && code < 0x2070 && code !== 0x2026);
    shown += invisible ? " " : character;
  }
  return `\`${shown}\``;
}
