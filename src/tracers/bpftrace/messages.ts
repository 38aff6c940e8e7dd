/** What bpftrace says while it runs, in the words of this program. */
import type { TracerMessage } from "../runner.js";

/** Of the script, which was written for the user: what bpftrace would rather read there. */
const ABOUT_THE_SCRIPT =
  /^(?:Unnecessary cast|signed operands for|comparison of (?:distinct|integers)|Unreachable |All code paths|Return value discarded|Unused map|literal string will|Addrspace |Variable used before|Positional parameter|expanded from|length param|Implicit|possible (?:precision|data)|unstable feature|.* is (?:deprecated|an? unstable)|.*Please use)/i;

export const BPFTRACE_MESSAGES: readonly TracerMessage[] = [
  { pattern: ABOUT_THE_SCRIPT },
  {
    pattern:
      /skew detected when calculating boot time|failed to destroy link|Unable to get pids for|No DWARF found|Unable to find split debug/,
  },
  {
    // -17: the number was taken. In older versions the number itself is the error.
    pattern: /failed to look ?up stack id (-?\d+)/i,
    says: ([, id], count) =>
      `${count === 1 ? "1 stack is" : `${count} stacks are`} missing: ${
        id === "-17" ? "another stack took their slot" : "they could not be read"
      }`,
  },
  {
    pattern: /No matches for (\w+) (\S+?)\. Skipping/,
    says: ([, type, name]) => `there is nothing to attach ${type}:${name} to: its events are missing`,
  },
  {
    pattern: /(?:Unable|[Ff]ailed) to attach probe:? '?([^'\s]+?)'?\. Skipping/,
    says: ([, probe]) => `the probe ${probe} cannot be attached: its events are missing`,
  },
  {
    pattern: /[Ff]ailed to create a perf event for cpu (\d+)/,
    says: ([, cpu]) => `the events of processor ${cpu} are missing: it cannot be listened to`,
  },
  {
    pattern: /couldn't set RLIMIT_NOFILE/,
    says: () => "too few files may be open for all probes: try `ulimit -n 65536`",
  },
  {
    pattern: /[Cc]an't lookup map element because it does not exist/,
    says: () => "an entry of a map was gone when it was read",
  },
  {
    pattern: /BTF: failed to parse BTF|Cannot take type definitions from BTF/,
    says: () => "the types of the kernel (BTF) cannot be read: fields of its structures may be missing",
  },
];
