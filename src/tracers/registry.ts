/** The registry of back ends. */
import type { BackEnd } from "./back-end.js";
import { bccBackEnd } from "./bcc/back-end.js";
import { onelinerBackEnd } from "./bcc/oneliner/back-end.js";
import { bpftraceBackEnd } from "./bpftrace/back-end.js";

/** By the name that `--to` takes. To add a back end, add a line. */
const BACK_ENDS = new Map<string, BackEnd>([
  ["bpftrace", bpftraceBackEnd],
  ["bcc", bccBackEnd],
  ["bcc-oneliner", onelinerBackEnd],
]);

export const DEFAULT_BACK_END = "bpftrace";

/** Returns all registered back ends in listing order. */
export function backEnds(): ReadonlyMap<string, BackEnd> {
  return BACK_ENDS;
}

/** Adds a back end from outside this package; returns a function that removes it. Throws if the name is taken. */
export function registerBackEnd(name: string, backEnd: BackEnd): () => void {
  if (BACK_ENDS.has(name)) throw new Error(`there is a back end \`${name}\` already`);
  BACK_ENDS.set(name, backEnd);
  return () => void BACK_ENDS.delete(name);
}

/** Throws for an unknown name. */
export function backEndNamed(name: string): BackEnd {
  const found = BACK_ENDS.get(name);
  if (!found)
    throw new Error(`there is no back end \`${name}\`: there are ${[...BACK_ENDS.keys()].join(", ")}`);
  return found;
}
