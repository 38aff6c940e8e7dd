/** What happens when results, or what is said beside them, cannot be written any more. */
import { reason } from "../../diagnostics/system-error.js";
import { EXIT } from "../exit.js";

let isHeld = false;
let status: number = EXIT.done;

/** A closed pipe is the reader's choice: `faultline … | head`. */
export function leaveWhenClosed(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && status === EXIT.done) {
      status = EXIT.tracerFailed;
      process.stderr.write(`faultline: cannot write the results: ${reason(error)}\n`);
    }
    if (!isHeld) process.exit(status);
  });
  // There is nobody left to tell, and the exit status still says what became of it.
  process.stderr.on("error", () => undefined);
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
