/** Completion: which words the engine offers, and that real shells complete them. */
import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { complete } from "../../src/cli/commands/complete.js";
import { SCRIPTS } from "../../src/cli/commands/completion-scripts.js";
import { TypedArgument, TypedOption } from "../../src/cli/request/options.js";
import { optionOf } from "../../src/cli/request/tool-options.js";
import { createWholeProgram } from "../../src/cli/program.js";
import { bundledNames, standardLibrary } from "../../src/index.js";
import { COMMAND, ROOT } from "./faultline.js";
import { inTerminal, type Seen } from "./in-terminal.js";
import { temporaryFolder } from "../temporary-folder.js";

const program = await createWholeProgram();
const commands = program.commands.flatMap((c) => (c.commands.length > 0 ? c.commands : [c]));
const pathOf = (name: string): string[] => (["capture", "show"].includes(name) ? ["profile", name] : [name]);

async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const found = await complete(program, words.slice(0, -1), words.at(-1) ?? "");
  return found.words.map(({ value }) => value);
}

describe("completion offers", () => {
  it.each(commands.map((c) => [c.name(), c] as const))("every option of %s", async (name, command) => {
    const all = await offered(...pathOf(name), "-");
    for (const { long, short } of command.createHelp().visibleOptions(command))
      for (const word of [long, short]) if (word !== undefined) expect(all).toContain(word);
  });

  it("the commands, tools and sources at the start", async () => {
    const all = await offered("");
    for (const { name } of program.commands.map((c) => ({ name: c.name() }))) expect(all).toContain(name);
    expect(all).toEqual(expect.arrayContaining(["memleak", "faults", "open"]));
  });

  it("values of everything that takes one of a few", () => {
    const kinds = commands.flatMap((c) => [...c.options, ...c.registeredArguments]);
    for (const each of kinds)
      if (!("required" in each) || each.required || each instanceof TypedArgument)
        if (!(each instanceof TypedArgument) && "flags" in each && each.flags.includes("<"))
          expect(each, each.flags).toBeInstanceOf(TypedOption);
  });

  it.each<[readonly string[], readonly string[]]>([
    [
      ["run", "--format", "s"],
      ["svg", "speedscope"],
    ],
    [
      ["run", "--format=s"],
      ["--format=svg", "--format=speedscope"],
    ],
    [["compile", "faults", "--kernel", "deb"], bundledNames.filter((name) => name.startsWith("deb"))],
    [
      ["compile", "--to", "bcc"],
      ["bcc", "bcc-oneliner"],
    ],
    [
      ["run", "--via", "b"],
      ["bpftrace", "bcc"],
    ],
    [["explain", "--concept", "kret"], ["kretprobe"]],
    [["exercise", "09"], ["09-memory-leak"]],
    [
      ["replay", "exercise-1"],
      ["exercise-1", "exercise-10"],
    ],
    [
      ["profile", ""],
      ["capture", "show"],
    ],
    [["doc", "memleak"], ["memleak"]],
    [["help", "unit"], ["units"]],
    [["completion", "z"], ["zsh"]],
    [["memleak", "--min-a"], ["--min-age"]],
    [["run", "memleak", "--min-age", "5s", "--eac"], ["--each"]],
    [["faults", "by", "com"], ["comm"]],
    [["malloc by size whe"], ["malloc by size where"]],
    [["malloc sum(siz"], ["malloc sum(size"]],
    [["compile", "malloc where siz"], ["malloc where size"]],
    [["open allocatio"], ["open allocation"]],
    [["faults", "--by", "comm,pi"], ["comm,pid"]],
    [['malloc where comm == "si'], []],
  ])("%j: %j", async (words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });

  it("the options of each tool", async () => {
    const library = standardLibrary();
    for (const name of library.toolNames()) {
      const all = await offered(name, "--");
      for (const parameter of library.tool(name)?.definition.parameters ?? [])
        expect(all).toContain(optionOf(parameter));
    }
  });
});

