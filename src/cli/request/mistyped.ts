/** Names that there are not: what was meant is offered in words that can be typed as they are. */
import { didYouMean, nearest } from "../../diagnostics/suggest.js";
import { standardLibrary } from "../../index.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";

/** An option that a query's words have and nobody knows; which there are depends on the command. */
export class UnknownOption extends CliError {
  constructor(
    readonly option: string,
    message: string,
    /** Those of a tool. */
    readonly others: readonly string[] = [],
  ) {
    super(message, EXIT.usage);
  }
}

/** Words that are a name and options, as in `memleak -p 1`, and no query such as `faults by comm`. */
export function isAlone(words: readonly string[], position = 0): boolean {
  return words.every(
    (word, i) => i <= position || word.startsWith("-") || words[i - 1]?.startsWith("-") === true,
  );
}

/**
 * Throws a `CliError` where the first word stands for a tool, a source or one of the commands, and is none. A query of
 * several words whose source is unknown is left for the compiler, which shows the place.
 */
export function checkName(words: readonly string[], commands: readonly string[] = []): void {
  const [word = ""] = words;
  // `true` and the like are for the compiler.
  if (!/^[A-Za-z_][\w-]*$/.test(word) || word === "open" || word === "every") return;
  const library = standardLibrary();
  const names = [...library.names(), ...library.toolNames()];
  if (names.includes(word)) return;
  const isCommand = nearest(word, commands).length > 0 && nearest(word, names).length === 0;
  if (!isAlone(words) && !isCommand) return;
  throw new CliError(
    `there is no ${commands.length > 0 ? "command, source or tool" : "source or tool"} \`${word}\``,
    EXIT.usage,
    didYouMean(word, [...commands, ...names]) ??
      (commands.length > 0
        ? "`faultline help` shows the commands, `faultline list` the sources and tools"
        : "`faultline list` shows them all"),
  );
}
