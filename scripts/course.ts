/** Makes the pages of docs/course: the sessions of examples/course, with what their commands print. */
import { readSessions } from "../src/cli/exercises/course.js";
import { stepsOf } from "../src/cli/exercises/steps.js";
import { withCommands } from "../src/cli/exercises/show.js";
import { cutLines, printedBy, type Program } from "./documents/outputs.js";

/** As many lines of a command's output as a page has. */
const MOST_LINES = 30;

const BLOCK = /^```faultline\n[\s\S]*?^```$/gm;

/** The text of each page by its file. `command`: the words that start faultline. */
export function coursePages(command: Program): ReadonlyMap<string, string> {
  return new Map(readSessions().map(({ name, text }) => [`${name}.md`, pageOf(text, command)]));
}

function pageOf(text: string, command: Program): string {
  return text.replace(BLOCK, (block) =>
    stepsOf(block)
      .map(({ line, words }) => {
        const typed = withCommands(`\`\`\`faultline\n${line}\n\`\`\``);
        return `${typed}\n\n\`\`\`text\n${outputOf(words, command)}\n\`\`\``;
      })
      .join("\n\n"),
  );
}

/** What is printed on standard output, or what is wrong, cut to the length of a page. */
function outputOf(words: readonly string[], command: Program): string {
  const { status, out, err } = printedBy(words, command);
  const isRefusal = words[0] === "check" && status === 2;
  if (status !== 0 && !isRefusal)
    throw new Error(`faultline ${words.join(" ")}: exit ${String(status)}\n${err}`);
  return cutLines(out.trim() === "" ? err : out, MOST_LINES);
}
