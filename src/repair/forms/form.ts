/** A whole text of another language, recognised by its shape. */
import type { Vocabulary } from "../vocabulary.js";

export interface ForeignForm {
  /** The cause, in the user's words. */
  readonly says: string;
  /** The hint, with `{}` for the query. */
  readonly hint?: string;
  /** Returns the query that is meant, which may need repairs of its own; undefined if this is another language. */
  readonly recognise: (text: string, vocabulary: Vocabulary) => string | undefined;
}

/** Joins the parts that there are. */
export function joined(...parts: readonly (string | undefined)[]): string {
  return parts.flatMap((part) => (part === undefined || part.trim() === "" ? [] : [part.trim()])).join(" ");
}

/** Splits at a mark outside brackets and quotes. */
export function splitAt(text: string, mark: string): readonly string[] {
  const parts: string[] = [];
  let [depth, from] = [0, 0];
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote !== "") {
      if (c === "\\") i++;
      else if (c === quote) quote = "";
    } else if (c === '"' || c === "'") quote = c;
    else if ("([{".includes(c)) depth++;
    else if (")]}".includes(c)) depth--;
    else if (c === mark && text.charAt(i + 1) === mark) i++;
    else if (c === mark && depth === 0) {
      parts.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  return [...parts, text.slice(from).trim()];
}
