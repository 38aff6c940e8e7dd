/** Why a tracer did not run, with a hint. */

/** Exit code 1: the tracer failed; 3: this machine cannot trace. */
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

/** A failure of faultline itself. `isKept`: whether there are results nevertheless. */
export function ownFault(error: unknown, isKept = true): TracerError {
  return new TracerError(
    1,
    `a fault of faultline itself ended this: ${error instanceof Error ? error.message : String(error)}`,
    `${isKept ? "what had come up to there has been kept; " : ""}please report this, with the query`,
  );
}

/** Replaces execa's obscure error if the system cannot start a process. Throws a `TracerError`. */
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
