/** Whether results are shown in place, and with what. */
import type { Plan } from "../../plan/plan.js";
import { canRedraw, LiveView } from "../../view/live/live.js";
import type { Format } from "../../view/formats.js";

export interface LiveWish {
  readonly output?: string | undefined;
  readonly scroll?: boolean | undefined;
  /** A command whose own output comes between. */
  readonly command?: string | undefined;
}

/** Undefined: what comes is written below what came, as to a file. */
export function liveView(format: Format, plan: Plan, wish: LiveWish): LiveView | undefined {
  const { stdin, stdout, stderr } = process;
  if (format !== "table" || wish.output !== undefined || wish.scroll === true) return undefined;
  if (!stdout.isTTY || process.env["TERM"] === "dumb" || !canRedraw(plan)) return undefined;
  // A command's own output would be lost in what is drawn; and it may want the keys.
  const hasCommand = wish.command !== undefined;
  if (hasCommand && stderr.isTTY) return undefined;
  return new LiveView({
    out: stdout,
    err: stderr,
    keyboard: stdin.isTTY && !hasCommand ? stdin : undefined,
    // As Ctrl-C does where keys are not taken one by one; a second one insists.
    onQuit: () => void process.kill(process.pid, "SIGINT"),
    // All that was started with it, as a terminal does; the tracer has a group of its own and counts on.
    onStop: () => void process.kill(0, "SIGTSTP"),
  });
}
