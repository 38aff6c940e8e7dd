/** Widths of the columns of a stream, whose later lines are not known yet. */
import { UNITS } from "../types/units.js";
import type { ResultColumn } from "./plan.js";

/** In characters. A longer value shifts the rest of its line; nothing is truncated. */
export function usualWidth({ type, label, display }: ResultColumn): number {
  switch (type.kind) {
    case "number":
      if (display) return 10;
      return /[pt]id$/.test(label) ? 7 : UNITS[type.unit].width;
    case "bool":
      return 5;
    case "string":
      return label.endsWith("comm") ? 15 : 20;
    case "address":
      return 18;
    case "symbol":
      return 24;
    case "enum":
      return 14;
    case "flags":
      return 20;
    case "bounds":
    case "c":
    case "error":
    case "histogram":
    case "stack":
    case "stats":
      return 0;
  }
}
