/** The process that a trace is of: whether it is still there, and still the same. */
import { readKernelText } from "../../files/kernel-file.js";

/** Of what `/proc/PID/stat` has after the name. */
const STATE = 0;
const THREADS = 17;
const START = 19;

/** When it started, in the kernel's ticks; undefined: it has ended, whether or not its parent has asked how. */
export function startOf(pid: number, root = "/proc"): string | undefined {
  let text: string;
  try {
    text = readKernelText(`${root}/${pid}/stat`);
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // Its first thread may end before the others do.
  const isOver = /[ZX]/.test(fields[STATE] ?? "") && Number(fields[THREADS]) <= 1;
  return isOver ? undefined : fields[START];
}
