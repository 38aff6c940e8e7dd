/** Amounts as a query spells them, in the largest unit that leaves no fraction: 10s, 4KB, 1500us. */
import { LOAD_PARTS, type Type } from "../semantics/types/types.js";
import { lookUpUnit } from "../semantics/types/units.js";

const SPELLINGS = {
  duration: ["h", "m", "s", "ms", "us"],
  bytes: ["TB", "GB", "MB", "KB"],
} as const;

export function durationText(nanoseconds: bigint): string {
  return inLargestUnit(nanoseconds, SPELLINGS.duration, "ns");
}

export function quantityText(value: bigint, type: Type): string {
  if (type.kind === "address" || type.kind === "flags") return `0x${BigInt.asUintN(64, value).toString(16)}`;
  if (type.kind === "bool") return value === 0n ? "false" : "true";
  if (type.kind !== "number") return String(value);
  switch (type.unit) {
    case "duration":
      return durationText(value);
    case "bytes":
      return inLargestUnit(value, SPELLINGS.bytes, "B");
    case "pages":
      return `${value} ${value === 1n ? "page" : "pages"}`;
    case "load":
      return String(Number(value) / Number(LOAD_PARTS));
    default:
      return String(value);
  }
}

function inLargestUnit(value: bigint, spellings: readonly string[], base: string): string {
  const unit = spellings.find((spelling) => value % (lookUpUnit(spelling)?.factor ?? 1n) === 0n);
  if (value === 0n || unit === undefined) return `${value}${base}`;
  return `${value / (lookUpUnit(unit)?.factor ?? 1n)}${unit}`;
}
