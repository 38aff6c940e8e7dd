/**
 * What a start-up snapshot holds ready: the code that a compilation takes has run, so that the grammar is analysed and V8
 * keeps what it compiled. What is cheaper to read than to take out of a snapshot (the rest of the library, the profiles:
 * 4 ms for each megabyte) is read when it is needed.
 *
 * Nothing of the machine, the user or the time may be looked at here: it would stay as it was when the snapshot was made.
 */
import { compile, DEFAULT_KERNEL } from "../../index.js";
import { freshKernel } from "../../library/bundled.js";
// A command that is used often, with what it reads its words with.
import "../commands/compile.js";

const QUERY = 'faults by comm where file ~ "*.so"';

export function warm(): void {
  // A kernel remembers what it was asked, so each is thrown away.
  for (const to of ["bpftrace", "bcc"] as const) {
    const { script } = compile(QUERY, { kernel: freshKernel(DEFAULT_KERNEL), to });
    if (script === undefined) throw new Error(`${QUERY} does not compile to ${to}`);
  }
}
