/** The state that the parts of the checker share while they check one text. */
import type { Advice, Source, Span } from "../diagnostics/diagnostic.js";
import type { Diagnostics } from "../diagnostics/diagnostics.js";
import type { Kernel } from "../kernel/kernel.js";
import { ERROR } from "../types/types.js";
import type { Sets } from "./sets.js";
import type { TextLimits } from "./source/text-limits.js";
import type { ProbePoint, Side, Typed } from "./typed.js";

export type FindMissingProbe = (
  point: ProbePoint,
) => { readonly why: string; readonly hint?: string; readonly similar: readonly string[] } | undefined;

export interface Context {
  /** The text that contains the expression. */
  readonly source: Source;
  readonly kernel: Kernel;
  /** The sets of names that are defined. */
  readonly sets: Sets;
  readonly diagnostics: Diagnostics;
  /** Elaborate every provider, not only up to the first that suffices: to check or describe a definition. */
  readonly exhaustive?: boolean;
  /** Why a program or library does not have a probe, and names like it, where its file is known. */
  readonly missingProbe?: FindMissingProbe;
}

/** The names that an expression may use. */
export interface Scope {
  lookUp(name: string, context: Context, span: Span): Typed | undefined;
  /** Looks up `begin.X`, `end.X` or `args.X`; undefined if `object` is not a prefix of this scope. */
  lookUpIn(object: string, name: string, context: Context, span: Span): Typed | undefined;
  /** How many bytes a field that is a text has at most, by the ways to get it; without this method that is not known. */
  textLimits?(name: string, side: Side | undefined, context: Context): TextLimits;
  /** Lists the names, for suggestions. */
  names(): readonly string[];
  /** The scope's description for messages: "`faults`", "this probe". */
  readonly what: string;
}

/** Replaces an erroneous expression; it is accepted everywhere, so that a mistake is reported only once. */
export const FAILED: Typed = { op: "integer", value: 0n, type: ERROR };

/** Reports an error and returns `FAILED`, so that checking can continue. */
export function fail(
  context: Context,
  span: Span,
  code: string,
  message: string,
  hint?: string | Advice,
): Typed {
  context.diagnostics.error(code, context.source, span, message, hint);
  return FAILED;
}
