/**
 * Files that other users control: programs and libraries of other processes, their debug files, imports, profiles,
 * recordings. They are read only through this module, so that the worst a file can do is to be refused: a pipe does
 * not block, a device is not opened, and no more is read than allowed. (Node opens everything with `O_CLOEXEC`.)
 */
import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  statSync,
  type Stats,
} from "node:fs";
import type { Readable } from "node:stream";

const { O_RDONLY, O_NONBLOCK, O_NOCTTY, O_NOFOLLOW } = constants;

/** Thrown if a file is refused, with a message for the user; system errors are not wrapped. */
export class FileRefused extends Error {
  override readonly name = "FileRefused";
}

export interface FileLimits {
  /** The largest size in bytes that is accepted. */
  readonly largest: number;
  /** Refuse symbolic links, whatever the target. */
  readonly noLink?: boolean;
}

const PIECE = 64 * 1024;

/** An open regular file, which is read no further than its size when it was opened. */
export class UntrustedFile {
  private constructor(
    readonly descriptor: number,
    readonly status: Stats,
  ) {}

  /** Opens a file. Throws a `FileRefused` or a system error. */
  static open(path: string, { largest, noLink = false }: FileLimits): UntrustedFile {
    // Opening a device may have effects, so the type is checked before; and after, because the name may be relinked.
    checkKind((noLink ? lstatSync : statSync)(path), largest);
    const descriptor = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | (noLink ? O_NOFOLLOW : 0));
    try {
      return UntrustedFile.of(descriptor, largest);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** Wraps an open descriptor, which is left open. */
  static of(descriptor: number, largest: number): UntrustedFile {
    const status = fstatSync(descriptor);
    checkKind(status, largest);
    return new UntrustedFile(descriptor, status);
  }

  get size(): number {
    return this.status.size;
  }

  /** Reads `length` bytes at `offset`. Throws a `FileRefused` if the file does not have them, or was truncated. */
  read(offset: number, length: number): Buffer {
    const isInside =
      Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
    if (!isInside || offset + length > this.size) throw new FileRefused("it stops in the middle");
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const read = readSync(this.descriptor, bytes, done, length - done, offset + done);
      if (read === 0) throw new FileRefused("it stops in the middle");
      done += read;
    }
    return bytes;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function checkKind(status: Stats, largest: number): void {
  if (status.isDirectory()) throw new FileRefused("it is a directory");
  if (status.isSymbolicLink()) throw new FileRefused("it is a symbolic link");
  if (!status.isFile()) throw new FileRefused("it is not a file but a pipe, a device or a socket");
  if (status.size > largest) throw new FileRefused(`it is too large: more than ${inWords(largest)}`);
}

function inWords(bytes: number): string {
  return bytes >= 1 << 20 ? `${Math.floor(bytes / (1 << 20))} MB` : `${Math.floor(bytes / 1024)} KB`;
}

/** Reads a whole file. Throws a `FileRefused` or a system error. */
export function readUntrusted(path: string, limits: FileLimits): Buffer {
  const file = UntrustedFile.open(path, limits);
  try {
    return file.read(0, file.size);
  } finally {
    file.close();
  }
}

/** Matches `<(COMMAND)` and `/dev/stdin`: descriptors that the user passed, which may be pipes and may block. */
const GIVEN = /^\/(?:dev\/(?:stdin|fd\/\d{1,9})|proc\/self\/fd\/\d{1,9})$/;

/** Reads a text file named by the user. Throws a `FileRefused` or a system error. */
export function readNamed(path: string, limits: FileLimits): Buffer {
  if (!GIVEN.test(path)) return readUntrusted(path, limits);
  const descriptor = openSync(path, O_RDONLY | O_NOCTTY);
  try {
    return readToEnd(descriptor, limits.largest);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads the rest of an open descriptor, such as standard input. */
export function readToEnd(descriptor: number, largest: number): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(PIECE);
    const read = readSync(descriptor, piece);
    if (read === 0) return Buffer.concat(pieces);
    length += read;
    if (length > largest) throw new FileRefused(`it is too large: more than ${inWords(largest)}`);
    pieces.push(piece.subarray(0, read));
  }
}

/** Reads a file in pieces, if it is too large for memory. */
export function streamNamed(path: string, limits: FileLimits): Readable {
  if (GIVEN.test(path)) return createReadStream(path);
  const { descriptor, size } = UntrustedFile.open(path, limits);
  // Data appended in the meantime is not read.
  return createReadStream("", { fd: descriptor, start: 0, end: Math.max(size - 1, 0) });
}

/** Returns the status of the file at a path, following links; undefined if there is none or the path is invalid. */
export function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/**
 * Whether a link may be followed: only if the current user or root owns it. Another user's link could lead to a file
 * that user cannot access. (The kernel has this rule too, but only in directories such as /tmp, and not everywhere.)
 */
export function isOurLink({ uid }: Pick<Stats, "uid">): boolean {
  return uid === 0 || uid === process.geteuid?.();
}

/** Whether the last component of a path is a link owned by another user. */
export function isOthersLink(path: string): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status?.isSymbolicLink() === true && !isOurLink(status);
}
