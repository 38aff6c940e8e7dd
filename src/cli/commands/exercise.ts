/** `faultline exercise`: lists the exercises, shows or runs one, and checks the answers to its questions. */
import { defineCommand } from "../command.js";
import {
  findExercise,
  kept,
  readExercises,
  readLesson,
  titleOf,
  type Exercise,
} from "../exercises/exercises.js";
import { isRight, questionsOf } from "../exercises/questions.js";
import { runSteps, type RunWords } from "../exercises/run-steps.js";
import { lessonText, printMarkdown, teacherText } from "../exercises/show.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { argument, flag, text } from "../request/options.js";
import { runWords } from "../run-words.js";

export const exerciseCommand = defineCommand({
  arguments: [argument("[which]", "exercise", "its number or its name")],
  options: {
    run: flag(
      "--run",
      "run its commands in turn on its workload; needs root, and changes the machine for a while",
    ),
    answer: text("--answer <answer>", "text", "say whether this answers one of its questions"),
    teacher: flag("--teacher", "show what to teach with it, how long it takes, and what goes wrong"),
  },
  action: ([which], values, { program }) => exercise(which, values, (words) => runWords(program, words)),
});

export interface ExerciseValues {
  readonly run?: boolean | undefined;
  readonly answer?: string | undefined;
  readonly teacher?: boolean | undefined;
}

export async function exercise(
  which: string | undefined,
  { run = false, answer, teacher = false }: ExerciseValues,
  does: RunWords,
): Promise<number> {
  const exercises = readExercises();
  if (which === undefined) {
    const asked = run ? "--run" : teacher ? "--teacher" : answer === undefined ? undefined : "--answer 17";
    if (asked !== undefined)
      throw new CliError("which exercise?", EXIT.usage, `for example: faultline exercise 3 ${asked}`);
    for (const each of exercises)
      process.stdout.write(`${String(each.number).padStart(2)}  ${titleOf(readLesson(each))}\n`);
    return EXIT.done;
  }
  const found = findExercise(exercises, which);
  if (answer !== undefined) return check(found, answer);
  if (run) return runSteps(found, readLesson(found), does);
  await printMarkdown(teacher ? teacherText(found) : lessonText(kept(found)));
  return EXIT.done;
}

/** An answer that is right explains itself; one that is not says nothing of what would be. */
function check(of: Exercise, answer: string): number {
  const questions = questionsOf(of);
  const right = questions.flatMap((question, i) =>
    isRight(question, answer) ? [{ ...question, number: i + 1 }] : [],
  );
  for (const { number, why } of right) process.stdout.write(`right, question ${number}: ${why}\n`);
  if (right.length > 0) return EXIT.done;
  process.stdout.write(
    `not the answer to any of its questions: \`faultline replay exercise-${of.number}\` shows what they are about\n`,
  );
  return EXIT.tracerFailed;
}
