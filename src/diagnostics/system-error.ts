/** Describes system errors for the user. This is the only place that translates the kernel's error codes. */

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of its path is a file, not a directory",
  ELOOP: "its symbolic links form a loop",
  ENAMETOOLONG: "its name is too long",
  EEXIST: "it already exists",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of disk space is used up",
  EFBIG: "the file has become too large",
  EIO: "the disk failed",
  EBUSY: "it is in use",
  ETXTBSY: "it is a program that is running",
  ENXIO: "nothing is connected to the other end",
  ENODEV: "there is no such device",
  EBADF: "it is closed",
  EPIPE: "the reader has closed it",
  EMFILE: "too many files are open (`ulimit -n` is the limit)",
  ENFILE: "too many files are open on this machine",
  ENOMEM: "there is not enough memory",
  EAGAIN: "there are too many processes, or too little memory",
  E2BIG: "the command line is too long",
  ENOEXEC: "it is not a program for this machine",
};

export interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
}

export function isSystemError(error: unknown): error is SystemError {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    "syscall" in error &&
    typeof error.syscall === "string"
  );
}

/** Returns the cause of an error; for other than system errors, its own message. */
export function reason(error: unknown): string {
  const known = error instanceof Error && "code" in error ? REASONS[String(error.code)] : undefined;
  if (known !== undefined) return known;
  // Of `EROFS: read-only file system, open '/x'` only the middle, since the caller names the action and the file.
  if (isSystemError(error)) return /^\w+: ([^,\n]+)/.exec(error.message)?.[1] ?? error.code;
  return error instanceof Error ? error.message : String(error);
}

const ACTIONS: Readonly<Record<string, string>> = {
  mkdtemp: "make a directory",
  mkdir: "make the directory",
  open: "open",
  stat: "find",
  lstat: "find",
  access: "find",
  scandir: "list",
  rename: "rename",
  read: "read",
  write: "write",
};

/** Returns a complete message with the action: "cannot open /x: the disk is read-only". */
export function describeSystemError(error: SystemError): string {
  // The only system call that reads the working directory.
  if (error.syscall === "uv_cwd") return "the working directory has been deleted";
  const [call = "", program] = error.syscall.split(" ");
  const action = call === "spawn" ? "start" : (ACTIONS[call] ?? "work with");
  const object = error.path ?? program;
  return `cannot ${action}${object === undefined ? (action === "read" || action === "write" ? "" : " a file") : ` ${object}`}: ${reason(error)}`;
}
