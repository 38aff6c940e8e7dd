/** Hints that offer texts to write, so that they can be tried, and applied by an editor. */
import type { Advice, Diagnostic, Fix, Span } from "./diagnostic.js";
import { nearest, orList } from "./suggest.js";

/** The offered texts that a hint names. */
const MOST_NAMED = 3;

/** Returns the hint, what it offers, and the first of that. */
export function hintOf(hint: string | Advice | undefined): Pick<Diagnostic, "hint" | "advice" | "fix"> {
  if (hint === undefined) return {};
  if (typeof hint === "string") return { hint };
  const { says, fixes, otherwise } = hint;
  const [fix] = fixes;
  if (fix === undefined) return otherwise === undefined ? {} : { hint: otherwise };
  const texts = [...new Set(fixes.map(named))].slice(0, MOST_NAMED);
  return { hint: says.replace("{}", () => orList(texts)), advice: hint, fix };
}

/** A diagnostic with another hint, at another place. */
export function withHint(
  { severity, code, message, source }: Diagnostic,
  span: Span,
  hint: string | Advice | undefined,
): Diagnostic {
  return { severity, code, message, source, span, ...hintOf(hint) };
}

/** A text as a hint names it: an inserted comma is that comma. */
function named({ text }: Fix): string {
  return text.trim();
}

/** Advice to write one of these texts in place of what stands at the span. */
export function write(
  span: Span,
  texts: string | readonly string[],
  says = "write {}",
  otherwise?: string,
): Advice {
  const fixes = [texts].flat().map((text) => ({ span, text }));
  return { says, fixes, ...(otherwise === undefined ? {} : { otherwise }) };
}

/** Advice to insert a text at an offset. */
export function insert(at: number, text: string, says = "write {}"): Advice {
  return write({ start: at, end: at }, text, says);
}

/** Offers the names that are most like a misspelled one, or `otherwise` says something else. */
export function offerNearest(
  word: string,
  names: Iterable<string>,
  span: Span,
  otherwise?: string,
  more: readonly string[] = [],
): Advice | string | undefined {
  const found = [...new Set([...more, ...nearest(word, names)])];
  return found.length === 0 ? otherwise : write(span, found, "did you mean {}?", otherwise);
}
