/** Options and arguments with the types of their values, and with what they take: for completion and for the manual. */
import { Argument, Option } from "commander";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";

/** The words that it may be, or a kind of word: `values.ts` knows which those are; of the last kinds a person knows best. */
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
  /** For its type alone. */
  declare readonly value: Value;

  constructor(
    flags: string,
    description: string,
    readonly takes: Takes = [],
  ) {
    super(flags, description);
  }
}

/** Several options that are read as one value. */
export class OptionGroup<Value> {
  constructor(
    readonly options: readonly Option[],
    readonly read: (values: Readonly<Record<string, unknown>>) => Value,
  ) {}
}

/** By the names under which commander keeps their values: `maxEntries` for `--max-entries`. */
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

/** May be given more than once. */
export function texts(
  flags: string,
  takes: Takes,
  description: string,
): TypedOption<readonly string[] | undefined> {
  return new TypedOption(flags, description, takes);
}

/** Its value may be left out. */
export function optionalText(
  flags: string,
  takes: Takes,
  description: string,
): TypedOption<string | true | undefined> {
  return new TypedOption(flags, description, takes);
}

/** A number of `least` or more. */
export function wholeNumber(flags: string, description: string, least = 1): TypedOption<number | undefined> {
  const option = new TypedOption<number | undefined>(flags, description, "text");
  return option.argParser((given) => {
    const value = /^[0-9]{1,10}$/.test(given) ? Number(given) : NaN;
    if (value >= least && value < 2 ** 31) return value;
    throw new CliError(`${option.long ?? flags} needs a whole number of ${least} or more, not \`${given}\``);
  });
}

/** One of some words, of which the messages say what they are: "format". */
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

/** The same; `preset` is what it is without the option. */
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
  /** For its type alone. */
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

/** `<name>` must be there, `[name]` may be, `<name...>` may be several. */
export function argument<const Name extends string>(
  name: Name,
  takes: Takes,
  description: string,
): TypedArgument<ArgumentValue<Name>> {
  return new TypedArgument(name, description, takes);
}