const folder = temporaryFolder();
const scripts = Object.fromEntries(
  Object.values(SCRIPTS).map(({ file, text }) => {
    writeFileSync(join(folder, file), text);
    return [file, join(folder, file)];
  }),
);
writeFileSync(
  join(folder, "faultline"),
  `#!/bin/sh\nexec ${COMMAND.map((word) => `'${word}'`).join(" ")} "$@"\n`,
);
chmodSync(join(folder, "faultline"), 0o755);
writeFileSync(join(folder, "mine.fl"), "faults");

const has = (shell: string): boolean => spawnSync(shell, ["--version"]).error === undefined;
const inShell = (shell: string, script: string): string => {
  const { stdout, stderr } = spawnSync(shell, ["-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}`, HOME: folder, TERM: "dumb" },
    timeout: 50_000,
  });
  expect(stderr).toBe("");
  return stdout;
};

/** Types a line and the tabulator into a shell that has been set up; no step is left when what it completes is seen. */
const typed = (
  shell: readonly [string, ...string[]],
  setUp: string,
  line: string,
  completed: string,
): Promise<Seen> =>
  inTerminal(
    shell.slice(1),
    [
      ["", { keys: `${setUp}; PS1='SET''UP> '\n` }],
      ["SETUP> ", { keys: `${line}\t` }],
      [completed, { signal: constants.signals.SIGKILL }],
    ],
    {
      command: [shell[0]],
      env: {
        PATH: `${folder}:${process.env["PATH"] ?? ""}`,
        HOME: folder,
        TERM: "dumb",
      },
    },
  );

describe("in a real shell", () => {
  it.runIf(has("bash"))("bash completes a tool, a value and a file", () => {
    // What readline hands to the function that `complete` has put in place.
    const ask = (...words: readonly string[]): readonly string[] =>
      inShell(
        "bash",
        `source ${scripts["faultline.bash"]}
         complete -p faultline >/dev/null || exit 1
         COMP_WORDS=(${words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ")}); COMP_CWORD=${words.length - 1}
         _faultline faultline "\${COMP_WORDS[COMP_CWORD]}" '' 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`,
      )
        .split("\n")
        .filter((line) => line !== "");
    expect(ask("faultline", "memle")).toEqual(["memleak"]);
    expect(ask("faultline", "run", "--format", "=", "sv")).toEqual(["svg"]);
    expect(ask("faultline", "malloc sum(siz")).toEqual(["malloc sum(size"]);
    expect(ask("faultline", "check", "min")).toEqual(["mine.fl"]);
    expect(ask("faultline", "$(touch bad)", "`touch bad`")).toEqual([]);
    expect(ask("faultline", "malloc", "sum(size)")).toEqual([]);
    expect(spawnSync("ls", [folder], { encoding: "utf8" }).stdout).not.toContain("bad");
  });

  it.runIf(has("bash") && has("python3")).each([
    ["faultline memle", "faultline memleak "],
    ["faultline compile 'malloc by siz", "faultline compile 'malloc by size' "],
  ])("bash completes what is typed on a line, quoted or not: %s", async (line, completed) => {
    const setUp = `source ${scripts["faultline.bash"]}`;
    const { left } = await typed(["bash", "--norc", "-i"], setUp, line, completed);
    expect(left).toBe(0);
  });

  it.runIf(has("fish"))("fish completes", () => {
    const ask = (line: string): string =>
      inShell("fish", `source ${scripts["faultline.fish"]}; complete -C '${line}'`);
    expect(ask("faultline memle")).toMatch(/^memleak\tMemory/);
    expect(ask("faultline run --format sv")).toMatch(/^svg/);
    expect(ask("faultline check min")).toContain("mine.fl");
    expect(ask("faultline malloc by siz")).toMatch(/^size/);
  });

  it.runIf(has("zsh") && has("python3")).each([
    ["faultline memle", "memleak"],
    ["faultline run --format sv", "svg"],
  ])("zsh completes %s", async (line, completed) => {
    const setUp = `autoload -Uz compinit; compinit -D -u; source ${scripts["_faultline"]}`;
    const { left } = await typed(["zsh", "-f", "-i"], setUp, line, completed);
    expect(left).toBe(0);
  });

  it.each(Object.entries(SCRIPTS))("the script for %s is one for it", (shell, { file }) => {
    if (!has(shell)) return;
    const { status, stderr } = spawnSync(shell, ["-n", scripts[file] ?? ""], { cwd: ROOT, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });
});
