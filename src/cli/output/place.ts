/**
 * Where a file is written before it gets its name. The owner of the directory may change names in it at any time, so
 * a name is used only to open the file; everything after that operates on the descriptor.
 */
import { randomBytes } from "node:crypto";
import {
  close,
  constants,
  fchmod,
  fchown,
  fstat,
  ftruncate,
  lstatSync,
  open,
  read,
  readlinkSync,
  realpathSync,
  statSync,
  type Stats,
} from "node:fs";
import { lstat, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { promisify } from "node:util";
import { isOurLink } from "../../files/untrusted-file.js";
import { CliError } from "../failure.js";

const [opened, closed, changeMode, changeOwner, cutTo, statusOf, readFrom] = [
  promisify(open),
  promisify(close),
  promisify(fchmod),
  promisify(fchown),
  promisify(ftruncate),
  promisify(fstat),
  promisify(read),
];
const { O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_NOCTTY } = constants;

/** The name no longer refers to the file that was opened; the message is for the user. */
export class PlaceTaken extends Error {
  override readonly name = "PlaceTaken";
}

/** An open file that takes its name when it is complete. The caller must always `close` it. */
export interface OutputPlace {
  /** The path that is written: a temporary file beside the destination, or a device or pipe, which is never replaced. */
  readonly written: string;
  readonly descriptor: number;
  /** Gives the complete file its name, and the mode of the file that it replaces. Throws a `PlaceTaken`. */
  settle(): Promise<void>;
  /** Truncates the file to `length` bytes. */
  cut(length: number): Promise<void>;
  /** Removes the file, unless its name now belongs to another file. */
  drop(): Promise<void>;
  /** Yields what was written, whether or not it has its name. */
  pieces(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Opens the place of a file. Throws a `CliError` or a system error. */
export async function openPlace(path: string): Promise<OutputPlace> {
  const real = afterLinks(path);
  const found = statSync(real, { throwIfNoEntry: false });
  if (found && !found.isFile()) return openItself(path, found);
  const kept = found && isKept(found, statSync(dirname(real))) ? found : undefined;
  const mode = kept ? kept.mode & 0o777 : 0o666;
  const beside = `${real}.${randomBytes(8).toString("hex")}.part`;
  const descriptor = await opened(beside, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY, mode);
  const isStill = async (): Promise<boolean> => {
    const [named, own] = [await lstat(beside).catch(() => undefined), await statusOf(descriptor)];
    return named?.ino === own.ino && named.dev === own.dev;
  };
  return {
    written: beside,
    descriptor,
    async settle() {
      // Change the owner first: `chown` clears mode bits.
      if (kept && kept.uid !== process.geteuid?.() && process.geteuid?.() === 0)
        await changeOwner(descriptor, kept.uid, kept.gid);
      if (kept) await changeMode(descriptor, mode);
      if (!(await isStill()))
        throw new PlaceTaken("someone put another file in its place while it was written");
      await rename(beside, real);
    },
    cut: (length) => cutTo(descriptor, length),
    async drop() {
      if (await isStill()) await rm(beside, { force: true });
    },
    async *pieces() {
      const piece = Buffer.allocUnsafe(64 * 1024);
      for (let at = 0; ;) {
        const { bytesRead } = await readFrom(descriptor, piece, 0, piece.length, at);
        if (bytesRead === 0) return;
        yield Uint8Array.from(piece.subarray(0, bytesRead));
        at += bytesRead;
      }
    },
    close: once(() => closed(descriptor)),
  };
}

/** Opens a device or pipe, which is written in place. */
async function openItself(path: string, found: Stats): Promise<OutputPlace> {
  const descriptor = await opened(path, O_WRONLY | O_NOCTTY);
  const status = await statusOf(descriptor);
  if (status.ino !== found.ino || status.dev !== found.dev) {
    await closed(descriptor);
    throw new PlaceTaken("someone put another file in its place");
  }
  const leave = (): Promise<void> => Promise.resolve();
  return {
    written: path,
    descriptor,
    settle: leave,
    cut: leave,
    drop: leave,
    async *pieces() {
      // They have already been delivered.
    },
    close: once(() => closed(descriptor)),
  };
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}

/** The kernel's limit for nested symbolic links. */
const MOST_LINKS = 40;

/** Follows symbolic links at the end of a path. Throws a `CliError` for a link that belongs to another user. */
function afterLinks(path: string): string {
  let at = path;
  for (let followed = 0; followed <= MOST_LINKS; followed++) {
    const status = lstatSync(at, { throwIfNoEntry: false });
    if (!status?.isSymbolicLink()) return at;
    const directory = realpathSync(dirname(at));
    // The kernel's own links, such as /dev/stdout, refer to open files, with or without a name.
    if (/^\/proc\/\d+\/fd$/.test(directory)) return statSync(at).isFile() ? realpathSync(at) : at;
    if (!isOurLink(status))
      throw new CliError(
        `cannot write ${path}: ${at === path ? "it" : at} is a link that another user made`,
        undefined,
        "name the file that is meant, or one in a directory of yours",
      );
    at = resolve(directory, readlinkSync(at));
  }
  throw new CliError(`cannot write ${path}: too many links`);
}

/**
 * Whether the replaced file passes on its owner and mode. In a directory that everyone may write to, such as /tmp, another
 * user's file only loses its name.
 */
function isKept(found: Stats, directory: Stats): boolean {
  const isShared = (directory.mode & 0o1002) === 0o1002;
  return !isShared || found.uid === process.geteuid?.() || found.uid === directory.uid;
}
