/**
 * Files that the kernel makes up as they are read (/proc, /sys, tracefs), and those of this package: they are what they
 * are said to be, but a process may make what is said of it long.
 */
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";

/** All of it: BTF has some megabytes. Throws the error of the system. */
export function readKernelBytes(path: string): Buffer {
  return readFileSync(path);
}

/** Throws the error of the system. */
export function readKernelText(path: string): string {
  return readFileSync(path, "utf8");
}

const PIECE = 64 * 1024;

/** Its whole lines, up to so many bytes. Throws the error of the system. */
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

/** Reads its first byte: for a file whose mode allows what the kernel then refuses. Throws the error of the system. */
export function touchKernelFile(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    readSync(descriptor, Buffer.alloc(1));
  } finally {
    closeSync(descriptor);
  }
}

/** Sets a switch. Throws the error of the system. */
export function writeKernelFile(path: string, text: string): void {
  writeFileSync(path, text);
}

/** A part of this package. Throws the error of the system. */
export function readOwnFile(path: string | URL): Buffer {
  return readFileSync(path);
}
