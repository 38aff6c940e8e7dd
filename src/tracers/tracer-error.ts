/** Why a tracer did not run, in words that say what to do next. */

/** 1: the tracer failed. 3: this machine cannot. */
export class TracerError extends Error {
  override readonly name = "TracerError";

  constructor(
    readonly exitCode: 1 | 3,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

/** Nothing of the machine or of the query is at fault. `isKept`: there are results all the same. */
export function ownFault(error: unknown, isKept = true): TracerError {
  return new TracerError(
    1,
    `a fault of faultline itself ended this: ${error instanceof Error ? error.message : String(error)}`,
    `${isKept ? "what had come up to there has been kept; " : ""}please report this, with the query`,
  );
}

/** Where the system has no room for another process, execa throws what nobody understands. Throws a `TracerError`. */
export function started<T>(path: string, start: () => T): T {
  try {
    return start();
  } catch {
    throw new TracerError(
      1,
      `${path} cannot be started`,
      "are too many files open? `ulimit -n` is the limit",
    );
  }
}
