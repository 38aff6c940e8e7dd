/** Checks whether the traced process still exists and is still the same. */
import { readKernelText } from "../../files/kernel-file.js";

/** Indexes into the fields of `/proc/PID/stat` after the name. */
const STATE = 0;
const THREADS = 17;
const START = 19;

/** Returns when the process started, in clock ticks; undefined if it has ended, even if its parent has not waited for it. */
export function startOf(pid: number, root = "/proc"): string | undefined {
  let text: string;
  try {
    text = readKernelText(`${root}/${pid}/stat`);
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // Its first thread may end before the others.
  const isOver = /[ZX]/.test(fields[STATE] ?? "") && Number(fields[THREADS]) <= 1;
  return isOver ? undefined : fields[START];
}
