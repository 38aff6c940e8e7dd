/**
 * `faultline exercise`: lists, shows or runs the lessons of examples/exercises. Fenced blocks of a lesson's text
 * are its steps: each line of a `faultline` block holds the arguments of a command, and each line of a `shell`
 * block runs the lesson's `./workload.sh`.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { didYouMean } from "../../diagnostics/suggest.js";
import { wordsOf } from "../../run/process/command.js";
import { ownEnvironment, WORKING_DIRECTORY } from "../../files/programs.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { argument, flag } from "../request/options.js";
import { runWords } from "../run-words.js";
import { CliError } from "../failure.js";
import { packageFile } from "../package-files.js";
import { readText } from "../request/request.js";
import { reason } from "../../diagnostics/system-error.js";
import { terminal } from "../output/terminal.js";

const LESSONS = "examples/exercises";
const WORKLOAD = "./workload.sh";

export interface Exercise {
  readonly number: number;
  /** The name of its directory: `01-direct-reclaim`. */
  readonly name: string;
  readonly folder: string;
}

export interface LessonStep {
  readonly kind: "faultline" | "shell";
  /** As written in the lesson. */
  readonly line: string;
  readonly words: readonly string[];
}

export const exerciseCommand = defineCommand({
  arguments: [argument("[which]", "exercise", "its number or its name")],
  options: {
    run: flag(
      "--run",
      "run its commands in turn on its workload; needs root, and changes the machine for a while",
    ),
  },
  action: ([which], { run = false }, { program }) =>
    exercise(which, run, (words) => runWords(program, words)),
});

/** Runs the command line after `faultline` and sets `process.exitCode`. */
export type RunWords = (words: readonly string[]) => Promise<unknown>;

export async function exercise(which: string | undefined, isRun: boolean, does: RunWords): Promise<number> {
  const exercises = readExercises();
  if (which === undefined) {
    if (isRun) throw new CliError("which exercise?", EXIT.usage, "for example: faultline exercise 3 --run");
    for (const each of exercises)
      process.stdout.write(`${String(each.number).padStart(2)}  ${titleOf(readLesson(each))}\n`);
    return EXIT.done;
  }
  const found = find(exercises, which);
  const lesson = readLesson(found);
  if (isRun) return runSteps(found, lesson, does);
  process.stdout.write(process.stdout.isTTY ? await rendered(lesson) : lesson);
  return EXIT.done;
}

/** Returns the packaged lessons in the order of their numbers. */
export function readExercises(): readonly Exercise[] {
  const folder = packageFile(LESSONS);
  const exercises = existsSync(folder)
    ? readdirSync(folder).flatMap((name): Exercise[] => {
        const number = /^\d+(?=-)/.exec(name)?.[0];
        return number === undefined ? [] : [{ number: Number(number), name, folder: join(folder, name) }];
      })
    : [];
  if (exercises.length > 0) return exercises.sort((a, b) => a.number - b.number);
  throw new CliError(
    "the exercises are not here: there is no folder examples/exercises beside the program",
    EXIT.machineCannot,
    "they are in the package; install it whole",
  );
}

/** Finds a lesson by its number, or by its name with or without the number. */
function find(exercises: readonly Exercise[], which: string): Exercise {
  const bare = (name: string): string => name.replace(/^\d+-/, "");
  const wanted = /^[cC]?(\d{1,6})$/.exec(which)?.[1];
  const found = exercises.find(
    ({ number, name }) => number === Number(wanted) || name === which || bare(name) === which,
  );
  if (found) return found;
  throw new CliError(
    `there is no exercise \`${which}\``,
    EXIT.usage,
    didYouMean(
      which,
      exercises.map(({ name }) => bare(name)),
    ) ??
      `there are ${exercises[0]?.number ?? 0} to ${exercises.at(-1)?.number ?? 0}: \`faultline exercise\` lists them`,
  );
}

export function readLesson({ folder }: Exercise): string {
  return readText(join(folder, "lesson.md"));
}

export function titleOf(lesson: string): string {
  return /^# +(?:\d+\. *)?(.*)$/m.exec(lesson)?.[1] ?? "";
}

interface LessonLine {
  readonly text: string;
  /** The info string of the opening fence, for lines within a block. */
  readonly block?: string;
}

