/**
 * Files that the kernel generates (/proc, /sys, tracefs) and files of this package. Their type can be trusted,
 * but a process can make its own entries in /proc long.
 */
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";

/** Reads a whole file, of a few megabytes for BTF. Throws a system error. */
export function readKernelBytes(path: string): Buffer {
  return readFileSync(path);
}

/** Reads a whole file as text. Throws a system error. */
export function readKernelText(path: string): string {
  return readFileSync(path, "utf8");
}

const PIECE = 64 * 1024;

/** Reads up to `most` bytes, dropping a line that is cut off there. Throws a system error. */
export function readKernelLines(path: string, most: number): string {
  const descriptor = openSync(path, "r");
  try {
    const pieces: Buffer[] = [];
    for (let length = 0; length < most;) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE, most - length));
      const read = readSync(descriptor, piece);
      if (read === 0) return Buffer.concat(pieces).toString("utf8");
      length += read;
      pieces.push(piece.subarray(0, read));
    }
    const text = Buffer.concat(pieces).toString("utf8");
    return text.slice(0, text.lastIndexOf("\n") + 1);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads one byte, since the kernel may refuse a read that the file's mode allows. Throws a system error. */
export function touchKernelFile(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    readSync(descriptor, Buffer.alloc(1));
  } finally {
    closeSync(descriptor);
  }
}

/** Writes a control file. Throws a system error. */
export function writeKernelFile(path: string, text: string): void {
  writeFileSync(path, text);
}

/** Reads a file of this package. Throws a system error. */
export function readOwnFile(path: string | URL): Buffer {
  return readFileSync(path);
}
