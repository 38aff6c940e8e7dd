/** The command line: one file a command, each loaded when it is used. */
import { Command, CommanderError } from "commander";
import { escapeLines } from "../view/escape.js";
import { leaveWhenClosed } from "./closed-output.js";
import { EXIT } from "./exit.js";

interface RunFlags {
  readonly [option: string]: string | boolean | undefined;
}

const program = new Command("faultline")
  .description("Ask a question about a Linux machine's memory in one line.")
  .version(process.env.FAULTLINE_VERSION ?? "0.1.0")
  .exitOverride()
  // A word that is refused is shown; the hint below it has a line of its own.
  .configureOutput({ outputError: (text, write) => write(escapeLines(text)) })
  .configureHelp({ showGlobalOptions: true })
  .addHelpText(
    "after",
    "\nExamples:\n  faultline 'faults by comm, pid for 5s'\n  faultline compile 'faults by comm, ustack where file ~ \"*.so\"' --kernel debian12\n  faultline list\n",
  );

function target(command: Command): Command {
  return command
    .option(
      "--kernel <profile>",
      "compile for this kernel: live, or a bundled profile (default: live on Linux)",
    )
    .option("--bpftrace <version>", "compile for this version of bpftrace (default: the one installed)")
    .option("--bcc <version>", "compile for this version of BCC (default: the target's, or the newest)");
}

/** Clauses for the query, and the options of a tool, which are its own. */
function query(command: Command): Command {
  return target(command)
    .allowUnknownOption()
    .option("--by <keys>", "group by these, in place of the query's own")
    .option("--show <columns>", "show each event, in place of what the query sums up")
    .option("--where <condition>", "only events for which this holds too")
    .option("--comm <pattern>", "only processes with such a name: nginx, 'kworker*'")
    .option("--every <duration>", "print at this interval")
    .option("--top <n>", "only so many groups, such as 10 or '10 by total'")
    .option("--library <name>", "what stands for the C library: jemalloc, or the path of a file")
    .option("--for <duration>", "end after this time")
    .option("--tool <name>", "run this tool, which the .fl file defines")
    .option("--set <option...>", "a tool's option: NAME=VALUE");
}

const runCommand = query(
  program
    .command("run", { isDefault: true })
    .description("run a query, a file or a tool, and print its result")
    .argument("[what...]", "a query, a .fl file, or the name of a tool and its options")
    .helpOption(false),
)
  .option("-h, --help", "show what there is to say; of a tool too")
  .option("-p, --pid <pid>", "only this process")
  .option("--via <tracer>", "trace with bpftrace or bcc", "bpftrace")
  .option("-c, --command <command>", "start this command, trace it and what it starts, and end with it")
  .option("-o, --output <file>", "write the result to a file, in the format that its name ends in")
  .option(
    "--format <format>",
    "table, json, ndjson, csv, folded, svg, html, speedscope, trace (default: table)",
  )
  .option("--scroll", "on a terminal: tables of `every` one below the other, not in place")
  .option("--record <file>", "also keep the raw output, to replay it; NAME.gz is packed")
  .option("--max-entries <n>", "how many keys a map may have")
  .action(async (what: string[], flags: RunFlags) => {
    if (flags.help === true) {
      const { toolNamed } = await import("./input.js");
      const tool = toolNamed(what);
      const general = runCommand.helpInformation();
      process.stdout.write(tool ? (await import("./tool-options.js")).toolHelp(tool, general) : general);
      return;
    }
    process.exitCode = await (await import("./run.js")).run(what, flags);
  });

target(
  program
    .command("overhead")
    .description("measure what a query costs a command: run it with and without, in turn")
    .argument("<query>", "a query, a .fl file, or the name of a tool")
    .argument("<command...>", "after `--`; its output is dropped"),
)
  .option("-p, --pid <pid>", "trace only this process (default: all)")
  .option("--pairs <n>", "how many times with and without (default: 5)")
  .option("--format <format>", "table or json", "table")
  .option("--set <option...>", "a tool's option: NAME=VALUE")
  .action(async (query: string, command: string[], flags: RunFlags) => {
    process.exitCode = await (await import("./overhead.js")).overhead(query, command, flags);
  });

query(
  program
    .command("compile")
    .description("print the script that would be run")
    .argument("<what...>", "a query, a .fl file, or the name of a tool"),
)
  .option("--to <backend>", "bpftrace, bcc or bcc-oneliner", "bpftrace")
  .option("-p, --pid <pid>", "only this process")
  .option("-o, --output <file>", "write the script to a file")
  .option("--max-entries <n>", "how many keys a map may have")
  .action(async (what: string[], flags: RunFlags) => {
    process.exitCode = await (await import("./compile.js")).compileCommand(what, flags);
  });

query(
  program
    .command("check")
    .description("tell what is wrong with a query or a file, and run nothing")
    .argument("<what...>", "a query or a .fl file"),
).action(async (what: string[], flags: RunFlags) => {
  process.exitCode = await (await import("./check.js")).checkCommand(what, flags);
});

