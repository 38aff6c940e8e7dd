/** What went wrong, for a person: never a stack trace. */
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
  process.stderr.write(`faultline: ${printable(message)}\n`);
  if (typeof hint === "string") process.stderr.write(`hint: ${printable(hint)}\n`);
  if (typeof exitCode === "number") return exitCode;
  // A profile that is damaged is the wrong thing to give.
  return error instanceof Error && error.name === "KernelError" ? EXIT.usage : EXIT.tracerFailed;
}

/** Nothing that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
