/** Reports failures to the user: one line each, with names escaped, and never a stack trace. */
import { describeSystemError, isSystemError } from "../diagnostics/system-error.js";
import { escapeText } from "../view/value/escape.js";
import { EXIT } from "./exit.js";

/** Failures that are caused by the command line or the machine; the message explains the cause. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT.usage,
    readonly hint?: string,
  ) {
    super(message);
  }
}

interface DescribedError {
  readonly message: string;
  readonly exitCode?: unknown;
  readonly hint?: unknown;
}

export function reportFailure(error: unknown): number {
  const { message, exitCode, hint } = described(error);
  process.stderr.write(`faultline: ${escapeText(message)}\n`);
  if (typeof hint === "string") process.stderr.write(`hint: ${escapeText(hint)}\n`);
  if (typeof exitCode === "number") return exitCode;
  // A damaged profile is a usage error.
  return error instanceof Error && error.name === "KernelError" ? EXIT.usage : EXIT.tracerFailed;
}

function described(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { message: String(error) };
  if (!isSystemError(error)) return error;
  // A system error that is not handled elsewhere is still the machine's fault, not a bug of faultline.
  return error.syscall === "uv_cwd"
    ? {
        message: describeSystemError(error),
        exitCode: EXIT.machineCannot,
        hint: "`cd` to one that is there",
      }
    : { message: describeSystemError(error) };
}

/** Reports uncaught errors. While a run handles such errors itself, it ends in order. */
export function reportUncaught(): void {
  process.on("uncaughtException", (error) => {
    if (process.listenerCount("uncaughtException") > 1) return;
    process.exit(reportFailure(error));
  });
}
