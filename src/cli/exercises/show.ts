/** Shows an exercise: its lesson with commands that can be copied, how it can be followed, and its questions. */
import { join } from "node:path";
import { shellWord } from "../../files/shell-word.js";
import { terminal } from "../output/terminal.js";
import { readText } from "../request/request.js";
import { readLesson, type Exercise } from "./exercises.js";
import { questionsOf } from "./questions.js";
import { linesOf, placed, stepsOf, WORKLOAD, type LessonStep } from "./steps.js";

/** As Markdown. */
export function lessonText(exercise: Exercise): string {
  return [
    withCommands(readLesson(exercise), join(exercise.folder, WORKLOAD)).trimEnd(),
    followText(exercise),
    questionsText(exercise),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

/** What who teaches it shows, how long it takes, and what goes wrong. */
export function teacherText({ folder }: Exercise): string {
  return readText(join(folder, "teacher.md"));
}

const STEPS = /^```(?:faultline|shell)\n[\s\S]*?^```$/gm;

/** Markdown with its steps as they are typed anywhere. `workload`: the path of the lesson's own. */
export function withCommands(markdown: string, workload: string = WORKLOAD): string {
  const typed = ({ kind, words }: LessonStep): string =>
    [...(kind === "faultline" ? ["faultline"] : []), ...placed(words, workload).map(shellWord)].join(" ");
  return markdown.replace(STEPS, (block) => ["```sh", ...stepsOf(block).map(typed), "```"].join("\n"));
}

/** Prints Markdown: as it is, but on a terminal. */
export async function printMarkdown(markdown: string): Promise<void> {
  process.stdout.write(process.stdout.isTTY ? await rendered(markdown) : markdown);
}

/** Headings are highlighted, and blocks are indented. */
async function rendered(markdown: string): Promise<string> {
  const { paint } = await terminal(process.stdout);
  const inline = (text: string): string =>
    text
      .replace(/`([^`]+)`/g, (_, code: string) => paint.cyan(code))
      .replace(/\*\*([^*]+)\*\*/g, (_, strong: string) => paint.bold(strong));
  return linesOf(markdown)
    .map(({ text, block }) => {
      if (block !== undefined) return `    ${block === "sh" ? paint.bold(text) : text}`;
      const heading = /^#+ +(.*)$/.exec(text)?.[1];
      return heading === undefined ? inline(text) : paint.bold(heading);
    })
    .join("\n");
}

function followText({ number }: Exercise): string {
  return `## Follow it

- As root on Linux, \`faultline exercise ${number} --run\` runs these commands in turn.
- Anywhere else, \`faultline replay exercise-${number}\` shows what the first of them gave on Debian 13.`;
}

function questionsText(exercise: Exercise): string {
  const questions = questionsOf(exercise);
  if (questions.length === 0) return "";
  const asked = questions.map(({ ask }, i) => `${i + 1}. ${ask}`);
  return `## Questions\n\nAbout the recording. \`faultline exercise ${exercise.number} --answer 17\` says whether 17 is the answer to one.\n\n${asked.join("\n")}`;
}
