/**
 * Asks a program for its version. With Node's own function: loading execa takes about as long as the rest of a start, and a
 * short answer needs nothing of it.
 */
import { execFile } from "node:child_process";
import { ownEnvironment, WORKING_DIRECTORY } from "../files/programs.js";
import { started } from "./tracer-error.js";

export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it did not start, was ended by the timeout, or exited with an error. */
  readonly failed: boolean;
}

/** `timeout` is in milliseconds. The program is started before this returns. Throws a `TracerError`. */
export function askProgram(
  path: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  timeout: number,
): Promise<Answer> {
  const options = { cwd: WORKING_DIRECTORY, env: ownEnvironment(environment), timeout };
  return new Promise((resolve) => {
    const child = started(path, () =>
      execFile(path, args, options, (error, stdout, stderr) =>
        resolve({ stdout, stderr, failed: error !== null }),
      ),
    );
    child.stdin?.end();
  });
}
