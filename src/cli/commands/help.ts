/** `faultline help TOPIC`: shows a command, a topic, a tool, a source or a concept. */
import type { Command } from "commander";
import { didYouMean } from "../../diagnostics/suggest.js";
import { conceptNamed } from "../../explain/concepts.js";
import { Page } from "../../explain/page.js";
import { standardLibrary } from "../../index.js";
import { defineCommand, loaded } from "../command.js";
import { EXIT } from "../exit.js";
import { argument } from "../request/options.js";
import { textStyle } from "../output/terminal.js";
import { CliError } from "../failure.js";
import { TOPICS, type Topic } from "../request/help-topics.js";
import { valuesOf } from "../request/values.js";

export const helpCommand = defineCommand({
  arguments: [argument("[topic...]", "topic", "its name")],
  options: {},
  action: ([topic], _, { program }) => help(topic, program),
});

export async function help(words: readonly string[], program: Command): Promise<number> {
  const [first] = words;
  if (first === undefined) {
    program.outputHelp();
    process.stdout.write(`\n${await pageOf(OVERVIEW)}`);
    return EXIT.done;
  }
  const command = words.reduce<Command | undefined>(
    (at, word) => at?.commands.find((each) => each.name() === word),
    program,
  );
  if (command) {
    process.stdout.write((await loaded(command)).helpInformation());
    return EXIT.done;
  }
  const name = words.join(" ");
  const topic = TOPICS.find((each) => each.name === name);
  if (topic) {
    process.stdout.write(await pageOf(topic));
    return EXIT.done;
  }
  const library = standardLibrary();
  const tool = library.tool(name)?.definition;
  if (tool) {
    const run = program.commands.find((each) => each.name() === "run") ?? program;
    const { toolHelp } = await import("../request/tool-options.js");
    process.stdout.write(toolHelp(tool, (await loaded(run)).helpInformation()));
    return EXIT.done;
  }
  if (library.find(name)) return (await import("./doc.js")).showDoc(name);
  if (conceptNamed(name)) return (await import("./explain-concept.js")).showConcept(name, false);
  const names = [...program.commands.map((each) => each.name()), ...(await valuesOf("topic")).words.map((w) => w.value)]; // prettier-ignore
  throw new CliError(
    `there is no command, topic, tool, source or concept \`${name}\``,
    EXIT.usage,
    didYouMean(name, names) ?? "`faultline help` shows the commands and the topics",
  );
}

/** Lists the topics. */
const OVERVIEW: Topic = {
  name: "Topics",
  about: "`faultline help NAME` describes a command, a topic, a tool, a source or a concept",
  parts: () => [TOPICS.map(({ name, about }) => [name, about] as const)],
};

async function pageOf({ name, about, parts }: Topic): Promise<string> {
  const style = await textStyle(process.stdout);
  const page = new Page(style);
  page.line(style.heading(`${name}: ${about}`));
  for (const part of parts()) {
    if (typeof part === "string") page.prose(part, "");
    else for (const [word, text] of part) page.entry(word, text, part.map(([each]) => each)); // prettier-ignore
    page.line();
  }
  return `${page.text().trimEnd()}\n`;
}
