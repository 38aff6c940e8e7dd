/** Reports usage errors with suggestions and a reference to the help. */
import { CommanderError, type Command } from "commander";
import { didYouMean } from "../../diagnostics/suggest.js";
import { EXIT } from "../exit.js";
import { CliError, reportFailure } from "../failure.js";
import { UnknownOption } from "./mistyped.js";

/** Reports the error and returns the exit status. */
export function reportRefusal(error: unknown, program: Command, words: readonly string[]): number {
  const command = commandOf(program, words);
  if (error instanceof UnknownOption)
    return reportFailure(unknownOption(error.option, command, program, error.message, error.others));
  if (!(error instanceof CommanderError)) return reportFailure(error);
  if (error.exitCode === 0) return EXIT.done;
  // A command that only has subcommands has already listed them.
  if (error.code === "commander.help") return EXIT.usage;
  const [, word] = /'(.*)'/s.exec(error.message) ?? [];
  if (error.code === "commander.unknownOption" && word !== undefined)
    return reportFailure(unknownOption(word, command, program));
  if (error.code === "commander.unknownCommand" && word !== undefined) {
    const names = command.commands.map((c) => c.name());
    return reportFailure(
      new CliError(
        `\`${pathOf(command)}\` has no command \`${word}\``,
        EXIT.usage,
        didYouMean(word, names) ?? `there are ${names.join(", ")}`,
      ),
    );
  }
  return reportFailure(
    new CliError(error.message.replace(/^error: /, ""), EXIT.usage, `see: ${pathOf(command)} --help`),
  );
}

function unknownOption(
  given: string,
  command: Command,
  program: Command,
  message?: string,
  others: readonly string[] = [],
): CliError {
  const [option = given] = given.split("=");
  return new CliError(
    message ?? `there is no option \`${option}\``,
    EXIT.usage,
    didYouMean(option, [...others, ...longOptions(command), ...longOptions(program)]) ??
      `see: ${pathOf(command)} --help`,
  );
}

function longOptions(command: Command): readonly string[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => (long === undefined ? [] : [long]));
}

/** Returns the command that the words name, or `run`. */
export function commandOf(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const word of words) {
    if (word.startsWith("-") && word !== "-") continue;
    const next = command.commands.find((c) => c.name() === word);
    if (!next) break;
    command = next;
  }
  if (command !== program || words.every((word) => word.startsWith("-") && word !== "-")) return command;
  return program.commands.find((c) => c.name() === "run") ?? program;
}

/** The full name of a command, as in `faultline profile show`. */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
