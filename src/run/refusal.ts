/** Runs a tracer again with verbose output, as it otherwise does not report why the kernel refuses a program. */
import { boundToParent } from "./process/children.js";
import { ownProgram } from "../files/programs.js";

/** In milliseconds: it fails immediately or not at all. */
const PATIENCE = 20_000;
const LARGEST = 64 * 1024 * 1024;
/** The cause is at the end. */
const KEPT = 4096;
/** Returns the end of the tracer's verbose output; empty if there is none in time. */
export async function verboseOutput(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const [program, words] = boundToParent(file, args);
  // Loaded here: it takes longer than all else of a start.
  const { execa } = await import("execa");
  const { stderr } = await execa(program, words, {
    ...ownProgram(process.env, environment),
    stdout: "ignore",
    timeout: PATIENCE,
    killSignal: "SIGKILL",
    maxBuffer: LARGEST,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  // Absent if it could not be started.
  return (stderr ?? "").slice(-KEPT);
}
