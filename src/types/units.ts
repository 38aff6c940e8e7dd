/**
 * The units of numbers: how each is written in a query, described and displayed. A new one is a row here and, unless
 * it is displayed as a plain number, its format in `view/value/format-value.ts`.
 */
import type { Unit } from "./types.js";

interface UnitDefinition {
  /** The description of a number in this unit, for diagnostics. */
  readonly described: string;
  /** The spellings in queries, and the value of each in the base unit of the scripts. */
  readonly spellings: Readonly<Record<string, bigint>>;
  /** The heading of the spellings in help. */
  readonly spelt?: string;
  /** Spellings to suggest for a bare number. */
  readonly offered: readonly string[];
  /** The spelling of the base unit, for machine formats. */
  readonly base?: string;
  /** Spellings used to display an amount, the largest first; the base unit follows. */
  readonly told: readonly string[];
  /** Whether it measures an amount or a duration, so that its values can be summed. */
  readonly isAmount: boolean;
  /** Whether machine formats write its numbers unchanged. */
  readonly isPlain: boolean;
}

const KILO = 1024n;

export const UNITS: Readonly<Record<Unit, UnitDefinition>> = {
  none: { described: "a number", spellings: {}, offered: [], told: [], isAmount: false, isPlain: true },
  duration: {
    described: "a duration",
    spellings: {
      ns: 1n,
      us: 1_000n,
      µs: 1_000n,
      ms: 1_000_000n,
      s: 1_000_000_000n,
      m: 60_000_000_000n,
      h: 3_600_000_000_000n,
    },
    spelt: "times",
    offered: ["ms", "us", "s"],
    base: "ns",
    told: ["h", "m", "s", "ms", "us"],
    isAmount: true,
    isPlain: true,
  },
  bytes: {
    described: "a size in bytes",
    // Powers of 1024, as the kernel prints them, with and without the `i`.
    spellings: {
      B: 1n,
      KB: KILO,
      MB: KILO ** 2n,
      GB: KILO ** 3n,
      TB: KILO ** 4n,
      KiB: KILO,
      MiB: KILO ** 2n,
      GiB: KILO ** 3n,
      TiB: KILO ** 4n,
    },
    spelt: "sizes, in powers of 1024",
    offered: ["B", "KB", "MB"],
    base: "B",
    told: ["TB", "GB", "MB", "KB"],
    isAmount: true,
    isPlain: true,
  },
  pages: {
    described: "a number of pages",
    spellings: { pages: 1n },
    spelt: "pages of memory",
    offered: ["pages"],
    base: "pages",
    told: [],
    isAmount: true,
    isPlain: true,
  },
  timestamp: {
    described: "a point in time",
    spellings: {},
    offered: [],
    told: [],
    isAmount: false,
    isPlain: false,
  },
  load: {
    described: "a load average",
    spellings: {},
    offered: [],
    told: [],
    isAmount: false,
    isPlain: false,
  },
};

interface UnitSpelling {
  readonly unit: Unit;
  /** In the base of the unit. */
  readonly factor: bigint;
}

const SPELLINGS: ReadonlyMap<string, UnitSpelling> = new Map(
  (Object.keys(UNITS) as Unit[]).flatMap((unit) =>
    Object.entries(UNITS[unit].spellings).map(([spelling, factor]) => [spelling, { unit, factor }] as const),
  ),
);

export function lookUpUnit(spelling: string): UnitSpelling | undefined {
  return SPELLINGS.get(spelling);
}

export const UNIT_SPELLINGS: readonly string[] = [...SPELLINGS.keys()];

/** Returns a suggestion for a bare `value` that needs this unit. */
export function spellingsFor(unit: Unit, value: string): readonly string[] {
  return UNITS[unit].offered.map((spelling) => `${value}${spelling}`);
}
