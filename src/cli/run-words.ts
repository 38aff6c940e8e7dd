/** Runs a command line. */
import type { Command } from "commander";

/** Options of the program itself, which may stand before the command. */
export const GLOBAL_OPTIONS: readonly string[] = ["--color", "--no-color"];

/**
 * Does what the words behind `faultline` say, and leaves the exit status in `process.exitCode`. Throws a `CommanderError`
 * or what the command throws.
 */
export async function runWords(program: Command, words: readonly string[]): Promise<unknown> {
  const at = words.findIndex((word) => !GLOBAL_OPTIONS.includes(word));
  const first = words[at];
  // So that `faultline vmscan --help` asks the tool and not the program.
  const isRun =
    first !== undefined &&
    (first === "-" || !first.startsWith("-")) &&
    !program.commands.some((c) => c.name() === first);
  if (!isRun) return program.parseAsync(words, { from: "user" });
  if (/^[\w-]+$/.test(first)) {
    const { checkName } = await import("./request/mistyped.js");
    checkName(words.slice(at), program.commands.map((c) => c.name())); // prettier-ignore
  }
  return program.parseAsync(["run", ...words], { from: "user" });
}
