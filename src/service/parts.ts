/**
 * Parses a text in parts, so that after a change only the changed part is parsed anew. A part is what can be parsed by
 * itself with the same result: definitions that begin at the start of a line, and the queries behind them.
 */
import type { Source, Span } from "../diagnostics/diagnostic.js";
import type { ParsedText } from "../semantics/load.js";
import { parse } from "../syntax/parser/parser.js";

/** A part with the offset of its text in the whole. */
export interface PlacedPart extends ParsedText {
  readonly start: number;
}

/** A line that starts a definition, or its documentation. */
const BOUNDARY =
  /^(?:\/\/\/(?!\/)|import[ \t]+"|(?:event|span|tool)[ \t]+[A-Za-z_]\w*[ \t]*(?:$|[{(=]|on\b|outermost\b))/gm;

/** Returns the offsets at which a definition may start, with its documentation. */
function boundaries(text: string): readonly number[] {
  const found: number[] = [];
  // Documentation belongs to the line below it.
  let docEnd = -1;
  for (const { index, 0: match } of text.matchAll(BOUNDARY)) {
    if (index !== docEnd) found.push(index);
    const lineEnd = text.indexOf("\n", index);
    docEnd = match === "///" && lineEnd >= 0 ? lineEnd + 1 : -1;
  }
  return found;
}

/**
 * Whether the part ends in a query, which the next part may continue. Errors do not reach beyond a part, because the
 * parser resumes where a definition starts.
 */
function isOpenEnd({ file, source, diagnostics }: ParsedText): boolean {
  const last = file.items.at(-1);
  if (last?.kind !== "query" || diagnostics.some(({ severity }) => severity === "error")) return false;
  return !/^\s*;/.test(source.text.slice(last.span.end));
}

/** Parses texts of one name, and remembers the parts of the last one. */
export class PartReader {
  private before = new Map<string, ParsedText[]>();
  private now = new Map<string, ParsedText[]>();

  read(source: Source): readonly PlacedPart[] {
    this.now = new Map();
    const { text } = source;
    const parts: PlacedPart[] = [];
    let start = 0;
    for (const end of [...boundaries(text).filter((at) => at > 0), text.length]) {
      const part = this.part(text.slice(start, end), source);
      // The next round reads it with what follows.
      if (end < text.length && isOpenEnd(part)) continue;
      parts.push({ ...part, start });
      start = end;
    }
    this.before = this.now;
    return parts;
  }

  private part(text: string, { name, isImported }: Source): ParsedText {
    const known = this.before.get(text)?.shift();
    const part = known ?? parsed({ name, text, ...(isImported === true ? { isImported } : {}) });
    const same = this.now.get(text) ?? [];
    same.push(part);
    this.now.set(text, same);
    return part;
  }
}

function parsed(source: Source): ParsedText {
  return { ...parse(source), source };
}

export function moved({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}

/** Whether the part contains the offset, or ends there. */
export function isFromPart({ start, source }: PlacedPart, offset: number): boolean {
  return start <= offset && offset <= start + source.text.length;
}
