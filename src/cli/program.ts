/**
 * The commands and their options, each with the file that does it, loaded when it is used. `--help`, completion and the
 * manual are made of this; importing it runs nothing.
 */
import { Command } from "commander";
import { chooseColor } from "../view/color.js";
import { argument, taking } from "./request/definitions.js";
import type { Flags } from "./request/request.js";
import { version } from "./version.js";

export const EXAMPLES = [
  "faultline 'faults by comm, pid for 5s'",
  "faultline compile 'faults by comm, ustack where file ~ \"*.so\"' --kernel debian12",
  "faultline list",
];

function target(command: Command): Command {
  return command
    .addOption(
      taking(
        "--kernel <profile>",
        "kernel",
        "compile for this kernel: live, or a bundled profile (default: live on Linux)",
      ),
    )
    .addOption(
      taking(
        "--bpftrace <version>",
        "text",
        "compile for this version of bpftrace (default: the one installed)",
      ),
    )
    .addOption(
      taking(
        "--bcc <version>",
        "text",
        "compile for this version of BCC (default: the target's, or the newest)",
      ),
    );
}

/** Clauses for the query, and the options of a tool, which are its own. */
function query(command: Command): Command {
  return target(command)
    .allowUnknownOption()
    .addOption(taking("--by <keys>", "fields", "group by these, in place of the query's own"))
    .addOption(taking("--show <columns>", "fields", "show each event, in place of what the query sums up"))
    .addOption(taking("--where <condition>", "fields", "only events for which this holds too"))
    .addOption(taking("--comm <pattern>", "text", "only processes with such a name: nginx, 'kworker*'"))
    .addOption(taking("--every <duration>", "text", "print at this interval"))
    .addOption(taking("--top <n>", "text", "only so many groups, such as 10 or '10 by total'"))
    .addOption(
      taking("--library <name>", "library", "what stands for the C library: jemalloc, or the path of a file"),
    )
    .addOption(taking("--for <duration>", "text", "end after this time"))
    .addOption(taking("--tool <name>", "tool-of-file", "run this tool, which the .fl file defines"))
    .addOption(taking("--set <option...>", "set", "a tool's option: NAME=VALUE"));
}

const QUERY = "a query, a .fl file, the name of a tool and its options, or - for standard input";

const onlyPid = () => taking("-p, --pid <pid>", "text", "only this process");
const intoFile = () =>
  taking("-o, --output <file>", "file", "write the result to a file, in the format that its name ends in");
const maxEntries = () => taking("--max-entries <n>", "text", "how many keys a map may have");
const SCROLL = "on a terminal: tables of `every` one below the other, not in place";

export function createProgram(): Command {
  const program = new Command("faultline")
    .description("Ask a question about a Linux machine's memory in one line.")
    .version(version())
    .option("--color", "colours, also where the output is no terminal")
    .option("--no-color", "no colours; as where NO_COLOR is set")
    .on("option:color", () => chooseColor(true))
    .on("option:no-color", () => chooseColor(false))
    .helpCommand(false)
    .exitOverride()
    // What is wrong is told where it ends: see usage-error.ts.
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", `\nExamples:\n${EXAMPLES.map((line) => `  ${line}\n`).join("")}`);
  addQueryCommands(program);
  addReferenceCommands(program);
  addRecordingCommands(program);
  addMachineCommands(program);
  return program;
}

