/** Makes the manual and the completion scripts from the same definitions as `--help`. */
import type { Command } from "commander";
import { SCRIPTS } from "../src/cli/commands/completion-scripts.js";
import { TOPICS, type Topic } from "../src/cli/request/help-topics.js";
import { createWholeProgram, EXAMPLES } from "../src/cli/program.js";
import { pathOf } from "../src/cli/request/usage-error.js";
import { ManPage } from "./man-page.js";

export interface Edition {
  readonly version: string;
  /** The date, as in 2026-01-31. */
  readonly date: string;
}

/** Returns the texts of all pages and scripts, by their paths below `dist`. */
export async function commandDocs(edition: Edition): Promise<ReadonlyMap<string, string>> {
  const program = await createWholeProgram();
  const scripts = Object.values(SCRIPTS).map(({ file, text }) => [`completions/${file}`, text] as const);
  const pages = [
    programPage(program, edition),
    ...program.commands.map((each) => commandPage(each, edition)),
  ];
  return new Map([...pages.map(([name, text]) => [`man/${name}.1`, text] as const), ...scripts]);
}

type NamedPage = readonly [name: string, text: string];

const pageName = (command: Command): string => pathOf(command).replaceAll(" ", "-");

/** Returns the page of `faultline`, with a section for each topic of `faultline help`. */
function programPage(program: Command, edition: Edition): NamedPage {
  const page = new ManPage("faultline", "ask a question about a Linux machine's memory in one line", edition);
  page
    .section("SYNOPSIS")
    .synopsis("faultline", "'QUERY' [options]")
    .paragraph("`faultline` COMMAND [options]")
    .section("DESCRIPTION")
    .paragraph(
      "Faultline is a small typed query language. A query is checked, planned for the kernel it will run on, and compiled to a bpftrace script, or a BCC program, that a person can read, review and run. Results go to standard output, all else to standard error.",
    )
    .section("COMMANDS");
  for (const command of program.commands) page.entry(synopsisOf(command), command.description());
  page.section("OPTIONS");
  addOptions(page, program);
  for (const topic of TOPICS) addTopic(page, topic);
  page.section("EXAMPLES").example(EXAMPLES);
  page.seeAlso([...program.commands.map(pageName), "bpftrace"]);
  return ["faultline", page.text()];
}

function commandPage(command: Command, edition: Edition): NamedPage {
  const name = pageName(command);
  const page = new ManPage(name, command.description(), edition);
  page.section("SYNOPSIS");
  if (command.commands.length === 0) page.synopsis(pathOf(command), usageOf(command));
  else page.paragraph(command.commands.map((each) => `\`${pathOf(each)}\` ${usageOf(each)}`).join("; "));
  page.section("DESCRIPTION").paragraph(sentence(command.description()));
  addArguments(page, command);
  if (command.commands.length === 0) {
    page.section("OPTIONS");
    addOptions(page, command);
  }
  for (const each of command.commands) {
    page.section(each.name().toUpperCase()).paragraph(sentence(each.description()));
    addArguments(page, each, false);
    addOptions(page, each);
  }
  const status = TOPICS.find((topic) => topic.name === "exit-codes");
  if (status) addTopic(page, status);
  page.seeAlso(["faultline"]);
  return [name, page.text()];
}

function addArguments(page: ManPage, command: Command, hasSection = true): void {
  if (command.registeredArguments.length === 0) return;
  if (hasSection) page.section("ARGUMENTS");
  for (const argument of command.registeredArguments) page.entry(argument.name(), argument.description);
}

function addOptions(page: ManPage, command: Command): void {
  for (const option of command.createHelp().visibleOptions(command))
    page.entry(option.flags, command.createHelp().optionDescription(option));
}

function addTopic(page: ManPage, { name, about, parts }: Topic): void {
  page.section(name === "exit-codes" ? "EXIT STATUS" : name.toUpperCase()).paragraph(sentence(about));
  for (const part of parts()) {
    if (typeof part === "string") page.paragraph(part);
    else for (const [word, text] of part) page.entry(word, text);
  }
}

/** Returns the usage after the name. */
const usageOf = (command: Command): string => command.usage();

const synopsisOf = (command: Command): string => `${pathOf(command)} ${usageOf(command)}`.trim();

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
