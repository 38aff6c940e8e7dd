/** Widths of the columns of a stream, whose later lines are not known yet. */
import type { ResultColumn } from "./plan.js";

/** In characters. A longer value shifts the rest of its line; nothing is truncated. */
export function usualWidth({ type, label, display }: ResultColumn): number {
  switch (type.kind) {
    case "number":
      if (type.unit === "timestamp") return 12;
      if (display) return 10;
      return type.unit === "duration" || /[pt]id$/.test(label) ? 7 : 8;
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
    default:
      return 0;
  }
}
