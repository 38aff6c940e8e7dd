/** Handles output streams that can no longer be written. */
import { reason } from "../../diagnostics/system-error.js";
import { EXIT } from "../exit.js";

let isHeld = false;
let status: number = EXIT.done;

/** Installs the handlers. A closed pipe is not an error: `faultline … | head`. */
export function leaveWhenClosed(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && status === EXIT.done) {
      status = EXIT.tracerFailed;
      process.stderr.write(`faultline: cannot write the results: ${reason(error)}\n`);
    }
    if (!isHeld) process.exit(status);
  });
  // Nothing can be reported any more; the exit status still gives the outcome.
  process.stderr.on("error", () => undefined);
}

export interface HeldOutput {
  /** The exit status that the failed output requires. */
  readonly status: () => number;
  release(): void;
}

/** Lets the process go on after an output error: the caller stops the tracer and closes the recording, then exits. */
export function holdOutput(): HeldOutput {
  isHeld = true;
  return {
    status: () => status,
    release() {
      isHeld = false;
    },
  };
}
