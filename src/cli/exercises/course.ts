/** The sessions of the course, in examples/course: each reads concepts, looks at recordings and does an exercise. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "../package-files.js";
import { readText } from "../request/request.js";

export interface Session {
  readonly number: number;
  /** `01-a-first-question`. */
  readonly name: string;
  /** Markdown; its `faultline` blocks are commands that need neither root nor Linux. */
  readonly text: string;
}

/** In the order of their numbers. */
export function readSessions(): readonly Session[] {
  const folder = packageFile("examples/course");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".md"))
    .sort()
    .map((file) => ({
      number: Number(file.slice(0, 2)),
      name: file.slice(0, -".md".length),
      text: readText(join(folder, file)),
    }));
}
