/**
 * Creates directories that only this user can access, for the files of a run. Not with promises: a start would wait for
 * Node to read their module.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reason } from "../../diagnostics/system-error.js";
import { TracerError } from "../../tracers/tracer-error.js";

/** The usual places; all but the last are on disks that may be full or read-only. */
const USUAL = ["/tmp", "/var/tmp", "/dev/shm"];

/** Creates one under TMPDIR or, if that fails, in one of the usual places. Throws a `TracerError`. */
export function makePrivateDirectory(): string {
  const failures: string[] = [];
  for (const place of new Set([tmpdir(), ...USUAL])) {
    try {
      return mkdtempSync(join(place, "faultline-"));
    } catch (error) {
      failures.push(`${place} (${whyNot(error)})`);
    }
  }
  throw new TracerError(
    3,
    `there is nowhere to keep a file for the run: ${failures.join(", ")}`,
    "set TMPDIR to a directory that you may write to",
  );
}

function whyNot(error: unknown): string {
  const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
  return isMissing ? "there is no such directory" : reason(error);
}
