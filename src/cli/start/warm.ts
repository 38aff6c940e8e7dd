/**
 * Warms up the process for a start-up snapshot: runs a compilation, so that the snapshot holds the analysed grammar and
 * V8's compiled code. Data that is cheaper to read than to restore from a snapshot (the rest of the library, the
 * profiles: 4 ms for each megabyte) is read when needed.
 *
 * Nothing about the machine, the user or the time may be read here: the snapshot would keep it.
 */
import { compile, DEFAULT_KERNEL } from "../../index.js";
import { freshKernel } from "../../library/bundled.js";
// A frequent command, with the parser of its arguments; and what a trace needs before it begins.
import "../commands/compile.js";
import "../../run/run.js";

const QUERY = 'faults by comm where file ~ "*.so"';

export function warm(): void {
  // A fresh kernel each time, since a kernel caches its answers.
  for (const to of ["bpftrace", "bcc"] as const) {
    const { script } = compile(QUERY, { kernel: freshKernel(DEFAULT_KERNEL), to });
    if (script === undefined) throw new Error(`${QUERY} does not compile to ${to}`);
  }
}
