/** How far a text is from being right. */
import type { Diagnostic } from "../diagnostics/diagnostic.js";

/** Compiles a text, and returns what is wrong with it. */
export type Judge = (text: string) => readonly Diagnostic[];

export interface Verdict {
  readonly diagnostics: readonly Diagnostic[];
  readonly errors: number;
  /** From the first error to the end of the text: a text is read from its beginning, so less of it is progress. */
  readonly left: number;
}

export function judged(text: string, judge: Judge): Verdict {
  const diagnostics = judge(text);
  const errors = diagnostics.filter((d) => d.severity === "error");
  const first = errors.reduce((least, { span }) => (span.start < least ? span.start : least), text.length);
  return { diagnostics, errors: errors.length, left: text.length - first };
}

export function isBetter(a: Verdict, b: Verdict): boolean {
  return a.errors < b.errors || (a.errors === b.errors && a.errors > 0 && a.left < b.left);
}
