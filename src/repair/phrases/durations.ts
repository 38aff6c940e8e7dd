/** Durations as people write them: `5 minutes`, `a second`, `one hour`, `5min`. */
import { DETACHED_UNITS, lookUpUnit } from "../../types/unit-spellings.js";
import type { Scanned } from "../scan.js";

const COUNTS: Readonly<Record<string, number>> = {
  a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, ten: 10, fifteen: 15, six: 6, seven: 7, eight: 8, nine: 9, twelve: 12, twenty: 20, thirty: 30, sixty: 60,
  other: 2,
}; // prettier-ignore

export interface Duration {
  readonly end: number;
  /** As the language writes it. */
  readonly text: string;
}

export function durationOf(pieces: readonly Scanned[], at: number): Duration | undefined {
  const [first, second] = [pieces[at], pieces[at + 1]];
  if (first === undefined) return undefined;
  const [, digits, unit = ""] = /^(\d[\d_]*(?:\.\d+)?)([A-Za-z\u00b5]*)$/.exec(first.text) ?? [];
  if (digits !== undefined && unit !== "") return duration(digits, unit, at + 1);
  const count = digits ?? countOf(first);
  if (count !== undefined) {
    const detached = second?.kind === "word" ? duration(count, second.text, at + 2) : undefined;
    if (detached ?? digits === undefined) return detached;
  }
  if (first.kind === "word") return duration("1", first.text, at + 1);
  return undefined;
}

function countOf({ kind, text }: Scanned): string | undefined {
  return kind === "word" ? countNamed(text) : undefined;
}

/** Returns the number that a word names. */
export function countNamed(text: string): string | undefined {
  const word = text.toLowerCase();
  return Object.hasOwn(COUNTS, word) ? String(COUNTS[word]) : undefined;
}

function duration(amount: string, unit: string, end: number): Duration | undefined {
  const spelling = spellingOf(unit);
  return spelling === undefined ? undefined : { end, text: `${amount}${spelling}` };
}

/** Returns a unit of time as the language spells it. */
function spellingOf(unit: string): string | undefined {
  const spelled = DETACHED_UNITS.get(unit) ?? DETACHED_UNITS.get(unit.toLowerCase());
  return spelled !== undefined && lookUpUnit(spelled)?.unit === "duration" ? spelled : undefined;
}
