/** Explains why a BCC program did not run, and what to do about it. */
import { release } from "node:os";
import { howToInstall, type Wanted } from "../../files/packages.js";
import { findProgram } from "../../files/programs.js";
import { causeOf, type Cause, type TracerExit } from "../causes.js";
import { BECOME_ROOT, LOOK_AROUND, MOUNT_TRACEFS, OUR_FAULT } from "../hints.js";
import type { TracerError } from "../tracer-error.js";

const install = (wanted: Wanted): string =>
  howToInstall(wanted, release(), (name) => findProgram(name, process.env) !== undefined);

/** The causes by what BCC and the program write before they exit; the first match counts. */
const CAUSES: readonly Cause[] = [
  {
    pattern: /needs root|Need super-user privileges/,
    exitCode: 3,
    message: () => "BCC needs root",
    hint: BECOME_ROOT,
  },
  {
    pattern: /No module named '?bcc/,
    exitCode: 3,
    message: () => "BCC is not installed",
    hint: () => install("bcc"),
  },
  {
    pattern: /Unable to find kernel headers|kheaders not found|linux\/kconfig\.h' file not found/,
    exitCode: 3,
    message: () => "the headers of this kernel are not installed, and BCC cannot compile without them",
    hint: () => `${install("headers")}; bpftrace needs no headers`,
  },
  {
    pattern: /No such file or directory: b?'[^'\n]*tracing\/events/,
    exitCode: 3,
    message: () => "tracefs is not mounted",
    hint: MOUNT_TRACEFS,
  },
  {
    pattern:
      /(\w+) is not found in vmlinux BTF|Failed to attach BPF program \S+ to (?:kprobe|kretprobe|tracepoint) b'([^']+)'/,
    exitCode: 3,
    message: (match) => `there is nothing called ${match[1] ?? match[2] ?? "so"} to attach to`,
    hint: LOOK_AROUND,
  },
  {
    pattern:
      /could not determine address of symbol b?'?([^'\s]+)|could not find (?:library|path) b?'?([^'\s]+)|Failed to (?:find|resolve) \S* ?(?:path|symbol) (\S+)/i,
    exitCode: 3,
    message: (match) => `there is no ${match[1] ?? match[2] ?? match[3] ?? "such program"} to attach to`,
    hint: "give the path of the program or the library to be traced; it must have the symbol",
  },
  {
    pattern: /\/virtual\/main\.c:\d+:\d+: error: ([^\n]+)/,
    exitCode: 1,
    message: (match) => `BCC does not accept the program: ${match[1] ?? ""}`,
    hint: OUR_FAULT,
  },
  {
    pattern: /Failed to load BPF program b'(\w+)': ([^\n]+)/,
    exitCode: 1,
    message: (match) => `the kernel refuses the program for ${match[1] ?? ""}: ${match[2] ?? ""}`,
    hint: "`faultline compile --to bcc` writes the program: run it to see all that the kernel says",
  },
  {
    pattern: /cannot trace: ([^\n]+)/,
    exitCode: 1,
    message: (match) => `BCC cannot trace: ${match[1] ?? ""}`,
    hint: LOOK_AROUND,
  },
];

export function classifyBcc(ending: TracerExit): TracerError {
  return causeOf(ending, CAUSES, "BCC");
}
