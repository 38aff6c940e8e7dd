/** Handles events that end a run from outside: a first signal, a second signal, and an uncaught error. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Does something that a signal calls off. */
export async function untilSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  const stop = (): void => ending.abort();
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await work(ending.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

export interface EndSignals {
  readonly asked: AbortSignal;
  readonly insisted: AbortSignal;
  /** Aborted by an uncaught error, which is its reason; results so far are kept. */
  readonly broke: AbortSignal;
  /** Restores the default handling of signals and errors. */
  release(): void;
}

export function listenForEnd(): EndSignals {
  const [ending, force, broken] = [new AbortController(), new AbortController(), new AbortController()];
  const stop = (signal: NodeJS.Signals): void =>
    // When a terminal closes, both the kernel and the shell may send SIGHUP.
    (ending.signal.aborted && signal !== "SIGHUP" ? force : ending).abort();
  // Only the first error is reported; later ones may follow from it.
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