query(
  program
    .command("explain")
    .description("tell what a query means, which probes it takes and why, and what it costs")
    .argument("[what...]", "a query, a .fl file, or the name of a tool"),
)
  .option("--format <format>", "text or json", "text")
  .option("--concept [name]", "a lesson on one of the concepts of BPF; without a name, which there are")
  .action(async (what: string[], flags: RunFlags) => {
    process.exitCode = await (await import("./explain.js")).explainCommand(what, flags);
  });

target(
  program
    .command("list")
    .description("show the sources and tools there are, or (list probes PATTERN) the kernel's probes")
    .argument("[what...]", "only names that match, such as 'swap*'; or: probes 'vmscan:*'"),
)
  .option("--format <format>", "table or json", "table")
  .action(async (what: string[], flags: RunFlags) => {
    process.exitCode = await (await import("./list.js")).list(what, flags);
  });

target(
  program
    .command("doc")
    .description("show what a source or a tool is, and its fields")
    .argument("<name>", "of a source or a tool"),
).action(async (name: string, flags: RunFlags) => {
  process.exitCode = await (await import("./doc.js")).doc(name, flags);
});

program
  .command("memory")
  .description(
    "a first look at this machine's memory, as free, vmstat and pmap give it, and what to ask next",
  )
  .option("-p, --pid <pid>", "and at this process")
  .option("--format <format>", "text or json", "text")
  .action(async (flags: RunFlags) => {
    process.exitCode = await (await import("./memory.js")).memory(flags);
  });

program
  .command("doctor")
  .description("tell whether this machine is ready, and how to mend what is not")
  .option("--format <format>", "text or json", "text")
  .action(async (flags: RunFlags) => {
    process.exitCode = await (await import("./doctor.js")).doctor(flags);
  });

program
  .command("replay")
  .description(
    "show a recording again, in any format, on any machine; without a name, list those that come along",
  )
  .argument("[recording]", "a file that `run --record` made, or the name of one that comes with faultline")
  .option("-o, --output <file>", "write the result to a file, in the format that its name ends in")
  .option("--format <format>", "as of run (default: table)")
  .option("--speed <speed>", "real, max, or how many times as fast as it was", "max")
  .option("--scroll", "on a terminal: tables of `every` one below the other, not in place")
  .action(async (what: string | undefined, flags: RunFlags) => {
    process.exitCode = await (await import("./replay.js")).replay(what, flags);
  });

program
  .command("diff")
  .description("tell what changed from one recording to another")
  .argument("<before>", "a recording")
  .argument("<after>", "a recording of the same query")
  .option("-o, --output <file>", "write the result to a file, in the format that its name ends in")
  .option("--format <format>", "as of run (default: table)")
  .option("--by <keys>", "only by these of the query's keys: comm,pid")
  .option("--top <n>", "only so many of the largest changes")
  .action(async (before: string, after: string, flags: RunFlags) => {
    process.exitCode = await (await import("./diff.js")).diff(before, after, flags);
  });

program
  .command("exercise")
  .description("lessons on memory analysis: list them, show one, or run what it says")
  .argument("[which]", "its number or its name")
  .option(
    "--run",
    "run its commands in turn on its workload; needs root, and changes the machine for a while",
  )
  .action(async (which: string | undefined, flags: RunFlags) => {
    process.exitCode = await (await import("./exercise.js")).exercise(which, flags, obey);
  });

program
  .command("fmt")
  .description("print a query or .fl files in the one canonical layout")
  .argument("<what...>", "a query, or .fl files")
  .option("--check", "only tell whether they are formatted")
  .option("--write", "write the files in place")
  .action(async (what: string[], flags: RunFlags) => {
    process.exitCode = await (await import("./fmt.js")).fmt(what, flags);
  });

const profile = program
  .command("profile")
  .description("capture what a kernel offers, to compile for it elsewhere");

profile
  .command("capture")
  .description("write a profile of this machine's kernel; needs root, and no bpftrace")
  .option("-o, --output <file>", "where to (default: the kernel's release and `.profile`)")
  .option("--id <name>", "the name it goes by (default: the kernel's release)")
  .action(async (flags: RunFlags) => {
    process.exitCode = await (await import("./profile.js")).capture(flags);
  });

profile
  .command("show")
  .description("tell what is in a profile")
  .argument("<file>", "a captured profile")
  .action(async (file: string) => {
    process.exitCode = (await import("./profile.js")).show(file);
  });

leaveWhenClosed();

// Not awaited: the bundle is a CommonJS file, whose start costs half of that of a module.
const isCommand = (word: string): boolean =>
  word === "help" || program.commands.some((c) => c.name() === word);
/** Does what the words behind `faultline` say. */
function obey(words: readonly string[]): Promise<unknown> {
  const [first] = words;
  // So that `faultline vmscan --help` asks the tool and not the program.
  const isRun = first !== undefined && !first.startsWith("-") && !isCommand(first);
  return program.parseAsync(isRun ? ["run", ...words] : words, { from: "user" });
}
obey(process.argv.slice(2)).catch(async (error: unknown) => {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  else process.exitCode = (await import("./failure.js")).reportFailure(error);
});
