/** What an editor offers to write. */
import type { Span } from "../../diagnostics/diagnostic.js";

export type OfferKind =
  | "aggregate"
  | "field"
  | "function"
  | "keyword"
  | "member"
  | "operator"
  | "parameter"
  | "probe"
  | "source"
  | "tool"
  | "type"
  | "unit"
  | "value";

export interface Offer {
  /** What is shown, and written if nothing else is. */
  readonly label: string;
  readonly kind: OfferKind;
  /** Its type and unit, or what it takes. */
  readonly detail?: string;
  readonly doc?: string;
  /** What to write, with `$0` where the cursor goes. */
  readonly insert?: string;
}

export interface Completion {
  /** What an offer replaces: the word at the cursor. */
  readonly span: Span;
  /** The offers, the best first; those that do not begin with the word are left out. */
  readonly offers: readonly Offer[];
}

export const NO_OFFERS: readonly Offer[] = [];

export function offers(
  labels: Iterable<string>,
  kind: OfferKind,
  detail?: (label: string) => string | undefined,
): readonly Offer[] {
  return [...labels].map((label) => {
    const said = detail?.(label);
    return { label, kind, ...(said === undefined ? {} : { detail: said }) };
  });
}

/** Returns each label once: the first offer of it. */
export function distinct(all: readonly Offer[]): readonly Offer[] {
  const seen = new Set<string>();
  return all.filter(({ label }) => !seen.has(label) && seen.add(label));
}
