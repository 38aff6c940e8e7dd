/**
 * Signals a process where that does no harm. A write to a pipe that a signal interrupts makes bpftrace drop all that it
 * would print later, without a word; and an interrupt that comes while it reads events makes it drop the rest of them.
 * So it is looked at first: what it is doing stands in `/proc/PID/stat` and `/proc/PID/syscall`.
 */
import { readKernelText } from "../../files/kernel-file.js";
import { signalProcess } from "./children.js";

/** The system calls that write, by architecture: write and writev. */
const WRITES: Readonly<Partial<Record<NodeJS.Architecture, readonly number[]>>> = {
  x64: [1, 20],
  arm64: [64, 66],
};

export type Doing =
  /** It waits for something, and has nothing to print. */
  | "waiting"
  /** It waits for who reads what it prints. */
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
  // One that waits for a disk has something to do.
  if (state !== "S") return "running";
  return isWriting(pid, root) ? "writing" : "waiting";
}

/** Where the kernel does not tell, it is not. */
function isWriting(pid: number, root = "/proc"): boolean {
  try {
    const number = parseInt(readKernelText(`${root}/${pid}/syscall`), 10);
    return WRITES[process.arch]?.includes(number) ?? false;
  } catch {
    return false;
  }
}

/** In milliseconds: a process stops as soon as it runs, and others may run first. */
const STOP_WITHIN = 50;

/**
 * Sends a signal unless that would interrupt a write. The process is stopped for as long as it takes to look, so that
 * it begins none meanwhile. False: it is writing, and has not got the signal.
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
