/** What ends a run from outside of it: the first signal asks, the second insists; and a fault of this program. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Ending {
  readonly asked: AbortSignal;
  readonly insisted: AbortSignal;
  /** Nobody caught an error, which is its reason: the results so far are not lost for it. */
  readonly broke: AbortSignal;
  /** Signals and errors do again what they usually do. */
  release(): void;
}

export function listenForEnd(): Ending {
  const [ending, force, broken] = [new AbortController(), new AbortController(), new AbortController()];
  const stop = (signal: NodeJS.Signals): void =>
    // A terminal that goes may be told twice, by the kernel and by the shell that ran there.
    (ending.signal.aborted && signal !== "SIGHUP" ? force : ending).abort();
  // The first is told; what comes of it is no news.
  const fail = (error: unknown): void => broken.abort(error);
  for (const signal of SIGNALS) process.on(signal, stop);
  process.on("uncaughtException", fail);
  return {
    asked: ending.signal,
    insisted: force.signal,
    broke: broken.signal,
    release() {
      for (const signal of SIGNALS) process.off(signal, stop);
      process.off("uncaughtException", fail);
    },
  };
}
