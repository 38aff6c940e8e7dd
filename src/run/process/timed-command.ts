/**
 * A command that is timed by the shell that starts it, so that the load of the measuring process does not
 * count. Its output is discarded and its stdin is empty, because it is run many times.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readUntrusted } from "../../files/untrusted-file.js";
import { CommandError, prepareCommand, type CommandExit, type GatedProcess } from "./command.js";
import { findCommand, findProgram } from "../../files/programs.js";
import { makePrivateDirectory } from "./private-directory.js";

/** In seconds. */
export interface Timing {
  readonly wall: number;
  /** CPU time of the command and all children that it waited for. */
  readonly cpu: number;
  readonly exit: CommandExit;
}

export interface TimedCommand extends GatedProcess {
  /** Fulfilled when the command has ended; undefined if it was killed early. */
  timing(): Promise<Timing | undefined>;
}

/**
 * The shell's times of its children before and after, and the wall clock; the exit status is the command's. bash
 * provides the clock as a variable, and CPU times in milliseconds.
 */
const SCRIPT = [
  'report=$1; shift; times > "$report"; echo "${EPOCHREALTIME:-$(date +%s%N)}" >> "$report"',
  '"$@" < /dev/null > /dev/null; status=$?',
  'echo "${EPOCHREALTIME:-$(date +%s%N)}" >> "$report"; times >> "$report"; exit $status',
].join("\n");
/** In bytes: a few lines. */
const LARGEST_REPORT = 64 * 1024;
/** In milliseconds: leaves time for earlier work to finish, such as the end of another run's tracer. */
const SETTLE = 300;

/** Starts the command and holds it. Throws a `CommandError`. */
export async function prepareTimed(words: readonly string[]): Promise<TimedCommand> {
  const [program = "", ...rest] = words;
  const path = program === "" ? undefined : findCommand(program, process.env);
  if (path === undefined) throw new CommandError(`there is no command ${JSON.stringify(program)}`);
  const directory = makePrivateDirectory();
  const report = join(directory, "times");
  const command = await prepareCommand([
    findProgram("bash", process.env) ?? "/bin/sh",
    "-c",
    SCRIPT,
    "sh",
    report,
    path,
    ...rest,
  ]);
  return {
    pid: command.pid,
    start: () => void setTimeout(() => command.start(), SETTLE),
    wait: () => command.wait(),
    async timing() {
      const exit = await command.wait();
      return parseTimes(readReport(report), exit);
    },
    async kill() {
      await command.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function readReport(path: string): string {
  try {
    return readUntrusted(path, { largest: LARGEST_REPORT }).toString("utf8");
  } catch {
    return "";
  }
}

/** Lines: times of the shell and its children, start, end, and the times of the shell and its children again. */
export function parseTimes(text: string, exit: CommandExit): Timing | undefined {
  const lines = text.trim().split("\n");
  const [start, end] = [lines[2], lines[3]].map((each) => secondsOf(each));
  const [before, after] = [cpuOf(lines[1]), cpuOf(lines[5])];
  if (start === undefined || end === undefined || before === undefined || after === undefined)
    return undefined;
  return { wall: toMicroseconds(end - start), cpu: toMicroseconds(after - before), exit };
}

/** Removes digits that are only rounding errors of the difference. */
function toMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

/** A time such as `1700000000.123456`, with the locale's decimal separator, or in nanoseconds. */
function secondsOf(text: string | undefined): number | undefined {
  const [, seconds, fraction] = /^(\d{10})[.,]?(\d{6,9})$/.exec(text ?? "") ?? [];
  return seconds === undefined || fraction === undefined ? undefined : Number(`${seconds}.${fraction}`);
}

/** A pair of times, user and system: `0m0.012s 0m0.003s`. */
function cpuOf(line: string | undefined): number | undefined {
  const times = [...(line ?? "").matchAll(/(\d+)m([\d.]+)s/g)];
  return times.length === 2
    ? times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0)
    : undefined;
}
