/** The bounds of a histogram's buckets, in units. */
import type { Display } from "../../semantics/typed.js";
import { UNITS, type Unit } from "../../types/units.js";
import { formatAmount, inUnit } from "./format-value.js";

export interface HistogramOptions {
  readonly unit: Unit;
  readonly display?: Display | undefined;
  /** The width of the whole line. */
  readonly width?: number;
}

export function formatBound(bound: number | bigint, { unit, display }: HistogramOptions): string {
  if (display) return String(Number(Number(inUnit(bound, display)).toPrecision(3)));
  return formatAmount(bound, UNITS[unit].display) ?? String(bound);
}
