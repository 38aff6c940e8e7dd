/** A tracer whose program the kernel refuses says why only when it is told to say all. */
import { execa } from "execa";
import { boundToParent } from "./process/children.js";
import { ownProgram } from "../files/programs.js";

/** In milliseconds: it fails again at once, or it does not fail. */
const PATIENCE = 20_000;
const LARGEST = 64 * 1024 * 1024;
/** The cause comes last. */
const KEPT = 4096;
/** The end of what a tracer says when it is told to say all; empty where it says nothing in time. */
export async function tellAll(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const [program, words] = boundToParent(file, args);
  const { stderr } = await execa(program, words, {
    ...ownProgram(process.env, environment),
    stdout: "ignore",
    timeout: PATIENCE,
    killSignal: "SIGKILL",
    maxBuffer: LARGEST,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  // Absent where it could not be started.
  return (stderr ?? "").slice(-KEPT);
}
