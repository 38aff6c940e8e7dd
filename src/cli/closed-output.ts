/** What happens when results cannot be written to standard output any more. */
import { EXIT } from "./exit.js";

let isHeld = false;
let status: number = EXIT.done;

/** A closed pipe is the reader's choice: `faultline … | head`. */
export function leaveWhenClosed(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && status === EXIT.done) {
      status = EXIT.tracerFailed;
      process.stderr.write(`faultline: cannot write the results: ${error.message}\n`);
    }
    if (!isHeld) process.exit(status);
  });
}

export interface HeldOutput {
  /** The exit status that the output asks for. */
  readonly status: () => number;
  release(): void;
}

/** The caller ends in order by itself: a tracer runs, or a recording is open. */
export function holdOutput(): HeldOutput {
  isHeld = true;
  return {
    status: () => status,
    release() {
      isHeld = false;
    },
  };
}
