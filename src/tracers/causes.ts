/** Classifies failures of a tracer by its messages: each tracer has a table of patterns. */
import { lockdownMode } from "../kernel/live/lockdown.js";
import { LOOK_AROUND } from "./hints.js";
import { TracerError } from "./tracer-error.js";

export interface Cause {
  readonly pattern: RegExp;
  readonly exitCode: 1 | 3;
  readonly message: (match: RegExpExecArray, text: string) => string;
  readonly hint: string | ((match: RegExpExecArray) => string);
}

export interface TracerExit {
  /** Output before attachment that is not a result, on either stream, and all of stderr. */
  readonly stderr: string;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

export function lockedDown(mode: string): TracerError {
  return new TracerError(
    3,
    `the kernel is locked down (${mode})`,
    "boot without `lockdown=`, or without Secure Boot",
  );
}

/** Returns the first cause that matches; else how the tracer ended, and its last message. */
export function causeOf(
  { stderr, exitCode, signal }: TracerExit,
  causes: readonly Cause[],
  tracer: string,
): TracerError {
  const lockdown = /Operation not permitted|EPERM/.test(stderr) ? lockdownMode() : undefined;
  if (lockdown) return lockedDown(lockdown);
  for (const { pattern, exitCode: code, message, hint } of causes) {
    const match = pattern.exec(stderr);
    if (match)
      return new TracerError(code, message(match, stderr), typeof hint === "string" ? hint : hint(match));
  }
  const errors =
    /^(?:\S+: )?(?:ERROR|error|terminate called)[^\n]*/m.exec(stderr)?.[0] ??
    stderr.trim().split("\n").at(-1);
  const how = signal
    ? `was killed by ${signal}`
    : `ended with ${exitCode === undefined ? "an error" : `exit code ${exitCode}`}`;
  const why = errors ? `: ${errors.replace(/^ERROR: /, "")}` : "";
  return new TracerError(
    1,
    `${tracer} ${how}${why}`,
    signal === "SIGKILL" ? "was the machine out of memory?" : LOOK_AROUND,
  );
}
