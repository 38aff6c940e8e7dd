/** A tool's command-line options, derived from its parameters: `min_age: duration` is `--min-age 5s`. */
import type { ToolArguments } from "../../semantics/tool/check-tool.js";
import { printExpression, printType } from "../../syntax/print/print-expression.js";
import type { ToolDefinition, ToolParameter } from "../../syntax/tree.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { greatest } from "../../lists.js";
import { UnknownOption } from "./mistyped.js";

export const optionOf = (parameter: ToolParameter): string => `--${parameter.name.text.replaceAll("_", "-")}`;

const isSwitch = (parameter: ToolParameter): boolean => parameter.type.word.text === "bool";

/** Parses `--min-age 5s`, `--min-age=5s` and the switch `--each`; `words` are those other than the tool's name. */
export function readToolOptions(tool: ToolDefinition, words: readonly string[]): ToolArguments {
  const values: Record<string, string> = {};
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [option = "", ...more] = word.split("=");
    const parameter = tool.parameters.find((p) => optionOf(p) === option);
    if (!parameter) throw unknown(tool, word);
    const inline = more.length > 0 ? more.join("=") : undefined;
    const value = inline ?? (isSwitch(parameter) ? "true" : rest.shift());
    if (value === undefined) throw new CliError(`${option} needs a value: ${printType(parameter.type)}`);
    values[parameter.name.text] = value;
  }
  return values;
}

function unknown(tool: ToolDefinition, word: string): CliError {
  const options = tool.parameters.map(optionOf);
  if (!word.startsWith("-"))
    return new CliError(
      `\`${tool.name.text}\` is a tool, and takes no \`${word}\` behind it`,
      EXIT.usage,
      `its options are in: faultline run ${tool.name.text} --help`,
    );
  const [option = word] = word.split("=");
  return new UnknownOption(option, `\`${tool.name.text}\` has no option \`${option}\``, options);
}

/** Lists the tool's options below a heading, one a line; empty if there are none. */
export function optionLines(tool: ToolDefinition): readonly string[] {
  const options = tool.parameters.map((p) => {
    const preset = p.value === undefined ? "required" : `default ${printExpression(p.value)}`;
    const text = (p.doc?.text ?? "").replaceAll("\n", " ");
    return isSwitch(p)
      ? { name: optionOf(p), text }
      : { name: `${optionOf(p)} <${printType(p.type)}>`, text: `${text} (${preset})`.trim() };
  });
  const width =
    greatest(
      options.map((o) => o.name.length),
      0,
    ) + 2;
  const lines = options.map((o) => `  ${o.name.padEnd(width)}${o.text}`);
  return lines.length === 0 ? [] : ["", "Its own options:", ...lines];
}

/** The help of a tool; `general` is the help of `run`. */
export function toolHelp(tool: ToolDefinition, general: string): string {
  return [
    `Usage: faultline run ${tool.name.text} [options]`,
    ...(tool.doc ? ["", tool.doc.text] : []),
    ...optionLines(tool),
    "",
    general.slice(Math.max(0, general.indexOf("Options:"))).replace("Options:", "Options of every run:"),
  ].join("\n");
}
