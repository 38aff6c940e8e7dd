/** Reading files of the kernel that may not be there, or may not be read. */
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { readKernelBytes, touchKernelFile } from "../../files/kernel-file.js";

/** Its bytes; undefined when it is not there or may not be read. */
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
  // The kernel's lists are ASCII; this is much faster than to look for anything else in them.
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

/** What reading its first byte gives: for a file whose mode allows what the kernel then refuses. */
export function probeRead(path: string): "readable" | { readonly code: string } {
  try {
    touchKernelFile(path);
    return "readable";
  } catch (error) {
    return { code: codeOf(error) };
  }
}

/** `ENOENT`, `EACCES`, …; what is not an error of the system is thrown on. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string" && "syscall" in error)
    return error.code;
  throw error;
}

/** The names in a directory; none when it is not there or may not be read. */
export function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    codeOf(error);
    return [];
  }
}

/** What is asked of a machine's files, so that a test can make up a machine. */
export interface FileAccess {
  readonly bytesOf: typeof bytesOf;
  readonly textOf: typeof textOf;
  readonly canRead: typeof canRead;
  readonly probeRead: typeof probeRead;
  readonly namesIn: typeof namesIn;
  readonly exists: (path: string) => boolean;
}

export const THIS_MACHINE: FileAccess = { bytesOf, textOf, canRead, probeRead, namesIn, exists: existsSync };
