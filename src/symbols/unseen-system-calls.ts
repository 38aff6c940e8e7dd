/** Who makes system calls that do not reach the tracepoints of single system calls: those are of 64-bit programs. */
import type { MissingProbe } from "../plan/binaries.js";
import { remembered } from "../lazy.js";
import { ElfFile, type Build } from "./elf.js";
import type { Traced } from "./traced.js";
import { identityOf } from "./process-files.js";
import { allProcesses, namedProcess, processList } from "./processes.js";

const HINT = "`syscall count() by call` sees them, as `ia32_…`";
const UNSEEN: MissingProbe = {
  why: "the traced program is a 32-bit one, whose system calls do not reach the tracepoints of `syscalls`",
  hint: HINT,
  similar: [],
};

/** Why none of what is traced is seen; undefined if it is, or if that is not one program. */
export function whyUnseen({ pid, program }: Traced): MissingProbe | undefined {
  const file = pid === undefined ? program : programOf(pid);
  return file !== undefined && machineOf(file) === "ia32" ? UNSEEN : undefined;
}

/** Which processes of those that a machine-wide trace is about are not seen, in a sentence. */
export function unseenProcesses(pids: readonly number[] = allProcesses()): string | undefined {
  const machine = remembered((identity: string) => machineOf(programs.get(identity) ?? ""));
  const programs = new Map<string, string>();
  const unseen = pids.filter((pid) => {
    const program = programOf(pid);
    const identity = identityOf(program);
    if (identity === undefined) return false;
    programs.set(identity, program);
    return machine(identity) === "ia32";
  });
  if (unseen.length === 0) return undefined;
  const what = unseen.length === 1 ? "1 32-bit process" : `${unseen.length} 32-bit processes`;
  return `not seen: the system calls of ${what} (${processList(unseen.map(namedProcess))}); ${HINT}`;
}

function programOf(pid: number): string {
  return `/proc/${pid}/exe`;
}

function machineOf(file: string): Build["machine"] | undefined {
  return ElfFile.tryRead(file, ({ build }) => build.machine);
}
