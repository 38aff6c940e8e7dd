/** What ends a run from outside: the user, a fault elsewhere in this program, or an output that nobody reads. */
import type { RunOptions } from "./run-options.js";

export interface Listener {
  interrupt(): void;
  /** The user asks a second time. */
  insist(): void;
  broke(reason: unknown): void;
  /** Nobody reads the results, or there is no room for them. */
  close(): void;
}

/** Returns what ends the listening. */
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