function addQueryCommands(program: Command): void {
  const run = query(
    program
      .command("run", { isDefault: true })
      .description("run a query, a file or a tool, and print its result")
      .addArgument(argument("[what...]", "query", QUERY))
      .helpOption(false),
  )
    .option("-h, --help", "show what there is to say; of a tool too")
    .addOption(onlyPid())
    .addOption(taking("--via <tracer>", "tracer", "trace with bpftrace or bcc", "bpftrace"))
    .addOption(
      taking(
        "-c, --command <command>",
        "command",
        "start this command, trace it and what it starts, and end with it",
      ),
    )
    .addOption(intoFile())
    .addOption(
      taking(
        "--format <format>",
        "result-format",
        "table, json, ndjson, csv, folded, svg, html, speedscope, trace (default: table)",
      ),
    )
    .option("--scroll", SCROLL)
    .addOption(taking("--record <file>", "file", "also keep the raw output, to replay it; NAME.gz is packed"))
    .addOption(maxEntries())
    .action(async (what: string[], flags: Flags) => {
      if (flags.help === true) {
        const { toolNamed } = await import("./request/request.js");
        const tool = toolNamed(what);
        const general = run.helpInformation();
        process.stdout.write(
          tool ? (await import("./request/tool-options.js")).toolHelp(tool, general) : general,
        );
        return;
      }
      process.exitCode = await (await import("./commands/run.js")).run(what, flags);
    });

  query(
    program
      .command("compile")
      .description("print the script that would be run")
      .addArgument(argument("<what...>", "query", QUERY)),
  )
    .addOption(taking("--to <backend>", "backend", "bpftrace, bcc or bcc-oneliner", "bpftrace"))
    .addOption(onlyPid())
    .addOption(taking("-o, --output <file>", "file", "write the script to a file"))
    .addOption(maxEntries())
    .action(async (what: string[], flags: Flags) => {
      process.exitCode = await (await import("./commands/compile.js")).compileCommand(what, flags);
    });

  query(
    program
      .command("check")
      .description("tell what is wrong with a query or a file, and run nothing")
      .addArgument(argument("<what...>", "query", QUERY)),
  ).action(async (what: string[], flags: Flags) => {
    process.exitCode = await (await import("./commands/check.js")).checkCommand(what, flags);
  });

  query(
    program
      .command("explain")
      .description("tell what a query means, which probes it takes and why, and what it costs")
      .addArgument(argument("[what...]", "query", QUERY)),
  )
    .addOption(taking("--format <format>", "json-or-text", "text or json", "text"))
    .addOption(
      taking(
        "--concept [name]",
        "concept",
        "a lesson on one of the concepts of BPF; without a name, which there are",
      ),
    )
    .action(async (what: string[], flags: Flags) => {
      process.exitCode = await (await import("./commands/explain.js")).explainCommand(what, flags);
    });

  target(
    program
      .command("overhead")
      .description("measure what a query costs a command: run it with and without, in turn")
      .addArgument(argument("<query>", "query", "a query, a .fl file, or the name of a tool"))
      .addArgument(argument("<command...>", "command", "after `--`; its output is dropped")),
  )
    .addOption(taking("-p, --pid <pid>", "text", "trace only this process (default: all)"))
    .addOption(taking("--pairs <n>", "text", "how many times with and without (default: 5)"))
    .addOption(taking("--format <format>", "json-or-table", "table or json", "table"))
    .addOption(taking("--set <option...>", "set", "a tool's option: NAME=VALUE"))
    .action(async (query: string, command: string[], flags: Flags) => {
      process.exitCode = await (await import("./commands/overhead.js")).overhead(query, command, flags);
    });

  program
    .command("fmt")
    .description("print a query or .fl files in the one canonical layout")
    .addArgument(argument("<what...>", "query", "a query, .fl files, or - for standard input"))
    .option("--check", "only tell whether they are formatted")
    .option("--write", "write the files in place")
    .action(async (what: string[], flags: Flags) => {
      process.exitCode = await (await import("./commands/fmt.js")).fmt(what, flags);
    });
}

function addReferenceCommands(program: Command): void {
  target(
    program
      .command("list")
      .description("show the sources and tools there are, or (list probes PATTERN) the kernel's probes")
      .addArgument(
        argument("[what...]", "name", "only names that match, such as 'swap*'; or: probes 'vmscan:*'"),
      ),
  )
    .addOption(taking("--format <format>", "json-or-table", "table or json", "table"))
    .action(async (what: string[], flags: Flags) => {
      process.exitCode = await (await import("./commands/list.js")).list(what, flags);
    });

  target(
    program
      .command("doc")
      .description("show what a source or a tool is, and its fields")
      .addArgument(argument("<name>", "name", "of a source or a tool")),
  ).action(async (name: string, flags: Flags) => {
    process.exitCode = await (await import("./commands/doc.js")).doc(name, flags);
  });

  program
    .command("help")
    .description(
      "tell about a command, a tool, a source, a concept or a topic; without a name, which there are",
    )
    .addArgument(argument("[topic...]", "topic", "its name"))
    .action(async (topic: string[]) => {
      process.exitCode = await (await import("./commands/help.js")).help(topic, program);
    });

  program
    .command("completion")
    .description("print what a shell needs to complete the words of faultline")
    .addArgument(argument("<shell>", "shell", "bash, zsh or fish"))
    .action(async (shell: string) => {
      process.exitCode = (await import("./commands/completion-scripts.js")).completion(shell);
    });
}

