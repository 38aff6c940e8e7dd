/** Amounts as a query spells them, in the largest unit that leaves no fraction: 10s, 4KB, 1500us. */
import { LOAD_PARTS, type Type, type Unit } from "../types/types.js";
import { UNITS } from "../types/units.js";

export function durationText(nanoseconds: bigint): string {
  return inLargestUnit(nanoseconds, "duration");
}

export function quantityText(value: bigint, type: Type): string {
  if (type.kind === "address" || type.kind === "flags") return `0x${BigInt.asUintN(64, value).toString(16)}`;
  if (type.kind === "bool") return value === 0n ? "false" : "true";
  if (type.kind !== "number") return String(value);
  switch (type.unit) {
    case "pages":
      return `${value} ${value === 1n ? "page" : "pages"}`;
    case "load":
      return String(Number(value) / Number(LOAD_PARTS));
    default:
      return inLargestUnit(value, type.unit);
  }
}

function inLargestUnit(value: bigint, of: Unit): string {
  const { spellings, told, base = "" } = UNITS[of];
  const worth = (spelling: string): bigint => spellings[spelling] ?? 1n;
  const unit = value === 0n ? undefined : told.find((spelling) => value % worth(spelling) === 0n);
  return unit === undefined ? `${value}${base}` : `${value / worth(unit)}${unit}`;
}
