/** Every example in the documents compiles, and every command that they name exists with its options. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createWholeProgram } from "../../src/cli/program.js";
import { readRequest } from "../../src/cli/request/request.js";
import { bundledTarget, compileFor, type TargetKernel } from "../../src/cli/request/target-kernel.js";
import type { Compiled, CompileOptions, Kernel } from "../../src/index.js";
import { CgroupNames } from "../../src/kernel/cgroups/cgroup-names.js";
import { parse } from "../../src/syntax/parser/parser.js";
import { wordsOf } from "../../src/run/process/command.js";
import { ROOT } from "../cli/faultline.js";
import { commandsIn, definitionsIn, MARKDOWN, queriesIn } from "./markdown-examples.js";

const machines = new Map<string, Promise<TargetKernel>>();

/** A bundled target with control groups, which only a running machine has. */
function machine(name: string): Promise<TargetKernel> {
  const known = machines.get(name) ?? openMachine(name);
  machines.set(name, known);
  return known;
}

async function openMachine(name: string): Promise<TargetKernel> {
  const { kernel, whole, ...rest } = await bundledTarget(name);
  const grouped = (of: Kernel): Kernel =>
    Object.assign(Object.create(of) as Kernel, { cgroups: () => new CgroupNames(GROUPS) });
  return { ...rest, kernel: grouped(kernel), ...(whole ? { whole: () => grouped(whole()) } : {}) };
}

const GROUPS = ["/system.slice", "/kubepods.slice/pod1"].map((path, i) => ({ path, id: BigInt(i + 1) }));
const debian13 = await machine("debian13");

/** Where what Debian 13 lacks may be. */
const others = await Promise.all(["sid", "debian12"].map(machine));

/** What is wrong with a text, as it is compiled to be run, on the first of the targets that has what it asks for. */
function mistakesIn(text: string, options: CompileOptions = {}, target = debian13): readonly string[] {
  const targets = target === debian13 ? [debian13, ...others] : [target];
  const compile = (on: TargetKernel): Compiled => compileFor(on, text, { ...options, form: "stream" });
  const first = compile(target);
  const compiled = first.unavailable ? (targets.slice(1).map(compile).find(({ script }) => script) ?? first) : first; // prettier-ignore
  const found = compiled.diagnostics.map(({ message }) => message);
  return compiled.script || found.length > 0 ? found : ["no script"];
}

/** The commands whose words are a query, a file or a tool. */
const OF_QUERIES = ["run", "compile", "check", "explain", "review", "overhead"];

/** Words that stand for others: `NAME`, `QUERY`, `HASH`, `x.reviewed`. */
const stands = (word: string): boolean => /^[A-Z]+$|…|^\w+\|/.test(word);

/** What is wrong with a command line, without `faultline`. */
async function mistakesInCommand(line: string): Promise<readonly string[]> {
  const [before = []] = [wordsOf(line)].map((words) => {
    const end = words?.indexOf("--") ?? -1;
    return end < 0 ? words : words?.slice(0, end);
  });
  const program = await createWholeProgram();
  const [first = "", second = ""] = before;
  const named = program.commands.find((each) => each.name() === first);
  if (first.startsWith("-") && first !== "-") return [];
  const sub = named?.commands.find((each) => each.name() === second);
  const command = sub ?? named ?? program.commands.find((each) => each.name() === "run");
  if (!command) return ["there is no command `run`"];
  const words = before.slice(sub ? 2 : named ? 1 : 0);
  const { operands, unknown } = command.parseOptions([...words]);
  const what = [...operands, ...unknown];
  if (!OF_QUERIES.includes(command.name())) return unknown.map((word) => `${word} is no option`);
  // The rest of the line comes from elsewhere.
  const isOther = what.includes("-") || what.includes("--help");
  const isFile = what.some((word) => /\.(?:fl|reviewed)$/.test(word) && !existsSync(join(ROOT, word)));
  if (what.length === 0 || what.some(stands) || isFile || isOther) return [];
  const values = command.opts();
  const { kernel, pid } = values as { readonly kernel?: string; readonly pid?: string };
  const request = readRequest(what, values as Parameters<typeof readRequest>[1]);
  const target = kernel === undefined || kernel === "all" ? debian13 : await machine(kernel);
  const process = pid === undefined ? {} : { process: { pid: Number(pid), followed: false } };
  return mistakesIn(request.text, { ...request.options, ...process }, target);
}

/** Of each page, what it has of one kind; a page without any has no test of them. */
function examplesOf(find: (text: string) => readonly string[]): (readonly [string, readonly string[]])[] {
  return MARKDOWN.map(
    (path) => [path, [...new Set(find(readFileSync(join(ROOT, path), "utf8")))]] as const,
  ).filter(([, found]) => found.length > 0);
}

it.each(examplesOf(commandsIn))("%s has commands that there are", async (_, commands) => {
  for (const line of commands) expect([line, await mistakesInCommand(line)]).toEqual([line, []]);
});

it.each(examplesOf(queriesIn))("%s has queries that compile", (_, queries) => {
  for (const query of queries) expect([query, mistakesIn(query)]).toEqual([query, []]);
});

it.each(examplesOf(definitionsIn))("%s has definitions that compile", (_, definitions) => {
  for (const each of definitions) {
    const { items } = parse({ name: "example", text: each }).file;
    const tool = items.find(({ kind }) => kind === "tool");
    const isAlone = tool?.kind === "tool" && !items.some(({ kind }) => kind === "query");
    const options = isAlone ? { tool: { name: tool.name.text, arguments: {} } } : {};
    expect([each, mistakesIn(each, options)]).toEqual([each, []]);
  }
});
