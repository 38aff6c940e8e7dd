/** Options and arguments with the types of their values and their candidates, for parsing, completion and the manual. */
import { Argument, Option } from "commander";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";

/** The allowed words, or the kind of value: `values.ts` lists the candidates; some kinds have none. */
export type Takes =
  | readonly string[]
  | "concept"
  | "exercise"
  | "fields"
  | "kernel"
  | "library"
  | "name"
  | "query"
  | "recording"
  | "set"
  | "tool-of-file"
  | "topic"
  | "file"
  | "command"
  | "text";

export class TypedOption<Value> extends Option {
  /** Carries only the type. */
  declare readonly value: Value;

  constructor(
    flags: string,
    description: string,
    readonly takes: Takes = [],
  ) {
    super(flags, description);
  }
}

/** A group of options that are read as one value. */
export class OptionGroup<Value> {
  constructor(
    readonly options: readonly Option[],
    readonly read: (values: Readonly<Record<string, unknown>>) => Value,
  ) {}
}

/** Options by the names that commander uses: `maxEntries` for `--max-entries`. */
export type OptionTable = Readonly<Record<string, TypedOption<unknown> | OptionGroup<unknown>>>;

type ValueOf<O> =
  O extends TypedOption<infer Value> ? Value : O extends OptionGroup<infer Value> ? Value : never;

export type OptionValues<Table extends OptionTable> = {
  readonly [K in keyof Table as undefined extends ValueOf<Table[K]> ? K : never]?: ValueOf<Table[K]>;
} & {
  readonly [K in keyof Table as undefined extends ValueOf<Table[K]> ? never : K]: ValueOf<Table[K]>;
};

export function flag(flags: string, description: string): TypedOption<boolean | undefined> {
  return new TypedOption(flags, description);
}

export function text(flags: string, takes: Takes, description: string): TypedOption<string | undefined> {
  return new TypedOption(flags, description, takes);
}

/** An option that may be repeated. */
export function texts(
  flags: string,
  takes: Takes,
  description: string,
): TypedOption<readonly string[] | undefined> {
  return new TypedOption(flags, description, takes);
}

/** An option whose value is optional. */
export function optionalText(
  flags: string,
  takes: Takes,
  description: string,
): TypedOption<string | true | undefined> {
  return new TypedOption(flags, description, takes);
}

/** An integer that is at least `least`. */
export function wholeNumber(flags: string, description: string, least = 1): TypedOption<number | undefined> {
  const option = new TypedOption<number | undefined>(flags, description, "text");
  return option.argParser((given) => {
    const value = /^[0-9]{1,10}$/.test(given) ? Number(given) : NaN;
    if (value >= least && value < 2 ** 31) return value;
    throw new CliError(`${option.long ?? flags} needs a whole number of ${least} or more, not \`${given}\``);
  });
}

/** A choice of words; error messages call it by `what`: "format". */
export function choice<const Word extends string>(
  flags: string,
  what: string,
  words: readonly Word[],
  description: string,
): TypedOption<Word | undefined> {
  return new TypedOption<Word | undefined>(flags, description, words).argParser((given) =>
    wordAmong(words, given, what),
  );
}

/** A choice of words with a default, `preset`. */
export function choiceOr<const Word extends string>(
  flags: string,
  what: string,
  words: readonly Word[],
  preset: NoInfer<Word>,
  description: string,
): TypedOption<Word> {
  const option = new TypedOption<Word>(flags, description, words).default(preset);
  return option.argParser((given) => wordAmong(words, given, what));
}

function wordAmong<Word extends string>(words: readonly Word[], given: string, what: string): Word {
  const found = words.find((word) => word === given);
  if (found !== undefined) return found;
  throw new CliError(`there is no ${what} \`${given}\``, EXIT.usage, `there are ${words.join(", ")}`);
}

export class TypedArgument<Value> extends Argument {
  /** Carries only the type. */
  declare readonly value: Value;

  constructor(
    name: string,
    description: string,
    readonly takes: Takes,
  ) {
    super(name, description);
  }
}

type ArgumentValue<Name extends string> = Name extends `${string}...${string}`
  ? readonly string[]
  : Name extends `<${string}>`
    ? string
    : string | undefined;

/** An argument: `<name>` is required, `[name]` optional, and `<name...>` takes several words. */
export function argument<const Name extends string>(
  name: Name,
  takes: Takes,
  description: string,
): TypedArgument<ArgumentValue<Name>> {
  return new TypedArgument(name, description, takes);
}
