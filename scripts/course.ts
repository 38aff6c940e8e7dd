/** Makes the pages of docs/course: the sessions of examples/course, with what their commands print. */
import { spawnSync } from "node:child_process";
import { readSessions } from "../src/cli/exercises/course.js";
import { stepsOf } from "../src/cli/exercises/steps.js";
import { withCommands } from "../src/cli/exercises/show.js";

/** As many lines of a command's output as a page has. */
const MOST_LINES = 30;

const BLOCK = /^```faultline\n[\s\S]*?^```$/gm;

/** The text of each page by its file. `command`: the words that start faultline. */
export function coursePages(command: readonly [string, ...string[]]): ReadonlyMap<string, string> {
  return new Map(readSessions().map(({ name, text }) => [`${name}.md`, pageOf(text, command)]));
}

function pageOf(text: string, command: readonly [string, ...string[]]): string {
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
function outputOf(words: readonly string[], [program, ...first]: readonly [string, ...string[]]): string {
  const { status, stdout, stderr } = spawnSync(program, [...first, ...words], {
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8", NO_COLOR: "1" },
  });
  const isRefusal = words[0] === "check" && status === 2;
  if (status !== 0 && !isRefusal)
    throw new Error(`faultline ${words.join(" ")}: exit ${String(status)}\n${stderr}`);
  const lines = (stdout.trim() === "" ? stderr : stdout).trimEnd().split("\n");
  const left = lines.length - MOST_LINES;
  return [
    ...lines.slice(0, MOST_LINES),
    ...(left > 1 ? [`… ${left} more lines`] : lines.slice(MOST_LINES)),
  ].join("\n");
}
