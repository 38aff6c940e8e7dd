/** What went wrong, for a person: never a stack trace, and a line each, whatever the names in it are. */
import { describeSystemError, isSystemError } from "../diagnostics/system-error.js";
import { escapeText } from "../view/value/escape.js";
import { EXIT } from "./exit.js";

/** The words or the machine are at fault, and the message says how. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT.usage,
    readonly hint?: string,
  ) {
    super(message);
  }
}

interface Described {
  readonly message: string;
  readonly exitCode?: unknown;
  readonly hint?: unknown;
}

export function reportFailure(error: unknown): number {
  const { message, exitCode, hint } = described(error);
  process.stderr.write(`faultline: ${escapeText(message)}\n`);
  if (typeof hint === "string") process.stderr.write(`hint: ${escapeText(hint)}\n`);
  if (typeof exitCode === "number") return exitCode;
  // A profile that is damaged is the wrong thing to give.
  return error instanceof Error && error.name === "KernelError" ? EXIT.usage : EXIT.tracerFailed;
}

function described(error: unknown): Described {
  if (!(error instanceof Error)) return { message: String(error) };
  if (!isSystemError(error)) return error;
  // Nobody has foreseen it, and it still is the machine's and not ours.
  return error.syscall === "uv_cwd"
    ? {
        message: describeSystemError(error),
        exitCode: EXIT.machineCannot,
        hint: "`cd` to one that is there",
      }
    : { message: describeSystemError(error) };
}

/** What nobody caught. Where a run listens for such errors, it ends in order by itself. */
export function reportUncaught(): void {
  process.on("uncaughtException", (error) => {
    if (process.listenerCount("uncaughtException") > 1) return;
    process.exit(reportFailure(error));
  });
}
