/**
 * Units: what a number measures, how each is written in a query, described and shown. A new one is a row here, and its way
 * of being printed in `view/value/format-value.ts` where a plain number does not do.
 */
import type { Unit } from "./types.js";

interface UnitDefinition {
  /** A number of it, in a diagnostic. */
  readonly described: string;
  /** The spellings of a query, and what each is worth in the base that scripts count in. */
  readonly spellings: Readonly<Record<string, bigint>>;
  /** What the spellings are of, in help. */
  readonly spelt?: string;
  /** Spellings to offer a user who wrote a bare number. */
  readonly offered: readonly string[];
  /** The spelling of the base, which machine formats name. */
  readonly base?: string;
  /** Spellings in which an amount is told to a reader, the largest first, before the base. */
  readonly told: readonly string[];
  /** It says how much or how long, so that values of it can be added up. */
  readonly isAmount: boolean;
  /** In machine formats its numbers stand as they come. */
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

/** What to offer a user who wrote a bare `value` where this unit is meant. */
export function spellingsFor(unit: Unit, value: string): readonly string[] {
  return UNITS[unit].offered.map((spelling) => `${value}${spelling}`);
}
