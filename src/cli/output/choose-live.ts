/** Decides whether results are updated in place, and on which terminal. */
import type { Plan } from "../../plan/plan.js";
import { canRedraw, LiveView } from "../../view/live/live.js";
import type { Format } from "../../view/formats.js";

export interface LiveRequest {
  readonly output?: string | undefined;
  readonly scroll?: boolean | undefined;
  /** A traced command, whose own output appears between the results. */
  readonly command?: string | undefined;
}

/** Undefined if results are appended, as in a file. */
export function liveView(format: Format, plan: Plan, request: LiveRequest): LiveView | undefined {
  const { stdout, stderr } = process;
  if (format !== "table" || request.output !== undefined || request.scroll === true) return undefined;
  if (!stdout.isTTY || process.env["TERM"] === "dumb" || !canRedraw(plan)) return undefined;
  // The display would overwrite a command's own output, and the command may read the keyboard.
  const hasCommand = request.command !== undefined;
  if (hasCommand && stderr.isTTY) return undefined;
  // Node reads further modules for it, which nothing else needs.
  const { stdin } = process;
  return new LiveView({
    out: stdout,
    err: stderr,
    keyboard: stdin.isTTY && !hasCommand ? stdin : undefined,
    // Equivalent to Ctrl-C, which raw mode turns off; a second one forces the end.
    onQuit: () => void process.kill(process.pid, "SIGINT"),
    // Stops the whole process group, as a terminal does; the tracer has its own group and keeps counting.
    onStop: () => void process.kill(0, "SIGTSTP"),
  });
}
