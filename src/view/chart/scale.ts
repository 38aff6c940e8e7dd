/** Ticks of an axis at round numbers. */
import type { ResultColumn } from "../../plan/plan.js";
import { UNITS } from "../../types/units.js";
import { formatValue, type Formatting } from "../value/format-value.js";

/** Returns the ticks of an axis from 0 to at least `most`, in round steps: powers of two for bytes. */
export function ticks(most: number, isBinary: boolean, count = 5): number[] {
  if (!(most > 0)) return [0];
  const rough = most / count;
  const base = isBinary ? 1024 : 1000;
  const scale = base ** Math.max(0, Math.floor(Math.log(rough) / Math.log(base)));
  const steps = isBinary
    ? [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
    : [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  const step = Math.max(1, (steps.find((each) => each * scale >= rough) ?? base) * scale);
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, i) => i * step);
}

export function isBinary({ type, display }: ResultColumn): boolean {
  if (display !== undefined || type.kind !== "number") return false;
  const shown = UNITS[type.unit].display;
  return shown.as === "scaled" && shown.step === 1024;
}

export function tickLabel(value: number, column: ResultColumn, formatting: Formatting): string {
  return value === 0 ? "0" : formatValue(value, column, formatting);
}
