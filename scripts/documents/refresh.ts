/**
 * Documents are written by hand, but for two kinds of parts, which are made anew by `npm run docs`:
 *
 *     <!-- made: units -->      what `parts.ts` makes of the code's own tables
 *     <!-- end -->
 *
 *     <!-- recorded: exercise-8, 12 lines -->
 *     ```console
 *     $ faultline 'faults by comm'     what the command prints; here of the recording that it made
 *     ```
 *
 * Without `recorded` the command is run. `; echo $?` behind it adds its exit status.
 */
import { format } from "prettier";
import { openRecording } from "../../src/cli/commands/replay.js";
import { wordsOf } from "../../src/run/process/command.js";
import { cutLines, printedBy, type Program } from "./outputs.js";
import { partNamed } from "./parts.js";

/** The documents with such parts. */
export const DOCUMENTS = [
  "README.md",
  "docs/language.md",
  "docs/sources.md",
  "docs/formats.md",
  "docs/troubleshooting.md",
] as const;

const MADE = /(<!-- made: (.+?) -->\n)[^]*?(\n<!-- end -->)/g;
const CONSOLE = /(?:<!-- (?:recorded: ([\w-]+))?(?:, )?(?:(\d+) lines)? -->\n+)?```console\n([^]*?)\n```/g;
const STATUS = "; echo $?";
const MOST_LINES = 30;
const MOST_COLUMNS = 160;

interface ConsoleBlock {
  readonly recording: string | undefined;
  readonly most: number;
}

/** The document with its parts made anew. */
export async function refreshed(text: string, program: Program): Promise<string> {
  const withParts = text.replace(MADE, (_, begin: string, name: string, end: string) =>
    [begin, "\n", partNamed(name), "\n", end].join(""),
  );
  const printed = await Promise.all(
    [...withParts.matchAll(CONSOLE)].map(async ([whole, recording, most, body = ""]) => {
      const block = { recording, most: Number(most ?? MOST_LINES) };
      const outputs = await Promise.all(commandsOf(body).map((line) => shown(line, block, program)));
      const comment = whole.slice(0, whole.indexOf("```"));
      return `${comment}\`\`\`console\n${outputs.join("\n")}\n\`\`\``;
    }),
  );
  const whole = withParts.replace(CONSOLE, () => printed.shift() ?? "");
  return format(whole, { parser: "markdown", printWidth: 110, proseWrap: "preserve" });
}

/** The commands of a block, without the `$`. */
function commandsOf(body: string): readonly string[] {
  return body
    .split("\n")
    .filter((line) => line.startsWith("$ "))
    .map((line) => line.slice(2));
}

/** The words behind `faultline` of a command as it is typed. */
function wordsTyped(line: string): readonly string[] {
  const [first, ...words] = wordsOf(line.replace(STATUS, "")) ?? [];
  if (first !== "faultline") throw new Error(`not a command of faultline: ${line}`);
  return words;
}

async function shown(line: string, { recording, most }: ConsoleBlock, program: Program): Promise<string> {
  const words = wordsTyped(line);
  const { status, out, err } = printedBy(
    recording === undefined ? words : await replayed(words, recording),
    program,
  );
  const asksStatus = line.endsWith(STATUS);
  if (status !== 0 && !asksStatus) throw new Error(`${line}: exit ${String(status)}\n${err}`);
  const text = out.trim() === "" ? err : out;
  const lines = [cutLines(text.replaceAll("\r", ""), most), ...(asksStatus ? [String(status)] : [])];
  return [`$ ${line}`, ...lines.join("\n").split("\n").map(cutLine)].join("\n");
}

function cutLine(line: string): string {
  return line.length > MOST_COLUMNS ? `${line.slice(0, MOST_COLUMNS)}…` : line.trimEnd();
}

/** Returns the command that shows a recording as this one would have shown it. Throws if it recorded another one. */
async function replayed(words: readonly string[], name: string): Promise<readonly string[]> {
  const at = words.indexOf("--format");
  const output = at < 0 ? [] : words.slice(at, at + 2);
  const asked = words.filter((word) => !output.includes(word)).join(" ");
  const { recording } = await openRecording(name);
  if (recording.header.query !== asked)
    throw new Error(`the recording ${name} is of \`${recording.header.query}\`, and not of \`${asked}\``);
  return ["replay", name, ...output];
}
