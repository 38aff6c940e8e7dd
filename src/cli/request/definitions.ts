/** What options and arguments take, beside what commander knows of them: for completion and for the manual. */
import { Argument, Option } from "commander";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";

/** A kind of word. `values.ts` knows which words there are of the first ones; of the last a person knows best. */
export type Takes =
  | "backend"
  | "concept"
  | "exercise"
  | "fields"
  | "json-or-table"
  | "json-or-text"
  | "kernel"
  | "library"
  | "name"
  | "query"
  | "recording"
  | "result-format"
  | "set"
  | "shell"
  | "speed"
  | "tool-of-file"
  | "topic"
  | "tracer"
  | "file"
  | "command"
  | "text";

export class TakingOption extends Option {
  constructor(
    flags: string,
    description: string,
    readonly takes: Takes,
  ) {
    super(flags, description);
  }
}

export class TakingArgument extends Argument {
  constructor(
    name: string,
    description: string,
    readonly takes: Takes,
  ) {
    super(name, description);
  }
}

/** An option with a value; `preset` is what it is without the option. */
export function taking(flags: string, takes: Takes, description: string, preset?: string): Option {
  const option = new TakingOption(flags, description, takes);
  return preset === undefined ? option : option.default(preset);
}

export function argument(name: string, takes: Takes, description: string): Argument {
  return new TakingArgument(name, description, takes);
}

/** One of these; the first without the option. Throws a `CliError`. */
export function nameAmong<Name extends string>(
  names: readonly Name[],
  wanted: unknown,
  option: string,
): Name {
  const found = names.find((name) => name === (wanted ?? names[0]));
  if (found !== undefined) return found;
  throw new CliError(
    `${option}: there is no \`${String(wanted)}\``,
    EXIT.usage,
    `there are ${names.join(", ")}`,
  );
}
