/** The back ends that there are. */
import type { BackEnd } from "./back-end.js";
import { bccBackEnd } from "./bcc/back-end.js";
import { onelinerBackEnd } from "./bcc/oneliner/back-end.js";
import { bpftraceBackEnd } from "./bpftrace/back-end.js";

/** By the name that `--to` takes. A new one is a line here. */
const BACK_ENDS = new Map<string, BackEnd>([
  ["bpftrace", bpftraceBackEnd],
  ["bcc", bccBackEnd],
  ["bcc-oneliner", onelinerBackEnd],
]);

export const DEFAULT_BACK_END = "bpftrace";

/** All that there are now, in the order in which they are listed. */
export function backEnds(): ReadonlyMap<string, BackEnd> {
  return BACK_ENDS;
}

/** Adds one from outside of this package, and returns what takes it out again. Throws where the name is taken. */
export function registerBackEnd(name: string, backEnd: BackEnd): () => void {
  if (BACK_ENDS.has(name)) throw new Error(`there is a back end \`${name}\` already`);
  BACK_ENDS.set(name, backEnd);
  return () => void BACK_ENDS.delete(name);
}

/** Throws for a name that there is not. */
export function backEndNamed(name: string): BackEnd {
  const found = BACK_ENDS.get(name);
  if (!found)
    throw new Error(`there is no back end \`${name}\`: there are ${[...BACK_ENDS.keys()].join(", ")}`);
  return found;
}
