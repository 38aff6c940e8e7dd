/** How units are written in queries: found by their spelling, and chosen to write an amount. */
import { UNITS, type Unit } from "./units.js";

interface UnitSpelling {
  readonly unit: Unit;
  /** In the base of the unit. */
  readonly factor: bigint;
}

export const UNIT_NAMES = Object.keys(UNITS) as readonly Unit[];

const SPELLINGS: ReadonlyMap<string, UnitSpelling> = new Map(
  UNIT_NAMES.flatMap((unit) =>
    Object.entries(UNITS[unit].spellings).map(([spelling, factor]) => [spelling, { unit, factor }] as const),
  ),
);

export function lookUpUnit(spelling: string): UnitSpelling | undefined {
  return SPELLINGS.get(spelling);
}

export const UNIT_SPELLINGS: readonly string[] = [...SPELLINGS.keys()];

/** The spellings, and what people write for them after a blank: `3 seconds`. */
export const DETACHED_UNITS: ReadonlyMap<string, string> = new Map([
  ...UNIT_SPELLINGS.map((spelling) => [spelling, spelling.replace("µs", "us")] as const),
  ...UNIT_NAMES.flatMap((unit) => Object.entries(UNITS[unit].writtenOut ?? {})),
]);

/** Returns the spellings that a foreign one may be meant as: `k`, `kb` and `kilobytes` are KB. */
export function unitsMeant(written: string): readonly string[] {
  const lower = written.toLowerCase();
  const same = UNIT_SPELLINGS.filter((spelling) => spelling.toLowerCase() === lower);
  const out = DETACHED_UNITS.get(written) ?? DETACHED_UNITS.get(lower);
  const letter = UNIT_SPELLINGS.filter(
    (spelling) => spelling.charAt(0).toLowerCase() === lower.charAt(0) && !/iB$/.test(spelling),
  );
  return [...new Set([...(out === undefined ? [] : [out]), ...same, ...letter])];
}

/** Returns a suggestion for a bare `value` that needs this unit. */
export function spellingsFor(unit: Unit, value: string): readonly string[] {
  return UNITS[unit].suggested.map((spelling) => `${value}${spelling}`);
}

/** Returns the units by their spellings, one for each factor, for a hint. */
export function unitList(): string {
  const groups = UNIT_NAMES.flatMap((unit) => {
    const byFactor = new Map<bigint, string>();
    for (const [spelling, factor] of Object.entries(UNITS[unit].spellings))
      if (!byFactor.has(factor)) byFactor.set(factor, spelling);
    return byFactor.size === 0 ? [] : [[...byFactor.values()].join(" ")];
  });
  return groups.join(", ");
}

/** An amount in the largest unit that leaves no fraction: 10 and `s`, 1500 and `us`. */
export function inLargestUnit(
  value: bigint,
  unit: Unit,
): { readonly amount: bigint; readonly spelling: string } {
  const { spellings, preferred, base = "", zero = base } = UNITS[unit];
  if (value === 0n) return { amount: 0n, spelling: zero };
  const spelling = preferred.find((each) => value % (spellings[each] ?? 1n) === 0n);
  return spelling === undefined
    ? { amount: value, spelling: base }
    : { amount: value / (spellings[spelling] ?? 1n), spelling };
}
