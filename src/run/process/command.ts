/**
 * The command of `-c`. It is started before the script is compiled, because the script contains its pid, but
 * held until the probes are attached.
 *
 * A shell waits on a pipe and then executes the command, which keeps the pid; if the parent dies, the pipe closes
 * and the shell exits. What the shell does before is not traced.
 *
 * A string is split at spaces, with quotes and backslashes as in a shell; if it contains other shell
 * syntax (`|`, `$`, `*`, …), it is passed to `sh -c` unchanged. That shell is not traced either, but what it starts. A
 * list of words is used as it is.
 * The command's stdout is redirected to stderr, as stdout is for the results.
 */
import { existsSync } from "node:fs";
import { spawn, type ChildProcess } from "node:child_process";
import type { Writable } from "node:stream";
import { trackGroup, untrackGroup, signalGroup } from "./children.js";
import { findCommand } from "../../files/programs.js";

/** The command cannot be run: a usage error. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode = 2;
}

export interface CommandExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A command that is held until `start` is called. */
export interface GatedProcess {
  readonly pid: number;
  /** Starts the command; later calls do nothing. */
  start(): void;
  wait(): Promise<CommandExit>;
  /** Kills the command and its children, and waits until they have ended. */
  kill(): Promise<void>;
}

export interface PreparedCommand extends GatedProcess {
  /** The path of its program. */
  readonly program: string;
  /** What it was given, or, for a shell, the text. */
  readonly words: readonly string[];
  /** Whether that is only the shell that starts what is traced. */
  readonly isShell: boolean;
  /** How many programs the process executes until it is one that is traced. */
  readonly execs: number;
}

const GRACE = 1000;

/** Reads a line from descriptor 3; anything but `go` (the pipe was closed) exits. */
const GATE = 'IFS= read -r word <&3 && [ "$word" = go ] && exec 3<&- && exec "$@"';

/** Starts the command and holds it. Throws a `CommandError`. */
export async function prepareCommand(command: string | readonly string[]): Promise<PreparedCommand> {
  const split = typeof command === "string" ? wordsOf(command) : command;
  const words = split ?? ["/bin/sh", "-c", String(command)];
  const program = words[0];
  if (program === undefined || program === "") throw new CommandError("the command is empty");
  const path = findCommand(program, process.env);
  if (path === undefined)
    throw new CommandError(
      program.includes("/") && existsSync(program)
        ? `${JSON.stringify(program)} is not a program, or is not executable`
        : `there is no command ${JSON.stringify(program)}`,
    );
  const child = spawn("/bin/sh", ["-c", GATE, "sh", path, ...words.slice(1)], {
    detached: true,
    stdio: ["inherit", 2, 2, "pipe"],
  });
  const exited = new Promise<CommandExit>((resolve) => {
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
    child.once("error", () => resolve({ exitCode: 127, signal: null }));
  });
  const pid = child.pid;
  if (pid === undefined) throw new CommandError(`the command ${JSON.stringify(program)} cannot be started`);
  trackGroup(pid);
  void exited.then(() => untrackGroup(pid));
  return new GatedCommand(pid, path, words, split === undefined, child, exited);
}

class GatedCommand implements PreparedCommand {
  private isStarted = false;

  constructor(
    readonly pid: number,
    readonly program: string,
    readonly words: readonly string[],
    readonly isShell: boolean,
    private readonly child: ChildProcess,
    private readonly exited: Promise<CommandExit>,
  ) {
    // It may have exited before it was released.
    this.gate.on("error", () => undefined);
  }

  get execs(): number {
    return this.isShell ? 2 : 1;
  }

  private get gate(): Writable {
    return this.child.stdio[3] as Writable;
  }

  start(): void {
    if (this.isStarted) return;
    this.isStarted = true;
    this.gate.end("go\n");
  }

  wait(): Promise<CommandExit> {
    return this.exited;
  }

  async kill(): Promise<void> {
    this.gate.destroy();
    if (this.isRunning()) {
      signalGroup(this.pid, "SIGTERM");
      await Promise.race([this.exited, new Promise((resolve) => setTimeout(resolve, GRACE).unref())]);
    }
    // Its children may still be running when it has ended.
    signalGroup(this.pid, "SIGKILL");
    await this.exited;
  }

  private isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }
}

/** These characters need a shell when they are not quoted. */
const SHELL = /[|&;<>()$`*?[\]#~{}!\n]/;

/** Undefined if it needs a shell. */
export function wordsOf(text: string): string[] | undefined {
  const words: string[] = [];
  let rest = text.trim();
  while (rest !== "") {
    let word = "";
    for (let piece = PIECE.exec(rest); piece; piece = PIECE.exec(rest)) {
      const [whole, plain, single, double, escaped] = piece;
      // A substitution inside double quotes.
      if ((plain !== undefined && SHELL.test(plain)) || (double !== undefined && /[$`]/.test(double)))
        return undefined;
      word += plain ?? single ?? double?.replace(/\\(["\\])/g, "$1") ?? escaped ?? "";
      rest = rest.slice(whole.length);
    }
    if (rest !== "" && !/^\s/.test(rest))
      throw new CommandError(`a quote in the command is not closed: ${rest}`);
    // `A=1 cmd` sets a variable.
    if (words.length === 0 && /^[A-Za-z_]\w*=/.test(word)) return undefined;
    words.push(word);
    rest = rest.trimStart();
  }
  return words;
}

const PIECE = /^(?:([^\s"'\\]+)|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^]))/;
