/**
 * The steps of an exercise, which are the fenced blocks of its lesson: each line of a `faultline` block holds the arguments
 * of a command, and each line of a `shell` block runs the lesson's `./workload.sh`.
 */
import { shellWord } from "../../files/shell-word.js";
import { wordsOf } from "../../run/process/command.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";

export const WORKLOAD = "./workload.sh";

export interface LessonStep {
  readonly kind: "faultline" | "shell";
  /** As written in the lesson. */
  readonly line: string;
  readonly words: readonly string[];
}

export interface LessonLine {
  readonly text: string;
  /** The info string of the opening fence, for lines within a block. */
  readonly block?: string;
}

/** Returns the lines without the fences. */
export function linesOf(lesson: string): readonly LessonLine[] {
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

/** Replaces the workload's relative path, which is relative to the lesson's directory. */
export function placed(words: readonly string[], workload: string): readonly string[] {
  return words.map((word, i) => {
    if (word !== WORKLOAD && !word.startsWith(`${WORKLOAD} `)) return word;
    // The value of -c is split into words again.
    const isTakenApart = ["-c", "--command"].includes(words[i - 1] ?? "");
    return `${isTakenApart ? shellWord(workload) : workload}${word.slice(WORKLOAD.length)}`;
  });
}
