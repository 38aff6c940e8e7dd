/** Makes docs/tools.md: for each tool its description, an example with real output, and its options. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { optionLines } from "../src/cli/request/tool-options.js";
import { bundledKernel, bundledNames, compile, standardLibrary } from "../src/index.js";
import { TOOL_NOTES } from "./tool-notes.js";

const outputs = join(import.meta.dirname, "../docs/outputs");

/** Returns the output captured in a guest; undefined if the tool's example has not been run. */
export function outputOf(name: string): string | undefined {
  const path = join(outputs, `${name}.txt`);
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd() : undefined;
}

/** Returns why the tool cannot run on a bundled kernel; undefined if it can. */
export function whyNotHere(tool: string, name: string): string | undefined {
  const kernel = bundledKernel(name);
  if (compile("", { kernel, tool: { name: tool, arguments: {} } }).script) return undefined;
  return `It does not run on \`${name}\` (${kernel.release}): that kernel has no kprobes, and nothing else sees this event.`;
}

export function toolDocs(): string {
  const library = standardLibrary();
  const on = outputOf("on") ?? "no machine yet";
  return [
    "# Tools",
    "",
    "Made by `npm run docs`; what the definitions do not say is in scripts/tool-notes.ts. The outputs are real. They come",
    `from a guest (${on}), each while a workload of test/kernel/workloads ran, and are cut`,
    "at `…`. Guests are emulated, so times are longer than on your machine.",
    "",
    "Every tool also takes the options of every run: `-p PID`, `-c COMMAND`, `--by`, `--where`, `--comm`, `--every`, `--top`,",
    "`--for`, `--format`, `-o FILE`.",
    "",
    ...library.toolNames().toSorted().flatMap(section),
    ...memorySection(),
  ].join("\n");
}

function section(name: string): string[] {
  const definition = standardLibrary().tool(name)?.definition;
  const note = TOOL_NOTES[name];
  if (!definition || !note) throw new Error(`scripts/tool-notes.ts says nothing of the tool ${name}`);
  const options = optionLines(definition).slice(2);
  return [
    `## ${name}`,
    "",
    definition.doc?.text ?? "",
    "",
    ...example(name, `faultline ${note.command}`),
    ...(options.length === 0
      ? ["It has no options of its own."]
      : ["Its own options:", "", ...fenced(options)]),
    "",
    `The original: ${note.original}`,
    "",
    ...bundledNames.flatMap((kernel) => {
      const why = whyNotHere(name, kernel);
      return why === undefined ? [] : [why, ""];
    }),
  ];
}

/** Returns the section about `memory`, a command and not a tool: it reads /proc and needs no tracer. */
function memorySection(): string[] {
  return [
    "## memory",
    "",
    "What `free`, `vmstat`, `sar` and `pmap` show of this machine and, with `-p`, of a process, and the query to run next.",
    "It reads /proc for a second, and needs neither root nor bpftrace.",
    "",
    ...example("memory", "faultline memory -p $$"),
    "Its options: `-p PID`, and `--format text` or `json`.",
    "",
    "The original: four programs, none of which says what to ask next.",
    "",
  ];
}

function example(name: string, command: string): string[] {
  const output = outputOf(name);
  return fenced([`$ ${command}`, ...(output === undefined ? [] : output.split("\n"))]).concat("");
}

const fenced = (lines: readonly string[]): string[] => ["```text", ...lines, "```"];
