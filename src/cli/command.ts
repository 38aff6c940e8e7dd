/**
 * A command: its arguments, options and action, in one file that is loaded when the command is used. `program.ts` lists
 * the names of all commands.
 */
import { Command, type Option } from "commander";
import { OptionGroup, type OptionTable, type OptionValues, type TypedArgument } from "./request/options.js";

/** The command line that invoked an action. */
export interface Invocation {
  readonly program: Command;
  readonly command: Command;
}

type ArgumentValues<Arguments extends readonly TypedArgument<unknown>[]> = {
  readonly [I in keyof Arguments]: Arguments[I]["value"];
};

export interface CommandSpecification<
  Arguments extends readonly TypedArgument<unknown>[],
  Table extends OptionTable,
> {
  readonly arguments: Arguments;
  readonly options: Table;
  /** Whether unknown options are left to the action: a tool has its own. */
  readonly allowsUnknownOptions?: boolean;
  /** Whether `--help` is an ordinary option, and the action prints the help. */
  readonly helpsItself?: boolean;
  /** Returns the exit status. */
  readonly action: (
    values: ArgumentValues<Arguments>,
    options: OptionValues<Table>,
    invocation: Invocation,
  ) => number | Promise<number>;
}

export interface CommandDefinition {
  /** Declares the arguments and options to commander. */
  addTo(command: Command, program: Command): void;
}

export function defineCommand<
  const Arguments extends readonly TypedArgument<unknown>[],
  Table extends OptionTable,
>(
  definition: CommandSpecification<Arguments, Table>,
): CommandSpecification<Arguments, Table> & CommandDefinition {
  return {
    ...definition,
    addTo(command, program) {
      for (const each of definition.arguments) command.addArgument(each);
      for (const option of Object.entries(definition.options).flatMap(optionsOf)) command.addOption(option);
      if (definition.allowsUnknownOptions) command.allowUnknownOption();
      if (definition.helpsItself) command.helpOption(false);
      command.action(async (...given: unknown[]) => {
        const values = given.slice(0, definition.arguments.length) as unknown as ArgumentValues<Arguments>;
        const options = valuesOf(definition.options, command.opts());
        process.exitCode = await definition.action(values, options, { program, command });
      });
    },
  };
}

function optionsOf([name, option]: [string, OptionTable[string]]): readonly Option[] {
  if (option instanceof OptionGroup) return option.options;
  if (option.attributeName() !== name)
    throw new Error(`\`${option.flags}\` is kept as \`${option.attributeName()}\`, and not as \`${name}\``);
  return [option];
}

function valuesOf<Table extends OptionTable>(
  table: Table,
  given: Readonly<Record<string, unknown>>,
): OptionValues<Table> {
  const values = Object.entries(table).map(([name, option]) => [
    name,
    option instanceof OptionGroup ? option.read(given) : given[name],
  ]);
  return Object.fromEntries(values) as OptionValues<Table>;
}

type Load = () => Promise<CommandDefinition>;

/** A command whose file is loaded when it is used. */
export class LazyCommand extends Command {
  private isLoaded = false;

  constructor(
    name: string,
    private readonly program: Command,
    private readonly definition: Load,
  ) {
    super(name);
  }

  async load(): Promise<void> {
    if (this.isLoaded) return;
    this.isLoaded = true;
    (await this.definition()).addTo(this, this.program);
  }
}

/** Builds the command with its arguments, options and subcommands. */
export async function loaded(command: Command): Promise<Command> {
  if (command instanceof LazyCommand) await command.load();
  for (const each of command.commands) if (each instanceof LazyCommand) await each.load();
  return command;
}
