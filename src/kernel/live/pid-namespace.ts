/** The PID namespace that this program is in, and the numbers that processes have in those that can be seen from it. */
import type { PidNamespace } from "../kernel.js";
import { THIS_MACHINE, type FileAccess } from "./read-file.js";

/** The inode of the initial namespace, which is fixed in the kernel. */
const INITIAL = 0xef_ff_ff_fcn;
/** Namespaces can be in each other 32 deep; each level is a test at every event. */
const MOST_LEVELS = 4;

type NamespaceFiles = Pick<FileAccess, "linkAt" | "namesIn" | "textOf">;

/** Returns the namespace, unless it is the initial one. */
export function pidNamespace(files: NamespaceFiles): PidNamespace | undefined {
  const inode = namespaceOf("self", files);
  if (inode === undefined || inode === INITIAL) return undefined;
  const own = numbersOf("self", files)?.length ?? 1;
  const deepest = files
    .namesIn("/proc")
    .filter((name) => /^[1-9]\d*$/.test(name))
    .reduce((deepest, pid) => Math.max(deepest, (numbersOf(pid, files)?.length ?? own) - own), 0);
  return { inode, levels: Math.min(MOST_LEVELS, deepest + 2) };
}

/** The inode of a process's PID namespace. */
export function namespaceOf(pid: string, files: Pick<FileAccess, "linkAt">): bigint | undefined {
  const found = /^pid:\[(\d+)\]$/.exec(files.linkAt(`/proc/${pid}/ns/pid`) ?? "");
  return found ? BigInt(found[1] ?? 0) : undefined;
}

/** A process's numbers: in the namespace that /proc shows, and in those within it, down to the process's own. */
export function numbersOf(pid: string, files: Pick<FileAccess, "textOf">): readonly number[] | undefined {
  const line = /^NSpid:\s*(.*)$/m.exec(files.textOf(`/proc/${pid}/status`) ?? "");
  return line?.[1]?.trim().split(/\s+/).map(Number);
}

/** The number that a process has in its own PID namespace, if that is not the one that /proc shows. */
export function numberInside(
  pid: string,
  files: Pick<FileAccess, "textOf"> = THIS_MACHINE,
): number | undefined {
  const numbers = numbersOf(pid, files) ?? [];
  return numbers.length > 1 ? numbers.at(-1) : undefined;
}

/** Whether /proc is mounted in another PID namespace than that of this program, whose numbers it then shows. */
export function showsOtherNamespace(files: Pick<FileAccess, "textOf">, ownPid: number): boolean {
  const shown = numbersOf("self", files)?.[0];
  return shown !== undefined && shown !== ownPid;
}
