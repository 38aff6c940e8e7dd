/**
 * What each version of bpftrace can say, how it behaves, what it prints and what its maps take: the one table that knows.
 * A new version is a row of what it changed; what a row does not name is as in the row before.
 *
 * From the change log and from trying it; sizes are measured from `/proc/PID/fdinfo` (`memlock`) of 0.17, 0.23 and 0.27.
 */
import { coerce, gte } from "semver";
import { UnsupportedVersion } from "../error.js";

export interface Facts {
  /** `args.field`; before, `args->field`. */
  readonly argsDot: boolean;
  /** `ustack(raw)`: addresses as they are. */
  readonly rawStacks: boolean;
  /** `fentry:` and `fexit:`; before, `kfunc:` and `kretfunc:`. */
  readonly fentryName: boolean;
  /** `hist(n, k)`: 2^k buckets to a power of two. */
  readonly fineHistograms: boolean;
  /** `rawtracepoint:`; 0.17 aborts at it, and it was first seen to work in this release. */
  readonly rawTracepoint: boolean;
  /** `for ($kv : @map)`, usable in more than one probe. */
  readonly forMap: boolean;
  /** `for ($i : 0..n)`; `while` is deprecated soon after. */
  readonly forRange: boolean;
  /** A count() or sum() map read as a number: `(int64)@map`. */
  readonly readAggregates: boolean;
  /** Tuples of any size in maps; before, each that is stored or read takes its room on the stack of 512 bytes. */
  readonly roomyTuples: boolean;
  /**
   * The largest value, in bytes, that stands on the stack of a probe; larger ones have memory that each CPU has once.
   * Infinity where all stand on the stack. More than 32 must be asked for, and is from the version on that the first
   * kernels come with which preempt probes: see `preempted.ts`.
   */
  readonly mostOnStack: number;
  /** `let @map = hash(n)`: maps of their own sizes; before, all have one size. Tried with this release. */
  readonly sizesMaps: boolean;
  /** The value of `delete` can be tested, and one that is thrown away is warned about. */
  readonly deleteIsValue: boolean;
  /** The text of a `__data_loc` is read where it is; some versions look at four times its offset (bpftrace's #4238). */
  readonly locatesText: boolean;
  /** `BPFTRACE_MAX_STRLEN` and `BPFTRACE_MAX_MAP_KEYS`, by their present names. */
  readonly renamedEnvironment: boolean;
  /** A script may have them in a block `config`, by the same names in lower case. */
  readonly configBlock: boolean;

  /** `-p` attaches uprobes to that process alone. */
  readonly attachesToProcess: boolean;
  /** It then tests the process at tracepoints and functions of the kernel, too. */
  readonly testsProcess: boolean;
  /** It ends by itself whenever SIGINT comes; before, only when that interrupts its wait for events. */
  readonly endsOnInterrupt: boolean;
  /** Its message about attached probes comes when they are attached; before, when it begins to attach them. */
  readonly reportsAttached: boolean;
  /** Reads tracefs whatever it attaches to. No version mounts it. */
  readonly alwaysReadsTracefs: boolean;

  /** Each update of a map that the kernel refuses is a message, among those of the results. */
  readonly tellsRefusals: boolean;
  /** Reports when a map is full, whatever is in it. */
  readonly tellsFull: boolean;
  /** How a map's key stands in the JSON output: see `read/json-keys.ts`. */
  readonly jsonKeys: "plain" | "escaped" | "stripped";
  /** Counts turn hexadecimal in the JSON output: see `StreamState`. */
  readonly forgetsHex: boolean;

  /** Of a text whose length is not known, in bytes, if nothing is asked for; and at the most. */
  readonly textBytes: number;
  readonly mostTextBytes: number;
  /** Of a stack in a key or a value, in bytes. */
  readonly stackBytes: number;
  /** The table that the stacks themselves are in, one for all maps; undefined where they are in the maps. */
  readonly stackTable: StackTable | undefined;
  /** Whether a map without keys has room for one entry only. */
  readonly sizesSingles: boolean;
  /** Whether averages take two entries a key, as histograms take one a bucket. */
  readonly splitsAverages: boolean;
  /**
   * What events come through: one ring, or before that a buffer for each CPU. The 64 pages that 0.23 takes by itself
   * hold 240 events that show a text, which a busy machine fills in a millisecond.
   */
  readonly buffer: { readonly pages: number; readonly perCpu: boolean };
}

