import type { Writable } from "node:stream";

const ENDS = ["drain", "close", "error"] as const;

/** Fulfilled when a stream that needs to drain has done so, or never will. */
export function drained(out: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const name of ENDS) out.off(name, done);
      resolve();
    };
    for (const name of ENDS) out.on(name, done);
  });
}
