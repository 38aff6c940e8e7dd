/** Processes this one has started, so that none outlives it. */
import { findProgram } from "../../files/programs.js";

/** Leaders of process groups of their own. */
const alive = new Set<number>();

export function adopt(pid: number): void {
  if (alive.size === 0) process.on("exit", killAll);
  alive.add(pid);
}

export function release(pid: number): void {
  alive.delete(pid);
  if (alive.size === 0) process.off("exit", killAll);
}

function killAll(): void {
  for (const pid of alive) signalGroup(pid, "SIGKILL");
}

/** False: there is nobody there any more. */
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
 * What to start so that a program sees no process under `/proc`, where this machine allows that. bpftrace before
 * 0.18 looks up each frame of a user stack by reading all symbols of its process anew, which takes minutes where
 * programs are large; without processes it prints the address at once, and the runner names it.
 */
export function withoutProcesses(
  file: string,
  args: readonly string[],
): [file: string, args: readonly string[]] {
  const unshare = findProgram("unshare", process.env);
  return unshare === undefined ? [file, args] : ["/bin/sh", ["-c", HIDE, unshare, file, ...args]];
}

/** Mounts the `/proc` of a namespace that is empty as soon as it is made; `$0` is unshare. */
const HIDE = [
  'if "$0" --mount true 2>/dev/null; then',
  'exec "$0" --mount --propagation private /bin/sh -c \'"$0" --pid --fork mount -t proc proc /proc 2>/dev/null; exec "$@"\' "$0" "$@";',
  'else exec "$@"; fi',
].join("\n");

/**
 * What to start so that a program dies with this one even when this one is killed outright (a tool
 * against a machine that is out of memory will be). util-linux has a way; without it there is none.
 */
export function boundToParent(
  file: string,
  args: readonly string[],
): [file: string, args: readonly string[]] {
  const setpriv = findProgram("setpriv", process.env);
  return setpriv === undefined ? [file, args] : [setpriv, ["--pdeathsig", "TERM", "--", file, ...args]];
}
