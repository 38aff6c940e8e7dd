/** Limits the length of lists: the first item over the limit is reported, and the rest are dropped. */
import type { Span } from "../diagnostics/diagnostic.js";
import { fail, type Context } from "./context.js";
import { MOST_COLUMNS } from "./limits.js";

/** Returns at most `most` items; reports the first one over the limit. */
export function limited<T extends { readonly span: Span }>(
  items: readonly T[],
  most: number,
  what: string,
  hint: string,
  context: Context,
): readonly T[] {
  const over = items[most];
  if (over === undefined) return items;
  fail(context, over.span, "too-many", `there are ${items.length} ${what}, and ${most} is the maximum`, hint);
  return items.slice(0, most);
}

/** Limits the columns of a clause. */
export function limitedColumns<T extends { readonly span: Span }>(
  columns: readonly T[],
  what: string,
  context: Context,
): readonly T[] {
  return limited(columns, MOST_COLUMNS, what, "split the query into several, separated by `;`", context);
}
