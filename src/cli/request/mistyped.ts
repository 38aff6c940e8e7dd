/** Reports unknown names, and suggests known ones that can be typed as they are. */
import { didYouMean, nearest, orList } from "../../diagnostics/suggest.js";
import { sourcesMeant } from "../../semantics/foreign-names.js";
import { standardLibrary } from "../../index.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";

/** Reports an unknown option among the words of a query; the known ones depend on the command. */
export class UnknownOption extends CliError {
  constructor(
    readonly option: string,
    message: string,
    /** The options of the tool. */
    readonly others: readonly string[] = [],
  ) {
    super(message, EXIT.usage);
  }
}

/** What the language calls it: `leak` is `open allocation`. */
function meantFor(word: string, sources: readonly string[]): string | undefined {
  const meant = sourcesMeant(word, sources);
  return meant.length === 0 ? undefined : `did you mean ${orList(meant)}?`;
}

/** Whether the words are a name and options, as in `memleak -p 1`, and not a query such as `faults by comm`. */
export function isAlone(words: readonly string[], position = 0): boolean {
  return words.every(
    (word, i) => i <= position || word.startsWith("-") || words[i - 1]?.startsWith("-") === true,
  );
}

/** Throws a `CliError` if a tool and its options are one word, in quotes as a query is. */
export function checkQuotes([word = "", ...others]: readonly string[]): void {
  const tool = /^\s*(\w+)\s+--?[a-z]/i.exec(word)?.[1];
  if (others.length > 0 || tool === undefined || !standardLibrary().tool(tool)) return;
  throw new CliError(
    `the options of \`${tool}\` are in quotes with its name, as if it were a query`,
    EXIT.usage,
    `write them by themselves: \`faultline ${word.trim()}\``,
  );
}

/**
 * Throws a `CliError` if the first word looks like the name of a tool, source or command but is not one. A query of
 * several words with an unknown source is left to the compiler, which shows the position.
 */
export function checkName(words: readonly string[], commands: readonly string[] = []): void {
  const [word = ""] = words;
  // The compiler handles `true` and other keywords.
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
      meantFor(word, library.names()) ??
      (commands.length > 0
        ? "`faultline help` shows the commands, `faultline list` the sources and tools"
        : "`faultline list` shows them all"),
  );
}
