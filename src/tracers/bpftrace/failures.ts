/** Why bpftrace did not run. */
import { causeOf, type Cause, type TracerExit } from "../causes.js";
import { BECOME_ROOT, LOOK_AROUND, MOUNT_TRACEFS, OUR_FAULT } from "../hints.js";
import type { TracerError } from "../tracer-error.js";
import { verifierCause } from "../verifier-log.js";

/** The verifier does not take a program. */
export const REFUSED = /Error loading (?:BPF )?program(?: for|:) ([^\s.(]+)[^\n]*/;

/** By what the versions from 0.17 to 0.27 write to stderr; the first that is found is the cause. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /only supports running as the root user|Missing (CAP_\w+) capability|requires? (CAP_\w+)/,
    exitCode: 3,
    message: (match) => `bpftrace needs root${match[1] ? ` (or ${match[1]})` : ""}`,
    hint: BECOME_ROOT,
  },
  {
    pattern: /Error reading events from \S*tracing|tracefs.*not mounted|debugfs.*not mounted/,
    exitCode: 3,
    message: () => "tracefs is not mounted",
    hint: MOUNT_TRACEFS,
  },
  {
    pattern:
      /(?:Kernel )?BTF[^\n]*(?:not (?:found|available)|failed|missing)|(?:Failed|failed) to (?:load|parse|find)[^\n]*BTF|vmlinux BTF/,
    exitCode: 3,
    message: () => "this kernel does not give its types (BTF)",
    hint: "it must be built with CONFIG_DEBUG_INFO_BTF=y, so that /sys/kernel/btf/vmlinux exists",
  },
  {
    pattern: /tracepoint not found: (\S+)|No matches for (tracepoint) (\S+?)\.(?:\s|$)/,
    exitCode: 3,
    message: (match) => `this kernel has no tracepoint ${match[1] ?? match[3]}`,
    hint: LOOK_AROUND,
  },
  {
    pattern: /No matches for (\w+) (\S+?)\.(?:\s|$)/,
    exitCode: 3,
    message: (match) => `there is nothing to attach ${match[1]}:${match[2]} to`,
    hint: LOOK_AROUND,
  },
  {
    pattern: /(?:kfunc\/kretfunc|fentry\/fexit) not available for your kernel version/,
    exitCode: 3,
    message: () => "this kernel has no fentry probes",
    hint: LOOK_AROUND,
  },
  {
    pattern: /uprobe target file '([^']*)' does not exist or is not executable/,
    exitCode: 3,
    message: (match) => `there is no program ${match[1]}`,
    hint: "give the path of the program or the library to be traced",
  },
  {
    pattern: /Could not resolve symbol: (\S+?), cannot attach|Failed to find usdt probe: (\S+)/,
    exitCode: 3,
    message: (match) => `there is nothing called ${match[1] ?? match[2]}`,
    hint: "the program must have the symbol: one that is stripped has only those that other files use",
  },
  {
    pattern: /No probes to attach/,
    exitCode: 3,
    message: () => "none of the probes exists here",
    hint: LOOK_AROUND,
  },
  {
    pattern:
      /(?:Error attaching|Unable to attach|[Ff]ailed to attach) probe: '?([^'\n]+?)'?(?:\. If this|\n|$)/,
    exitCode: 3,
    message: (match, text) => `this kernel refuses the probe ${match[1]}${reasonBefore(text)}`,
    hint: LOOK_AROUND,
  },
  {
    pattern: /(?:[Ff]ailed to create\s+map|Error creating (?:printf|perf|ringbuf)? ?map)[^\n]*: ([^\n]+)/,
    exitCode: 3,
    message: (match) => `the kernel refuses a map: ${match[1]}`,
    hint: "in a container it needs CAP_BPF and CAP_PERFMON (or CAP_SYS_ADMIN)",
  },
  {
    pattern: /BPF stack limit of \d+ bytes is exceeded/,
    exitCode: 1,
    message: () => "the query keeps more than the 512 bytes a probe has",
    hint: "ask for fewer columns of text, or split the query into several",
  },
  {
    pattern: REFUSED,
    exitCode: 1,
    message: (match, text) =>
      `the kernel refuses the program for ${match[1]}${verifierReason(text, match[0])}`,
    hint: "`faultline compile` writes the script: `bpftrace -v SCRIPT` shows all that the kernel says",
  },
  {
    pattern: /(?:Unknown struct\/union|Cannot resolve unknown type)[^\n]*['"]([^'"]+)['"]/,
    exitCode: 3,
    message: (match) => `this kernel has no type ${match[1]}`,
    hint: "its types are in /sys/kernel/btf/vmlinux, if it was built with CONFIG_DEBUG_INFO_BTF=y",
  },
  {
    pattern: /does not contain a field named '([^']+)'/,
    exitCode: 3,
    message: (match) => `this kernel has no field ${match[1]} where the query needs it`,
    hint: LOOK_AROUND,
  },
  {
    pattern: /(?:^|\n)\S*:\d+:\d+(?:-\d+)?: ERROR: ([^\n]+)/,
    exitCode: 1,
    message: (match) => `bpftrace does not accept the script: ${match[1]}`,
    hint: OUR_FAULT,
  },
];

/** What the system call said, on the line before bpftrace's own. */
function reasonBefore(text: string): string {
  const found = /(?:perf_event_open|create_probe_event|open)[^\n]*: ([A-Z][^\n]+)\n/.exec(text);
  return found ? `: ${found[1]}` : "";
}

/** From the verifier's log, where there is one; else what the system call said. */
function verifierReason(text: string, head: string): string {
  const known = verifierCause(text) ?? /Error code: -?\d+ \(([^)]+)\)/.exec(head)?.[1];
  return known === undefined ? "" : `: ${known}`;
}

export function classifyBpftrace(ending: TracerExit): TracerError {
  return causeOf(ending, CAUSES, "bpftrace");
}
