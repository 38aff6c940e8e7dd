/** Lists of which only the first items are shown. */
import { grouped } from "./integers.js";

/** How many more there are than are shown: `and 3 more`, `and 1,200 more lines`. */
export function andMore(count: number, of = ""): string {
  return `and ${grouped(count)} more${of === "" ? "" : ` ${of}`}`;
}

/** The first of these, and how many more there are: `a, b and 3 more`. */
export function firstFew(items: readonly string[], most: number, of = "", separator = ", "): string {
  const shown = items.slice(0, most).join(separator);
  return items.length > most ? `${shown} ${andMore(items.length - most, of)}` : shown;
}
