/** What BCC can do on each kernel: the one table that knows. A new ability is a row in it. */
import { coerce, gte } from "semver";
import { UnsupportedVersion } from "../error.js";

/** Since which release of the kernel; every supported BCC makes use of these where they are. */
const SINCE = {
  /** fentry and fexit programs. */
  trampolines: "5.5.0",
  /** A ring buffer that all CPUs share; before, a perf buffer each. */
  ringBuffer: "5.8.0",
  /** Time since boot with the time suspended; before, without. */
  bootClock: "5.8.0",
  /** The value a function returned, whatever number of arguments it has. */
  returnHelper: "5.17.0",
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
  // A release that says nothing is taken for a new one.
  const kernel = coerce(release)?.version ?? "99.0.0";
  return { version: bcc, can: (ability) => gte(kernel, SINCE[ability]) };
}
