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

/** In milliseconds: the end of what a program that has ended wrote is read in less. */
const READ_WITHIN = 1_000;

/**
 * `timeout` is in milliseconds. The program is started before this returns, and may answer while this process compiles:
 * on a slow machine for longer than that, which is not the program's fault. Throws a `TracerError`.
 */
export function askProgram(
  path: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  timeout: number,
): Promise<Answer> {
  const options = { cwd: WORKING_DIRECTORY, env: ownEnvironment(environment) };
  return new Promise((resolve) => {
    const child = started(path, () =>
      execFile(path, args, options, (error, stdout, stderr) => {
        clearTimeout(timer);
        resolve({ stdout, stderr, failed: error !== null });
      }),
    );
    child.stdin?.end();
    const giveUp = (): void => {
      // What it has started may keep them open.
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.kill();
    };
    // By the time of an immediate it is known whether the program has ended, and what it wrote has been read.
    let timer = setTimeout(() => {
      setImmediate(() => {
        if (child.exitCode === null && child.signalCode === null) giveUp();
        else timer = setTimeout(() => setImmediate(giveUp), READ_WITHIN);
      });
    }, timeout);
  });
}