/** Returns the lines without the fences. */
function linesOf(lesson: string): readonly LessonLine[] {
  let block: string | undefined;
  return lesson.split("\n").flatMap((text): LessonLine[] => {
    const fence = /^```(\w*)$/.exec(text);
    if (!fence) return [block === undefined ? { text } : { text, block }];
    block = block === undefined ? (fence[1] ?? "") : undefined;
    return [];
  });
}

/** Returns the steps of a lesson in order. Throws a `CliError` for a line that is not a command. */
export function stepsOf(lesson: string): readonly LessonStep[] {
  return linesOf(lesson).flatMap(({ text, block }): LessonStep[] => {
    if ((block !== "faultline" && block !== "shell") || text.trim() === "") return [];
    const words = wordsOf(text);
    if (words === undefined || words[0] === "/bin/sh" || (block === "shell" && words[0] !== WORKLOAD))
      throw new CliError(`the lesson says to run what is not its own: ${text}`, EXIT.tracerFailed);
    return [{ kind: block, line: text, words }];
  });
}

async function runSteps(of: Exercise, lesson: string, does: RunWords): Promise<number> {
  const steps = stepsOf(lesson);
  const workload = join(of.folder, WORKLOAD);
  if (!existsSync(workload))
    throw new CliError(
      `the exercise has lost a file: ${workload}`,
      EXIT.machineCannot,
      "install the package again",
    );
  if (process.getuid?.() !== 0)
    throw new CliError(
      "an exercise traces the whole machine and changes its settings, so it needs root",
      EXIT.machineCannot,
      `sudo faultline exercise ${of.number} --run`,
    );
  let isStopped = false;
  const stop = (): void => void (isStopped = true);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    for (const { kind, line, words } of steps) {
      process.stdout.write(`\n$ ${kind === "faultline" ? `faultline ${line}` : line}\n`);
      const status = await (kind === "faultline"
        ? runCommand(placed(words, workload), does)
        : runWorkload([workload, ...words.slice(1)]));
      if (status !== EXIT.done || isStopped) return status;
    }
    return EXIT.done;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

async function runCommand(words: readonly string[], does: RunWords): Promise<number> {
  process.exitCode = undefined;
  await does(words);
  return typeof process.exitCode === "number" ? process.exitCode : EXIT.done;
}

/** Converts the workload's status to ours: 3 if the machine cannot run it, 1 if it failed. */
function runWorkload(words: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    // Its output is not a result.
    spawn(words[0] ?? "", words.slice(1), {
      stdio: ["inherit", 2, 2],
      cwd: WORKING_DIRECTORY,
      env: ownEnvironment(),
    })
      .once("error", (error) =>
        reject(new CliError(`cannot start ${words[0]}: ${reason(error)}`, EXIT.tracerFailed)),
      )
      .once("close", (code) =>
        resolve(
          code === 0 ? EXIT.done : code === EXIT.machineCannot ? EXIT.machineCannot : EXIT.tracerFailed,
        ),
      );
  });
}

/** Replaces the workload's relative path, which is relative to the lesson's directory. */
export function placed(words: readonly string[], workload: string): readonly string[] {
  return words.map((word, i) => {
    if (word !== WORKLOAD && !word.startsWith(`${WORKLOAD} `)) return word;
    // The value of -c is split into words again.
    const isTakenApart = ["-c", "--command"].includes(words[i - 1] ?? "");
    return `${isTakenApart ? `'${workload.replaceAll("'", `'\\''`)}'` : workload}${word.slice(WORKLOAD.length)}`;
  });
}

/** Formats the text for a terminal: headings are highlighted, and blocks are indented. */
async function rendered(lesson: string): Promise<string> {
  const { paint } = await terminal(process.stdout);
  const inline = (text: string): string =>
    text
      .replace(/`([^`]+)`/g, (_, code: string) => paint.cyan(code))
      .replace(/\*\*([^*]+)\*\*/g, (_, strong: string) => paint.bold(strong));
  return linesOf(lesson)
    .map(({ text, block }) => {
      if (block === "faultline" && text.trim() !== "") return `    ${paint.bold(`faultline ${text}`)}`;
      if (block !== undefined) return `    ${text}`;
      const heading = /^#+ +(.*)$/.exec(text)?.[1];
      return heading === undefined ? inline(text) : paint.bold(heading);
    })
    .join("\n");
}