function addRecordingCommands(program: Command): void {
  program
    .command("replay")
    .description(
      "show a recording again, in any format, on any machine; without a name, list those that come along",
    )
    .addArgument(
      argument(
        "[recording]",
        "recording",
        "a file that `run --record` made, or the name of one that comes with faultline",
      ),
    )
    .addOption(intoFile())
    .addOption(taking("--format <format>", "result-format", "as of run (default: table)"))
    .addOption(taking("--speed <speed>", "speed", "real, max, or how many times as fast as it was", "max"))
    .option("--scroll", SCROLL)
    .action(async (what: string | undefined, flags: Flags) => {
      process.exitCode = await (await import("./commands/replay.js")).replay(what, flags);
    });

  program
    .command("diff")
    .description("tell what changed from one recording to another")
    .addArgument(argument("<before>", "recording", "a recording"))
    .addArgument(argument("<after>", "recording", "a recording of the same query"))
    .addOption(intoFile())
    .addOption(taking("--format <format>", "result-format", "as of run (default: table)"))
    .addOption(taking("--by <keys>", "text", "only by these of the query's keys: comm,pid"))
    .addOption(taking("--top <n>", "text", "only so many of the largest changes"))
    .action(async (before: string, after: string, flags: Flags) => {
      process.exitCode = await (await import("./commands/diff.js")).diff(before, after, flags);
    });
}

function addMachineCommands(program: Command): void {
  program
    .command("memory")
    .description(
      "a first look at this machine's memory, as free, vmstat and pmap give it, and what to ask next",
    )
    .addOption(taking("-p, --pid <pid>", "text", "and at this process"))
    .addOption(taking("--format <format>", "json-or-text", "text or json", "text"))
    .action(async (flags: Flags) => {
      process.exitCode = await (await import("./commands/memory.js")).memory(flags);
    });

  program
    .command("doctor")
    .description("tell whether this machine is ready, and how to mend what is not")
    .addOption(taking("--format <format>", "json-or-text", "text or json", "text"))
    .action(async (flags: Flags) => {
      process.exitCode = await (await import("./commands/doctor.js")).doctor(flags);
    });

  program
    .command("exercise")
    .description("lessons on memory analysis: list them, show one, or run what it says")
    .addArgument(argument("[which]", "exercise", "its number or its name"))
    .option(
      "--run",
      "run its commands in turn on its workload; needs root, and changes the machine for a while",
    )
    .action(async (which: string | undefined, flags: Flags) => {
      const does = (words: readonly string[]): Promise<unknown> => obey(program, words);
      process.exitCode = await (await import("./commands/exercise.js")).exercise(which, flags, does);
    });

  const profile = program
    .command("profile")
    .description("capture what a kernel offers, to compile for it elsewhere");

  profile
    .command("capture")
    .description("write a profile of this machine's kernel; needs root, and no bpftrace")
    .addOption(
      taking("-o, --output <file>", "file", "where to (default: the kernel's release and `.profile`)"),
    )
    .addOption(taking("--id <name>", "text", "the name it goes by (default: the kernel's release)"))
    .action(async (flags: Flags) => {
      process.exitCode = await (await import("./commands/profile.js")).capture(flags);
    });

  profile
    .command("show")
    .description("tell what is in a profile")
    .addArgument(argument("<file>", "file", "a captured profile"))
    .action(async (file: string) => {
      process.exitCode = (await import("./commands/profile.js")).show(file);
    });
}

/** Options of the program itself, which may stand before the command. */
export const GLOBAL_OPTIONS: readonly string[] = ["--color", "--no-color"];

/**
 * Does what the words behind `faultline` say, and leaves the exit status in `process.exitCode`. Throws a `CommanderError`
 * or what the command throws.
 */
export async function obey(program: Command, words: readonly string[]): Promise<unknown> {
  const at = words.findIndex((word) => !GLOBAL_OPTIONS.includes(word));
  const first = words[at];
  // So that `faultline vmscan --help` asks the tool and not the program.
  const isRun =
    first !== undefined &&
    (first === "-" || !first.startsWith("-")) &&
    !program.commands.some((c) => c.name() === first);
  if (!isRun) return program.parseAsync(words, { from: "user" });
  if (/^[\w-]+$/.test(first)) {
    const { checkName } = await import("./request/mistyped.js");
    checkName(words.slice(at), program.commands.map((c) => c.name())); // prettier-ignore
  }
  return program.parseAsync(["run", ...words], { from: "user" });
}
