/** The units of numbers. A new unit is a row of this table. */

interface UnitDefinition {
  /** The description of a number in this unit, for diagnostics. */
  readonly described: string;
  /** The name of its type in definitions, if it is not that of the unit. */
  readonly typeName?: string;
  /** The spellings in queries, and the value of each in the base unit of the scripts. */
  readonly spellings: Readonly<Record<string, bigint>>;
  /** What people also write after a number and a blank, and the spelling to suggest for it. */
  readonly writtenOut?: Readonly<Record<string, string>>;
  /** The heading of the spellings in help. */
  readonly heading?: string;
  /** Spellings to suggest for a bare number. */
  readonly suggested: readonly string[];
  /** The spelling of the base unit, for machine formats. */
  readonly base?: string;
  /** The spellings in which a constant is written back, the largest first; the base unit follows. */
  readonly preferred: readonly string[];
  /** The spelling of a constant of 0, if it is not the base unit. */
  readonly zero?: string;
  /** The words after an amount in prose, if they are not its spelling. */
  readonly prose?: { readonly one: string; readonly many: string };
  readonly display: NumberDisplay;
  /** The usual width of a displayed value, in characters. */
  readonly width: number;
  /** Whether it measures an amount or a duration, so that its values can be summed. */
  readonly isAmount: boolean;
  /** Whether a bare number may stand for a value in this unit. */
  readonly acceptsBare: boolean;
}

/** How tables show numbers; a new way is a case in each place that shows them, which the compiler names. */
export type NumberDisplay =
  /** The number as it is. */
  | { readonly as: "count" }
  /** In the largest of the units that keeps it at 1 or more; each is `step` times the one before. */
  | { readonly as: "scaled"; readonly step: number; readonly suffixes: readonly string[] }
  /** `1.23 ms`, `2m05s`. */
  | { readonly as: "duration" }
  /** A time of day. */
  | { readonly as: "time" }
  /** The number as it is; below zero the name that this enum has for its opposite: `-ENOENT`. */
  | { readonly as: "result"; readonly errors: string }
  /** A fixed-point fraction: this many parts are 1. */
  | { readonly as: "fraction"; readonly parts: bigint };

const KILO = 1024n;

const ROWS = {
  none: {
    described: "a number",
    typeName: "int",
    spellings: {},
    suggested: [],
    preferred: [],
    display: { as: "count" },
    width: 8,
    isAmount: false,
    acceptsBare: true,
  },
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
    writtenOut: {
      nsec: "ns",
      nanosecond: "ns",
      nanoseconds: "ns",
      usec: "us",
      usecs: "us",
      micros: "us",
      microsecond: "us",
      microseconds: "us",
      msec: "ms",
      msecs: "ms",
      millis: "ms",
      millisecond: "ms",
      milliseconds: "ms",
      sec: "s",
      secs: "s",
      second: "s",
      seconds: "s",
      min: "m",
      mins: "m",
      minute: "m",
      minutes: "m",
      hr: "h",
      hrs: "h",
      hour: "h",
      hours: "h",
    },
    heading: "times",
    suggested: ["ms", "us", "s"],
    base: "ns",
    preferred: ["h", "m", "s", "ms", "us"],
    zero: "s",
    display: { as: "duration" },
    width: 7,
    isAmount: true,
    acceptsBare: false,
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
      PB: KILO ** 5n,
      EB: KILO ** 6n,
      KiB: KILO,
      MiB: KILO ** 2n,
      GiB: KILO ** 3n,
      TiB: KILO ** 4n,
      PiB: KILO ** 5n,
      EiB: KILO ** 6n,
    },
    writtenOut: {
      byte: "B",
      bytes: "B",
      kb: "KB",
      kilobyte: "KB",
      kilobytes: "KB",
      kibibytes: "KB",
      mb: "MB",
      meg: "MB",
      megs: "MB",
      megabyte: "MB",
      megabytes: "MB",
      mebibytes: "MB",
      gb: "GB",
      gig: "GB",
      gigs: "GB",
      gigabyte: "GB",
      gigabytes: "GB",
      gibibytes: "GB",
    },
    heading: "sizes, in powers of 1024",
    suggested: ["B", "KB", "MB"],
    base: "B",
    preferred: ["EB", "PB", "TB", "GB", "MB", "KB"],
    display: { as: "scaled", step: 1024, suffixes: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] },
    width: 8,
    isAmount: true,
    acceptsBare: true,
  },
  pages: {
    described: "a number of pages",
    spellings: { pages: 1n },
    writtenOut: { page: "pages" },
    heading: "pages of memory",
    suggested: ["pages"],
    base: "pages",
    preferred: [],
    prose: { one: "page", many: "pages" },
    display: { as: "count" },
    width: 8,
    isAmount: true,
    acceptsBare: true,
  },
  timestamp: {
    described: "a point in time",
    spellings: {},
    suggested: [],
    preferred: [],
    display: { as: "time" },
    width: 12,
    isAmount: false,
    acceptsBare: false,
  },
  load: {
    described: "a load average",
    spellings: {},
    suggested: [],
    preferred: [],
    // 11 fraction bits, as the kernel stores it.
    display: { as: "fraction", parts: 2048n },
    width: 8,
    isAmount: false,
    acceptsBare: false,
  },
  result: {
    described: "the result of a call",
    spellings: {},
    suggested: [],
    preferred: [],
    display: { as: "result", errors: "errno" },
    width: 12,
    isAmount: false,
    acceptsBare: true,
  },
} as const satisfies Readonly<Record<string, UnitDefinition>>;

/** The unit of a whole number. `none` is a plain count. */
export type Unit = keyof typeof ROWS;

export const UNITS: Readonly<Record<Unit, UnitDefinition>> = ROWS;
