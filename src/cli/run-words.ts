/** Runs a command line. */
import type { Command } from "commander";

/** Global options, which may precede the command. */
export const GLOBAL_OPTIONS: readonly string[] = ["--color", "--no-color"];

/**
 * Runs the command line after `faultline` and sets `process.exitCode`. Throws a `CommanderError`
 * or what the command throws.
 */
export async function runWords(program: Command, words: readonly string[]): Promise<unknown> {
  const at = words.findIndex((word) => !GLOBAL_OPTIONS.includes(word));
  const first = words[at];
  // So that `faultline vmscan --help` shows the help of the tool, not of the program.
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
