/** What code a process has mapped: `/proc/PID/maps`. */
import { readKernelLines } from "../files/kernel-file.js";

export interface Mapping {
  readonly start: number;
  /** The first address after it. */
  readonly end: number;
  /** In the file. */
  readonly offset: number;
  /** As the process sees it, or `[vdso]`; a file that is gone has the kernel's ` (deleted)` taken off. */
  readonly path: string;
  readonly isDeleted: boolean;
}

/** In bytes: a process may map 65,000 files, each with a name of 4 KB. */
const LARGEST = 8 * 1024 * 1024;

const LINE = /^([0-9a-f]+)-([0-9a-f]+) ..x. ([0-9a-f]+) \S+ \d+ +(\/.*|\[vdso\])$/gm;
const DELETED = / \(deleted\)$/;

/** Executable mappings of files, in order of address; what is compiled at run time has no file. Undefined: there is no such process any more. */
export function readMappings(pid: number): readonly Mapping[] | undefined {
  let text: string;
  try {
    text = readKernelLines(`/proc/${pid}/maps`, LARGEST);
  } catch {
    return undefined;
  }
  // One that is ending has given up its memory.
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

/** A newline in a path is written `\012`. */
function unescapePath(path: string): string {
  return path.replaceAll("\\012", "\n");
}
