/** Events that end a run from outside: the user, a failure elsewhere in this program, or a closed output. */
import type { RunOptions } from "./run-options.js";

export interface Listener {
  interrupt(): void;
  /** The user interrupts a second time. */
  insist(): void;
  broke(reason: unknown): void;
  /** The output is closed or the disk is full. */
  close(): void;
}

/** Returns a function that removes the listeners. */
export function listenFor(
  { signal, force, mishap, output }: Pick<RunOptions, "signal" | "force" | "mishap" | "output">,
  listener: Listener,
): () => void {
  const interrupt = (): void => listener.interrupt();
  const insist = (): void => listener.insist();
  const broke = (): void => listener.broke(mishap?.reason);
  const close = (): void => listener.close();
  signal?.addEventListener("abort", interrupt);
  force?.addEventListener("abort", insist);
  mishap?.addEventListener("abort", broke);
  output?.on("error", close).on("close", close);
  if (mishap?.aborted) broke();
  return () => {
    signal?.removeEventListener("abort", interrupt);
    force?.removeEventListener("abort", insist);
    mishap?.removeEventListener("abort", broke);
    output?.off("error", close).off("close", close);
  };
}
