/** How far a text is from being right. */
import type { Diagnostic } from "../diagnostics/diagnostic.js";

/** Compiles a text, and returns what is wrong with it. */
export type Judge = (text: string) => readonly Diagnostic[];

export interface Judgement {
  readonly diagnostics: readonly Diagnostic[];
  readonly errors: number;
  /** A text that means nothing, such as a condition that never holds, is not what was meant. */
  readonly warnings: number;
  /** From the first error to the end of the text: a text is read from its beginning, so less of it is progress. */
  readonly left: number;
}

export function judged(text: string, judge: Judge): Judgement {
  const diagnostics = judge(text);
  const errors = diagnostics.filter((d) => d.severity === "error");
  const first = errors.reduce((least, { span }) => (span.start < least ? span.start : least), text.length);
  const warnings = diagnostics.filter((d) => d.severity === "warning").length;
  return { diagnostics, errors: errors.length, warnings, left: text.length - first };
}

export function isBetter(a: Judgement, b: Judgement): boolean {
  if (a.errors !== b.errors) return a.errors < b.errors;
  if (a.warnings !== b.warnings) return a.warnings < b.warnings;
  return a.errors > 0 && a.left < b.left;
}
