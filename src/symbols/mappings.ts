/** The executable mappings of a process, from `/proc/PID/maps`. */
import { readKernelLines } from "../files/kernel-file.js";

export interface Mapping {
  readonly start: number;
  /** The first address after the mapping. */
  readonly end: number;
  /** The offset in the file. */
  readonly offset: number;
  /** The path as the process sees it, or `[vdso]`, without the kernel's ` (deleted)` suffix. */
  readonly path: string;
  readonly isDeleted: boolean;
}

/** The limit in bytes: a process may map 65,000 files, each with a name of 4 KB. */
const LARGEST = 8 * 1024 * 1024;

const LINE = /^([0-9a-f]+)-([0-9a-f]+) ..x. ([0-9a-f]+) \S+ \d+ +(\/.*|\[vdso\])$/gm;
const DELETED = / \(deleted\)$/;

/** Returns the executable file mappings (so no JIT code) in order of address; undefined if the process has ended. */
export function readMappings(pid: number): readonly Mapping[] | undefined {
  let text: string;
  try {
    text = readKernelLines(`/proc/${pid}/maps`, LARGEST);
  } catch {
    return undefined;
  }
  // A process that is exiting has already released its memory.
  return text === "" ? undefined : parseMappings(text);
}

export function parseMappings(text: string): Mapping[] {
  return [...text.matchAll(LINE)].map(([, start, end, offset, path]) => ({
    start: parseInt(start as string, 16),
    end: parseInt(end as string, 16),
    offset: parseInt(offset as string, 16),
    path: unescapePath((path as string).replace(DELETED, "")),
    isDeleted: DELETED.test(path as string),
  }));
}

/** Decodes a path, in which the kernel writes a newline as `\012`. */
function unescapePath(path: string): string {
  return path.replaceAll("\\012", "\n");
}
