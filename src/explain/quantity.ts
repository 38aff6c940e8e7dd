/** Amounts as a query spells them, in the largest unit that leaves no fraction: 10s, 4KB, 1500us. */
import type { Type } from "../types/types.js";
import { inLargestUnit } from "../types/unit-spellings.js";
import { UNITS, type Unit } from "../types/units.js";

export function durationText(nanoseconds: bigint): string {
  return amountText(nanoseconds, "duration");
}

export function quantityText(value: bigint, type: Type): string {
  if (type.kind === "address" || type.kind === "flags") return `0x${BigInt.asUintN(64, value).toString(16)}`;
  if (type.kind === "bool") return value === 0n ? "false" : "true";
  if (type.kind !== "number") return String(value);
  const { display, prose } = UNITS[type.unit];
  if (display.as === "fraction") return String(Number(value) / Number(display.parts));
  if (prose) return `${value} ${value === 1n ? prose.one : prose.many}`;
  return amountText(value, type.unit);
}

function amountText(value: bigint, unit: Unit): string {
  const { amount, spelling } = inLargestUnit(value, unit);
  return `${amount}${spelling}`;
}
