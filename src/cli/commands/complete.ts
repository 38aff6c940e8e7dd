/**
 * `faultline complete CURRENT WORD…`: called by the scripts of `faultline completion`. The words are those before the
 * current one. Prints a line for each candidate: the whole word, a tab and its description; `:files` if a file name is valid.
 */
import type { Command } from "commander";
import { standardLibrary } from "../../index.js";
import { printType } from "../../syntax/print/print-expression.js";
import type { ToolDefinition } from "../../syntax/tree.js";
import { escapeText } from "../../view/value/escape.js";
import { completeQuery, fields } from "../request/complete-query.js";
import { loaded } from "../command.js";
import { TypedArgument, TypedOption, type Takes } from "../request/options.js";
import { optionOf } from "../request/tool-options.js";
import { commandOf, pathOf } from "../request/usage-error.js";
import type { Candidate } from "../request/library-words.js";
import { valuesOf, type ValueCandidates } from "../request/values.js";

export async function answer(program: Command, [current = "", ...words]: readonly string[]): Promise<void> {
  // bash splits `--format=json` into three words.
  const before = words.filter((word) => word !== "=").map(unquoted);
  const { words: found, files } = await complete(program, before, current === "=" ? "" : unquoted(current));
  const lines = found.map(({ value, about }) =>
    about === undefined ? value : `${value}\t${escapeText(about)}`,
  );
  process.stdout.write([...lines, ...(files === true ? [":files"] : [])].map((line) => `${line}\n`).join(""));
}

/** The word as the shell passes it: with an opening quote and perhaps a closing one. */
function unquoted(word: string): string {
  const quote = word[0];
  if (quote !== "'" && quote !== '"') return word;
  return word.slice(1, word.length > 1 && word.endsWith(quote) ? -1 : undefined);
}

/** Returns the candidates for `current` after the preceding words of the command line. */
export async function complete(
  program: Command,
  words: readonly string[],
  current: string,
): Promise<ValueCandidates> {
  const { words: all, files } = await candidates(program, words, current);
  const fit = all.filter(({ value }) => value.startsWith(current));
  return { words: fit, ...(files === true && !current.startsWith("-") ? { files } : {}) };
}

async function candidates(
  program: Command,
  words: readonly string[],
  current: string,
): Promise<ValueCandidates> {
  const command = await loaded(commandOf(program, words));
  const known = [...command.options, ...(command === program ? [] : program.options)];
  const { operands, pending } = split(words, known, toolOf(words));
  if (operands.includes("--")) return { words: [], files: true };
  const inline = /^(--[\w-]+=)/.exec(current)?.[1];
  const asked = inline === undefined ? pending : inline.slice(0, -1);
  if (asked !== undefined) {
    const option = known.find(({ long, short }) => long === asked || short === asked);
    const takes = option instanceof TypedOption ? option.takes : undefined;
    const values = takes === undefined ? { words: [] } : await optionValues(takes, operands, current, inline);
    return inline === undefined
      ? values
      : { words: values.words.map((each) => ({ ...each, value: `${inline}${each.value}` })) };
  }
  if (current.startsWith("-")) return { words: optionCandidates(program, command, words) };
  return positional(program, command, operands, current);
}

interface Split {
  /** Without the name of the command. */
  readonly operands: readonly string[];
  /** The option whose value is next. */
  readonly pending?: string;
}

function split(
  words: readonly string[],
  options: Command["options"],
  tool: ToolDefinition | undefined,
): Split {
  const operands: string[] = [];
  let pending: string | undefined;
  for (const word of words) {
    if (pending !== undefined) {
      pending = undefined;
      continue;
    }
    if (!word.startsWith("-") || word === "-" || word === "--") {
      operands.push(word);
      continue;
    }
    const option = options.find(({ long, short }) => long === word || short === word);
    const parameter = tool?.parameters.find((each) => optionOf(each) === word);
    const takes = option
      ? option.required || option.optional
      : parameter !== undefined && parameter.type.word.text !== "bool";
    if (takes) pending = word;
  }
  return { operands, ...(pending === undefined ? {} : { pending }) };
}

/** Fields of the query that precedes the option. */
async function optionValues(
  takes: Takes,
  operands: readonly string[],
  current: string,
  inline = "",
): Promise<ValueCandidates> {
  const tool = toolOf(operands);
  if (takes === "set")
    return { words: tool?.parameters.map(({ name }) => ({ value: `${name.text}=` })) ?? [] };
  if (takes !== "fields") return valuesOf(takes);
  const source = operands.find((word) => standardLibrary().find(word.split(" ")[0] ?? "") !== undefined);
  const typed = current.slice(inline.length);
  const before = typed.slice(0, typed.length - (/\w*$/.exec(typed)?.[0].length ?? 0));
  return {
    words: fields(source?.split(" ")[0] ?? "").map((each) => ({ ...each, value: `${before}${each.value}` })),
  };
}

function optionCandidates(
  program: Command,
  command: Command,
  words: readonly string[],
): readonly Candidate[] {
  const tool = toolOf(words);
  const own = (tool?.parameters ?? []).map((parameter) => ({
    value: optionOf(parameter),
    about: parameter.doc?.text.replaceAll("\n", " ") ?? printType(parameter.type),
  }));
  const general = [command, program]
    .flatMap((each) => each.createHelp().visibleOptions(each))
    .flatMap(({ long, short, description }) =>
      [long, short].flatMap((value) => (value === undefined ? [] : [{ value, about: description }])),
    );
  const seen = new Set<string>();
  return [...own, ...general].filter(({ value }) => !seen.has(value) && seen.add(value));
}

function toolOf(words: readonly string[]): ToolDefinition | undefined {
  return words.map((word) => standardLibrary().tool(word)?.definition).find((tool) => tool !== undefined);
}

async function positional(
  program: Command,
  command: Command,
  operands: readonly string[],
  current: string,
): Promise<ValueCandidates> {
  const commands = command.commands.map((each) => ({ value: each.name(), about: each.description() }));
  // This is the first word, so it may begin a query.
  if (command === program) {
    const values = await query([], current);
    return { ...values, words: [...commands, ...values.words] };
  }
  if (commands.length > 0) return { words: commands };
  const path = pathOf(command).split(" ").slice(1);
  // `run` is optional.
  const own = path.every((name, i) => operands[i] === name) ? operands.slice(path.length) : operands;
  const expected = command.registeredArguments;
  const at = Math.min(own.length, expected.length - 1);
  const next = expected[at];
  if (!(next instanceof TypedArgument) || (own.length >= expected.length && !next.variadic))
    return { words: [] };
  if (next.takes === "query") return query(own, current);
  const values = await valuesOf(next.takes);
  if (next.takes !== "topic") return values;
  const names = program.commands.map((each) => ({ value: each.name(), about: each.description() }));
  return { words: [...names, ...values.words] };
}

/** Returns candidates for a query, whether it is quoted or typed as several words. */
async function query(words: readonly string[], current: string): Promise<ValueCandidates> {
  if (words.length === 0 && !current.includes(" ")) return valuesOf("query");
  // A tool cannot be combined with queries, and takes options.
  if (toolOf(words) || words.some((word) => word.endsWith(".fl"))) return { words: [], files: true };
  const typed = [...words, ""].join(" ");
  const { before, words: found } = completeQuery(`${typed}${current}`);
  // An unquoted word is completed by itself, and a quoted query as a whole.
  const prefix = before.slice(typed.length);
  return { words: found.map((each) => ({ ...each, value: `${prefix}${each.value}` })) };
}
