/** Units as they are written, and what they are worth in the base the scripts count in: bytes and nanoseconds. */
import type { Unit } from "./types.js";

interface UnitSpelling {
  readonly unit: Unit;
  /** In bytes, nanoseconds or pages. */
  readonly factor: bigint;
}

const KILO = 1024n;

/** Sizes are powers of 1024, as the kernel prints them, with and without the `i`. */
const SPELLINGS: Readonly<Record<string, UnitSpelling>> = {
  ns: { unit: "duration", factor: 1n },
  us: { unit: "duration", factor: 1_000n },
  µs: { unit: "duration", factor: 1_000n },
  ms: { unit: "duration", factor: 1_000_000n },
  s: { unit: "duration", factor: 1_000_000_000n },
  m: { unit: "duration", factor: 60_000_000_000n },
  h: { unit: "duration", factor: 3_600_000_000_000n },
  B: { unit: "bytes", factor: 1n },
  KB: { unit: "bytes", factor: KILO },
  MB: { unit: "bytes", factor: KILO ** 2n },
  GB: { unit: "bytes", factor: KILO ** 3n },
  TB: { unit: "bytes", factor: KILO ** 4n },
  KiB: { unit: "bytes", factor: KILO },
  MiB: { unit: "bytes", factor: KILO ** 2n },
  GiB: { unit: "bytes", factor: KILO ** 3n },
  TiB: { unit: "bytes", factor: KILO ** 4n },
  pages: { unit: "pages", factor: 1n },
};

export function lookUpUnit(spelling: string): UnitSpelling | undefined {
  return Object.hasOwn(SPELLINGS, spelling) ? SPELLINGS[spelling] : undefined;
}

export const UNIT_SPELLINGS: readonly string[] = Object.keys(SPELLINGS);

/** What to offer a user who wrote a bare `value` where this unit is meant. */
export function spellingsFor(unit: Unit, value: string): readonly string[] {
  switch (unit) {
    case "duration":
      return [`${value}ms`, `${value}us`, `${value}s`];
    case "bytes":
      return [`${value}B`, `${value}KB`, `${value}MB`];
    case "pages":
      return [`${value}pages`];
    default:
      return [];
  }
}
