/** The command line in a pseudo-terminal. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { COMMAND, ROOT } from "./faultline.js";

/** What is done when a text has been seen. */
export type Step = readonly [
  seen: string,
  action: { keys: string } | { resize: readonly [number, number] } | { signal: number },
];
export interface Seen {
  readonly out: string;
  readonly code: number | null;
  /** The terminal echoes, and takes lines. */
  readonly isCooked: boolean;
  /** Steps that were not come to. */
  readonly left: number;
}

/** Runs the command line, or another command, in a pseudo-terminal; see `in-terminal.py`. */
export async function inTerminal(
  args: readonly string[],
  steps: readonly Step[],
  options: { size?: readonly [number, number]; env?: NodeJS.ProcessEnv; command?: readonly string[] } = {},
): Promise<Seen> {
  const [columns, rows] = options.size ?? [80, 16];
  const { stdout } = await promisify(execFile)(
    "python3",
    [
      join(import.meta.dirname, "in-terminal.py"),
      String(columns),
      String(rows),
      JSON.stringify(steps),
      ...(options.command ?? COMMAND),
      ...args,
    ],
    {
      cwd: ROOT,
      env: { ...process.env, TERM: "xterm-256color", NO_COLOR: "", ...options.env },
      maxBuffer: 1e8,
    },
  );
  return JSON.parse(stdout) as Seen;
}

const LEAVE = "\u001b[?25h\u001b[?1049l";

/** What was drawn on the other screen, a list of lines a frame; and what stays. */
export function parts(out: string): { frames: string[][]; rest: string } {
  const [drawn = "", rest = ""] = out.split(LEAVE);
  const frames = drawn.split("\u001b[H").slice(1);
  return {
    frames: frames.map((each) => stripVTControlCharacters(each).split(/\r+\n/)),
    rest: rest.replaceAll("\r\n", "\n"),
  };
}
