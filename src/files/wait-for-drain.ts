import type { Writable } from "node:stream";

const ENDS = ["drain", "close", "error"] as const;

/** Resolves when a stream has drained, or when it is closed or has failed. */
export function drained(out: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const name of ENDS) out.off(name, done);
      resolve();
    };
    for (const name of ENDS) out.on(name, done);
  });
}
