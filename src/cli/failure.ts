/** What went wrong, for a person: never a stack trace, and a line each, whatever the names in it are. */
import { escapeText } from "../view/escape.js";
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
  const { message, exitCode, hint } =
    error instanceof Error
      ? (error as Described)
      : { message: String(error), exitCode: undefined, hint: undefined };
  process.stderr.write(`faultline: ${escapeText(message)}\n`);
  if (typeof hint === "string") process.stderr.write(`hint: ${escapeText(hint)}\n`);
  if (typeof exitCode === "number") return exitCode;
  // A profile that is damaged is the wrong thing to give.
  return error instanceof Error && error.name === "KernelError" ? EXIT.usage : EXIT.tracerFailed;
}
