/** The exercises that come with the package, in examples/exercises. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { didYouMean } from "../../diagnostics/suggest.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { keptFile, packageFile } from "../package-files.js";
import { readText } from "../request/request.js";

const LESSONS = "examples/exercises";

export interface Exercise {
  readonly number: number;
  /** The name of its directory: `01-direct-reclaim`. */
  readonly name: string;
  readonly folder: string;
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
export function findExercise(exercises: readonly Exercise[], which: string): Exercise {
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

/** The exercise in a folder that stays, for commands that name it. */
export function kept(exercise: Exercise): Exercise {
  return { ...exercise, folder: keptFile(join(LESSONS, exercise.name)) };
}

export function readLesson({ folder }: Exercise): string {
  return readText(join(folder, "lesson.md"));
}

export function titleOf(lesson: string): string {
  return /^# +(?:\d+\. *)?(.*)$/m.exec(lesson)?.[1] ?? "";
}