export interface StackTable {
  readonly bytes: number;
  readonly entries: number;
  /** Whether the one used longest ago makes room when it is full; else the new one is lost. */
  readonly dropsOldest: boolean;
}

type VersionRow = Partial<Facts> & { readonly since: string };

/** Oldest first. The first row has all, and is the oldest version that is supported. */
const VERSIONS: readonly [Facts & VersionRow, ...VersionRow[]] = [
  {
    since: "0.17.0",
    argsDot: false,
    rawStacks: false,
    fentryName: false,
    fineHistograms: false,
    rawTracepoint: false,
    forMap: false,
    forRange: false,
    readAggregates: false,
    roomyTuples: false,
    mostOnStack: Infinity,
    sizesMaps: false,
    deleteIsValue: false,
    locatesText: true,
    renamedEnvironment: false,
    attachesToProcess: false,
    testsProcess: false,
    configBlock: false,
    endsOnInterrupt: false,
    reportsAttached: false,
    alwaysReadsTracefs: false,
    tellsRefusals: false,
    tellsFull: false,
    jsonKeys: "plain",
    forgetsHex: false,
    textBytes: 64,
    mostTextBytes: 200,
    stackBytes: 8,
    stackTable: { bytes: 136_315_200, entries: 131_072, dropsOldest: false },
    sizesSingles: false,
    splitsAverages: true,
    buffer: { pages: 256, perCpu: true },
  },
  { since: "0.18.0", rawStacks: true },
  { since: "0.19.0", argsDot: true },
  {
    since: "0.20.0",
    fentryName: true,
    fineHistograms: true,
    renamedEnvironment: true,
    endsOnInterrupt: true,
  },
  { since: "0.21.0", configBlock: true },
  { since: "0.22.0", forMap: true, readAggregates: true, jsonKeys: "escaped" },
  {
    since: "0.23.0",
    attachesToProcess: true,
    rawTracepoint: true,
    roomyTuples: true,
    mostOnStack: 32,
    tellsRefusals: true,
    locatesText: false,
    textBytes: 1024,
    mostTextBytes: 1024,
    stackBytes: 24,
    stackTable: { bytes: 143_655_808, entries: 131_072, dropsOldest: true },
    splitsAverages: false,
    buffer: { pages: 4096, perCpu: false },
  },
  { since: "0.23.4", locatesText: true },
  {
    since: "0.24.0",
    testsProcess: true,
    deleteIsValue: true,
    forRange: true,
    reportsAttached: true,
    alwaysReadsTracefs: true,
    jsonKeys: "stripped",
    forgetsHex: true,
  },
  {
    since: "0.27.0",
    sizesMaps: true,
    mostOnStack: 64,
    stackBytes: 1032,
    stackTable: undefined,
    sizesSingles: true,
    tellsFull: true,
  },
];

/** What a version can do or not. */
export type Ability = { [K in keyof Facts]: Facts[K] extends boolean ? K : never }[keyof Facts];

export const OLDEST = VERSIONS[0].since;
/** The newest that was tried. */
export const NEWEST = "0.27.1";

export interface Dialect {
  readonly version: string;
  readonly facts: Facts;
  can(ability: Ability): boolean;
}

/** Takes `0.17`, `v0.23.2` and what distributions make of them. */
export function dialectOf(version: string): Dialect {
  const exact = coerce(version)?.version;
  if (exact === undefined) throw new UnsupportedVersion(`\`${version}\` is not a version of bpftrace`);
  if (!gte(exact, OLDEST))
    throw new UnsupportedVersion(`bpftrace ${exact} is too old: ${OLDEST} is the oldest that is supported`);
  const facts = factsOf(exact);
  return { version: exact, facts, can: (ability) => facts[ability] };
}

/** Of any version, for what is read: one that is too old, or that is none, is taken for the oldest. */
export function factsOf(version: string): Facts {
  const exact = coerce(version)?.version ?? OLDEST;
  return Object.assign({}, VERSIONS[0], ...VERSIONS.filter(({ since }) => gte(exact, since))) as Facts;
}
