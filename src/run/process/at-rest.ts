/**
 * Signals a process when that is harmless. If a signal interrupts a write to a pipe, bpftrace silently drops everything that
 * it would print later; and if it interrupts the reading of events, bpftrace drops the remaining ones.
 * `/proc/PID/stat` and `/proc/PID/syscall` show what the process is doing.
 */
import { readKernelText } from "../../files/kernel-file.js";
import { signalProcess } from "./children.js";

/** The system calls that write, by architecture: write and writev. */
const WRITES: Readonly<Partial<Record<NodeJS.Architecture, readonly number[]>>> = {
  x64: [1, 20],
  arm64: [64, 66],
};

export type Doing =
  /** It waits and has nothing to print. */
  | "waiting"
  /** It waits for the reader of its output. */
  | "writing"
  | "stopped"
  | "running"
  | "gone";

export function whatItDoes(pid: number, root = "/proc"): Doing {
  let state: string;
  try {
    const text = readKernelText(`${root}/${pid}/stat`);
    state = text.charAt(text.lastIndexOf(")") + 2);
  } catch {
    return "gone";
  }
  if (state === "Z" || state === "X") return "gone";
  if (state === "T" || state === "t") return "stopped";
  // A process that waits for a disk is busy.
  if (state !== "S") return "running";
  return isWriting(pid, root) ? "writing" : "waiting";
}

/** False if the kernel does not show it. */
function isWriting(pid: number, root = "/proc"): boolean {
  try {
    const number = parseInt(readKernelText(`${root}/${pid}/syscall`), 10);
    return WRITES[process.arch]?.includes(number) ?? false;
  } catch {
    return false;
  }
}

/** In milliseconds: a process stops as soon as it is scheduled, and others may be scheduled first. */
const STOP_WITHIN = 50;

/**
 * Sends a signal unless it would interrupt a write. The process is stopped during the check, so that it cannot
 * start a write meanwhile. Returns false if it is writing and was not signalled.
 */
export function signalAtRest(pid: number, signal: NodeJS.Signals): boolean {
  if (!signalProcess(pid, "SIGSTOP")) return true;
  try {
    const until = performance.now() + STOP_WITHIN;
    while (whatItDoes(pid) !== "stopped" && performance.now() < until);
    if (isWriting(pid)) return false;
    signalProcess(pid, signal);
    return true;
  } finally {
    signalProcess(pid, "SIGCONT");
  }
}
