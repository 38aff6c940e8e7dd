/** What commands print, as documents show it. */
import { spawnSync } from "node:child_process";

/** The words that start faultline. */
export type Program = readonly [string, ...string[]];

export interface Printed {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs faultline where and as every other machine would. */
export function printedBy(words: readonly string[], [program, ...first]: Program): Printed {
  const { status, stdout, stderr } = spawnSync(program, [...first, ...words], {
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8", NO_COLOR: "1" },
  });
  return { status, out: stdout, err: stderr };
}

/** Returns the lines, or as many as fit, with the number of the others. */
export function cutLines(text: string, most: number): string {
  const lines = text.trimEnd().split("\n");
  const left = lines.length - most;
  return [...lines.slice(0, most), ...(left > 1 ? [`… ${left} more lines`] : lines.slice(most))].join("\n");
}
