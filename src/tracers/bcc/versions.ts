/** What BCC can do on each kernel, in one table. A new ability is a row. */
import { coerce, gte } from "semver";
import { UnsupportedVersion } from "../error.js";
import { kernelVersion, PRIVATE_STACKS } from "../kernel-release.js";

/** The kernel release that introduced each; every supported BCC uses them if present. */
const SINCE = {
  /** fentry and fexit programs. */
  trampolines: "5.5.0",
  /** A ring buffer shared by all CPUs; before, a perf buffer for each. */
  ringBuffer: "5.8.0",
  /** Time since boot, including suspended time; before, without it. */
  bootClock: "5.8.0",
  /** The return value of a function with any number of arguments. */
  returnHelper: "5.17.0",
  /** A stack for each CPU, for programs that the kernel may interrupt, too. */
  privateStacks: PRIVATE_STACKS,
} as const;

export type BccAbility = keyof typeof SINCE;

/** The oldest version that is supported, and the newest that was tried. */
export const OLDEST_BCC = "0.26.0";
export const NEWEST_BCC = "0.37.0";

export interface BccDialect {
  readonly version: string;
  can(ability: BccAbility): boolean;
}

/** `version` is BCC's; `release` the kernel's, such as `6.1.0-50-cloud-amd64`. */
export function dialectOf(version: string, release: string): BccDialect {
  const bcc = coerce(version)?.version;
  if (bcc === undefined) throw new UnsupportedVersion(`\`${version}\` is not a version of BCC`);
  if (!gte(bcc, OLDEST_BCC))
    throw new UnsupportedVersion(`BCC ${bcc} is too old: ${OLDEST_BCC} is the oldest that is supported`);
  const kernel = kernelVersion(release);
  return { version: bcc, can: (ability) => gte(kernel, SINCE[ability]) };
}
