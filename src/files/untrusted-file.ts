/**
 * Files that others control: programs and libraries of other processes, what their names lead to, imports, profiles,
 * recordings. All that is read of them is read here, so that none can do more than be refused: a pipe is not waited
 * for, a device is not touched, and no more is read than was allowed. (Node opens everything with `O_CLOEXEC`.)
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

/** Why a file is not read, in words for the user; what the system itself says keeps its own error. */
export class FileRefused extends Error {
  override readonly name = "FileRefused";
}

export interface FileLimits {
  /** In bytes. */
  readonly largest: number;
  /** A link is refused, wherever it leads. */
  readonly noLink?: boolean;
}

const PIECE = 64 * 1024;

/** A regular file that is open, of which no more is read than it had when it was opened. */
export class UntrustedFile {
  private constructor(
    readonly descriptor: number,
    readonly status: Stats,
  ) {}

  /** Throws a `FileRefused`, or the error of the system. */
  static open(path: string, { largest, noLink = false }: FileLimits): UntrustedFile {
    // To open a device may do something to it, so it is asked before; and after, because a name may change its file.
    checkKind((noLink ? lstatSync : statSync)(path), largest);
    const descriptor = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | (noLink ? O_NOFOLLOW : 0));
    try {
      return UntrustedFile.of(descriptor, largest);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** The same of one that is open; it stays so. */
  static of(descriptor: number, largest: number): UntrustedFile {
    const status = fstatSync(descriptor);
    checkKind(status, largest);
    return new UntrustedFile(descriptor, status);
  }

  get size(): number {
    return this.status.size;
  }

  /** So many bytes from there. Throws a `FileRefused` where the file does not have them (any more). */
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
  if (status.isSymbolicLink()) throw new FileRefused("it is a link");
  if (!status.isFile()) throw new FileRefused("it is not a file but a pipe, a device or a socket");
  if (status.size > largest) throw new FileRefused(`it is too large: more than ${inWords(largest)}`);
}

function inWords(bytes: number): string {
  return bytes >= 1 << 20 ? `${Math.floor(bytes / (1 << 20))} MB` : `${Math.floor(bytes / 1024)} KB`;
}

/** All of it. Throws a `FileRefused`, or the error of the system. */
export function readUntrusted(path: string, limits: FileLimits): Buffer {
  const file = UntrustedFile.open(path, limits);
  try {
    return file.read(0, file.size);
  } finally {
    file.close();
  }
}

/** `<(COMMAND)` and `/dev/stdin`: what the user has opened for us, which may be a pipe and is theirs to wait for. */
const GIVEN = /^\/(?:dev\/(?:stdin|fd\/\d{1,9})|proc\/self\/fd\/\d{1,9})$/;

/** A text that the user names. Throws a `FileRefused`, or the error of the system. */
export function readNamed(path: string, limits: FileLimits): Buffer {
  if (!GIVEN.test(path)) return readUntrusted(path, limits);
  const descriptor = openSync(path, O_RDONLY | O_NOCTTY);
  try {
    return readToEnd(descriptor, limits.largest);
  } finally {
    closeSync(descriptor);
  }
}

/** What an open descriptor still gives, such as that of standard input, which is 0. */
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

/** The same piece by piece, for what is too large to be held. */
export function streamNamed(path: string, limits: FileLimits): Readable {
  if (GIVEN.test(path)) return createReadStream(path);
  const { descriptor, size } = UntrustedFile.open(path, limits);
  // Where it is being written, what comes later is not read.
  return createReadStream("", { fd: descriptor, start: 0, end: Math.max(size - 1, 0) });
}

/** What a name leads to; undefined where it leads nowhere, or is none. */
export function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/**
 * Whether a link may be followed: one that we made, or root. Whoever else made it may lead us to a file that is not
 * theirs to name. (The kernel has this rule too, but only in directories such as /tmp, and not everywhere.)
 */
export function isOurLink({ uid }: Pick<Stats, "uid">): boolean {
  return uid === 0 || uid === process.geteuid?.();
}

/** Whether the last of a path is a link that is not ours. */
export function isOthersLink(path: string): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status?.isSymbolicLink() === true && !isOurLink(status);
}
