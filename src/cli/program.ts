/**
 * The commands by name, each with the module that defines it, loaded when it is used. `--help`, completion and the manual
 * are generated from this table; importing it runs nothing.
 */
import { Command } from "commander";
import { chooseColor } from "../view/color.js";
import { LazyCommand, loaded, type CommandDefinition } from "./command.js";
import { version } from "./version.js";

export const EXAMPLES = [
  "faultline 'faults by comm, pid for 5s'",
  "faultline compile 'faults by comm, ustack where file ~ \"*.so\"' --kernel debian12",
  "faultline list",
];

interface Named {
  readonly name: string;
  readonly description: string;
  /** The command to run if none is named. */
  readonly isDefault?: true;
}

type CommandEntry = Named &
  ({ readonly load: () => Promise<CommandDefinition> } | { readonly commands: readonly CommandEntry[] });

const COMMANDS: readonly CommandEntry[] = [
  {
    name: "run",
    description: "run a query, a file or a tool, and print its result",
    isDefault: true,
    load: async () => (await import("./commands/run.js")).runCommand,
  },
  {
    name: "compile",
    description: "print the script that would be run",
    load: async () => (await import("./commands/compile.js")).compileCommand,
  },
  {
    name: "check",
    description: "report what is wrong with a query or a file, and run nothing",
    load: async () => (await import("./commands/check.js")).checkCommand,
  },
  {
    name: "explain",
    description: "explain what a query means, which probes it takes and why, and what it costs",
    load: async () => (await import("./commands/explain.js")).explainCommand,
  },
  {
    name: "review",
    description: "write what a reviewer signs: the script, what it reads and costs, and its hash",
    load: async () => (await import("./commands/review.js")).reviewCommand,
  },
  {
    name: "overhead",
    description: "measure what a query costs a command: run it with and without, in turn",
    load: async () => (await import("./commands/overhead.js")).overheadCommand,
  },
  {
    name: "fmt",
    description: "print a query or .fl files in the one canonical layout",
    load: async () => (await import("./commands/fmt.js")).fmtCommand,
  },
  {
    name: "list",
    description: "show the sources and tools there are, or (list probes PATTERN) the kernel's probes",
    load: async () => (await import("./commands/list.js")).listCommand,
  },
  {
    name: "doc",
    description: "show what a source or a tool is, and its fields",
    load: async () => (await import("./commands/doc.js")).docCommand,
  },
  {
    name: "help",
    description:
      "explain a command, a tool, a source, a concept or a topic; without a name, list what there is",
    load: async () => (await import("./commands/help.js")).helpCommand,
  },
  {
    name: "completion",
    description: "print a completion script for a shell",
    load: async () => (await import("./commands/completion-scripts.js")).completionCommand,
  },
  {
    name: "replay",
    description:
      "show a recording again, in any format, on any machine; without a name, list those that come along",
    load: async () => (await import("./commands/replay.js")).replayCommand,
  },
  {
    name: "diff",
    description: "show what changed from one recording to another",
    load: async () => (await import("./commands/diff.js")).diffCommand,
  },
  {
    name: "memory",
    description:
      "a first look at this machine's memory, as free, vmstat and pmap give it, and what to ask next",
    load: async () => (await import("./commands/memory.js")).memoryCommand,
  },
  {
    name: "doctor",
    description: "report whether this machine is ready, and how to fix it if not",
    load: async () => (await import("./commands/doctor.js")).doctorCommand,
  },
  {
    name: "learn",
    description: "the way through concepts, recordings and exercises, in ten sessions",
    load: async () => (await import("./commands/learn.js")).learnCommand,
  },
  {
    name: "exercise",
    description: "lessons on memory analysis: list them, show one, or run what it says",
    load: async () => (await import("./commands/exercise.js")).exerciseCommand,
  },
  {
    name: "lsp",
    description: "the language server, which an editor starts",
    load: async () => (await import("./commands/lsp.js")).lspCommand,
  },
  {
    name: "mcp",
    description: "a server for assistants (Model Context Protocol); runs queries only with --allow-run",
    load: async () => (await import("./commands/mcp.js")).mcpCommand,
  },
  {
    name: "profile",
    description: "capture what a kernel offers, to compile for it elsewhere",
    commands: [
      {
        name: "capture",
        description: "write a profile of this machine's kernel; needs root, and no bpftrace",
        load: async () => (await import("./commands/profile.js")).captureCommand,
      },
      {
        name: "show",
        description: "show what is in a profile",
        load: async () => (await import("./commands/profile.js")).showCommand,
      },
    ],
  },
];

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
    // usage-error.ts reports errors.
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", `\nExamples:\n${EXAMPLES.map((line) => `  ${line}\n`).join("")}`);
  for (const entry of COMMANDS) add(entry, program, program);
  return program;
}

/** Builds the program with the options of all commands, for the manual. */
export async function createWholeProgram(): Promise<Command> {
  const program = createProgram();
  for (const command of program.commands) await loaded(command);
  return program;
}

function add(entry: CommandEntry, to: Command, program: Command): void {
  const command = (
    "load" in entry ? new LazyCommand(entry.name, program, entry.load) : new Command(entry.name)
  )
    .copyInheritedSettings(to)
    .description(entry.description);
  to.addCommand(command, { isDefault: entry.isDefault === true });
  to.hook("preSubcommand", async (_, chosen) => {
    if (chosen === command) await loaded(chosen);
  });
  if ("commands" in entry) for (const each of entry.commands) add(each, command, program);
}
