/** Who asks to end: the first signal asks, the second insists. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Ending {
  readonly asked: AbortSignal;
  readonly insisted: AbortSignal;
  /** Signals do again what they usually do. */
  release(): void;
}

export function listenForEnd(): Ending {
  const [ending, force] = [new AbortController(), new AbortController()];
  const stop = (): void => (ending.signal.aborted ? force : ending).abort();
  for (const signal of SIGNALS) process.on(signal, stop);
  return {
    asked: ending.signal,
    insisted: force.signal,
    release() {
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}
