/** Reads files of the kernel that may be absent or unreadable. */
import { accessSync, constants, existsSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { readKernelBytes, touchKernelFile } from "../../files/kernel-file.js";

/** Returns a file's bytes; undefined if it does not exist or may not be read. `denied` receives the latter's code. */
export function bytesOf(path: string, denied?: (code: string) => void): Uint8Array | undefined {
  try {
    return readKernelBytes(path);
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ENOENT") denied?.(code);
    return undefined;
  }
}

export function textOf(path: string, denied?: (code: string) => void): string | undefined {
  const bytes = bytesOf(path, denied);
  // The kernel's lists are ASCII, and decoding them as Latin-1 is much faster than as UTF-8.
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

export function canRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Tries to read the first byte, since the kernel may refuse a read that the file's mode allows. */
export function probeRead(path: string): "readable" | { readonly code: string } {
  try {
    touchKernelFile(path);
    return "readable";
  } catch (error) {
    return { code: codeOf(error) };
  }
}

/** Returns a system error's code (`ENOENT`, `EACCES`, …); rethrows any other error. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string" && "syscall" in error)
    return error.code;
  throw error;
}

/** Returns the names in a directory; none if it does not exist or may not be read. */
export function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    codeOf(error);
    return [];
  }
}

/** Returns what a symbolic link says; undefined if it does not exist or may not be read. */
export function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    codeOf(error);
    return undefined;
  }
}

/** Returns the names of the directories in a directory. */
export function directoriesIn(path: string): readonly string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    codeOf(error);
    return [];
  }
}

/** Returns the inode of a directory; undefined if there is none of this name, or it may not be looked at. */
export function directoryInode(path: string): bigint | undefined {
  try {
    const found = statSync(path, { bigint: true });
    return found.isDirectory() ? found.ino : undefined;
  } catch (error) {
    codeOf(error);
    return undefined;
  }
}

/** Access to a machine's files, so that a test can simulate a machine. */
export interface FileAccess {
  readonly bytesOf: typeof bytesOf;
  readonly textOf: typeof textOf;
  readonly canRead: typeof canRead;
  readonly probeRead: typeof probeRead;
  readonly namesIn: typeof namesIn;
  readonly linkAt: typeof linkAt;
  readonly directoriesIn: typeof directoriesIn;
  readonly directoryInode: typeof directoryInode;
  readonly exists: (path: string) => boolean;
}

export const THIS_MACHINE: FileAccess = {
  bytesOf,
  textOf,
  canRead,
  probeRead,
  namesIn,
  linkAt,
  directoriesIn,
  directoryInode,
  exists: existsSync,
};
