/** What each version of bpftrace can say: the one table that knows. A new version is a row or a date in it. */
import { coerce, gte } from "semver";
import { UnsupportedVersion } from "../error.js";

/** Since which release, from its change log and from trying it. */
const SINCE = {
  /** `args.field`; before, `args->field`. */
  argsDot: "0.19.0",
  /** `ustack(raw)`: addresses as they are. */
  rawStacks: "0.18.0",
  /** `fentry:` and `fexit:`; before, `kfunc:` and `kretfunc:`. */
  fentryName: "0.20.0",
  /** `rawtracepoint:`; 0.17 aborts at it, and it was first seen to work in this release. */
  rawTracepoint: "0.23.0",
  /** `for ($kv : @map)`, usable in more than one probe. */
  forMap: "0.22.0",
  /** A count() or sum() map read as a number: `(int64)@map`. */
  readAggregates: "0.22.0",
  /** Tuples of any size in maps; before, each that is stored or read takes its room on the stack of 512 bytes. */
  roomyTuples: "0.23.0",
  /** The value of `delete` can be tested, and one that is thrown away is warned about. */
  deleteIsValue: "0.24.0",
  /** Each update of a map that the kernel refuses is a message, among those of the results. */
  tellsRefusals: "0.23.0",
  /** `for ($i : 0..n)`; `while` is deprecated soon after. */
  forRange: "0.24.0",
  /** Spaces are kept in the map keys of the JSON output. Not since 0.24: it strips them. */
  jsonKeysStripped: "0.24.0",
  /** `BPFTRACE_MAX_STRLEN` and `BPFTRACE_MAX_MAP_KEYS`, by their present names. */
  renamedEnvironment: "0.20.0",
} as const;

/** Faults of single versions, from the first that has it to the first that has it no more. */
const BETWEEN = {
  /** The text of a `__data_loc` is looked for at four times its offset (bpftrace's #4238). */
  misplacedText: ["0.23.0", "0.23.4"],
} as const;

export type Ability = keyof typeof SINCE;
export type Fault = keyof typeof BETWEEN;

/** The oldest version that is supported, and the newest that was tried. */
export const OLDEST = "0.17.0";
export const NEWEST = "0.27.1";

export interface Dialect {
  readonly version: string;
  can(ability: Ability): boolean;
  has(fault: Fault): boolean;
}

/** Takes `0.17`, `v0.23.2` and what distributions make of them. */
export function dialectOf(version: string): Dialect {
  const exact = coerce(version)?.version;
  if (exact === undefined) throw new UnsupportedVersion(`\`${version}\` is not a version of bpftrace`);
  if (!gte(exact, OLDEST))
    throw new UnsupportedVersion(`bpftrace ${exact} is too old: ${OLDEST} is the oldest that is supported`);
  return {
    version: exact,
    can: (ability) => gte(exact, SINCE[ability]),
    has: (fault) => gte(exact, BETWEEN[fault][0]) && !gte(exact, BETWEEN[fault][1]),
  };
}
