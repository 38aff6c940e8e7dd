/** Child processes of this process, so that none outlives it. */
import { findProgram } from "../../files/programs.js";

/** Leaders of their own process groups. */
const alive = new Set<number>();

export function trackGroup(pid: number): void {
  if (alive.size === 0) process.on("exit", killAll);
  alive.add(pid);
}

export function untrackGroup(pid: number): void {
  alive.delete(pid);
  if (alive.size === 0) process.off("exit", killAll);
}

function killAll(): void {
  for (const pid of alive) signalGroup(pid, "SIGKILL");
}

/** Returns false if the process no longer exists. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  return send(-pid, signal);
}

export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  return send(pid, signal);
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/**
 * Returns a command line that hides all processes under `/proc` from a program, if this machine permits. bpftrace before
 * 0.18 rereads all symbols of a process for each frame of a user stack, which takes minutes for large programs;
 * without processes it prints the address at once, and the runner resolves it.
 */
export function withoutProcesses(
  file: string,
  args: readonly string[],
): [file: string, args: readonly string[]] {
  const unshare = findProgram("unshare", process.env);
  return unshare === undefined ? [file, args] : ["/bin/sh", ["-c", HIDE, unshare, file, ...args]];
}

/** Mounts the `/proc` of an empty PID namespace; `$0` is unshare. */
const HIDE = [
  'if "$0" --mount true 2>/dev/null; then',
  'exec "$0" --mount --propagation private /bin/sh -c \'"$0" --pid --fork mount -t proc proc /proc 2>/dev/null; exec "$@"\' "$0" "$@";',
  'else exec "$@"; fi',
].join("\n");

/**
 * Returns a command line that ends a program with this process even if this process is killed by SIGKILL (as the OOM
 * killer does). It needs util-linux.
 */
export function boundToParent(
  file: string,
  args: readonly string[],
): [file: string, args: readonly string[]] {
  const setpriv = findProgram("setpriv", process.env);
  return setpriv === undefined ? [file, args] : [setpriv, ["--pdeathsig", "TERM", "--", file, ...args]];
}
