/** What the parts of the checker share while one text is checked. */
import type { Diagnostics, Source, Span } from "../diagnostics/diagnostic.js";
import type { Kernel } from "../kernel/kernel.js";
import { ERROR } from "../types/types.js";
import type { Typed } from "./typed.js";

export interface Context {
  /** The text in which the expression stands. */
  readonly source: Source;
  readonly kernel: Kernel;
  readonly diagnostics: Diagnostics;
  /** Look at every provider, although the first would do: to check a definition, or to describe it. */
  readonly exhaustive?: boolean;
}

/** The names an expression may use. */
export interface Scope {
  lookUp(name: string, context: Context, span: Span): Typed | undefined;
  /** `begin.X`, `end.X`, `args.X`: undefined when `object` is not one of the scope's prefixes. */
  lookUpIn(object: string, name: string, context: Context, span: Span): Typed | undefined;
  /** For did-you-mean. */
  names(): readonly string[];
  /** In the user's words: "`faults`", "this probe". */
  readonly what: string;
}

/** What stands in for an expression that was wrong; it fits everywhere, so that one mistake is told once. */
export const FAILED: Typed = { op: "integer", value: 0n, type: ERROR };

/** Reports and goes on. */
export function fail(context: Context, span: Span, code: string, message: string, hint?: string): Typed {
  context.diagnostics.error(code, context.source, span, message, hint);
  return FAILED;
}
