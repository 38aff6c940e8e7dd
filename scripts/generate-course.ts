/** Writes docs/course, by the program that `npm run build` made. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { coursePages } from "./course.js";

const folder = "docs/course";
mkdirSync(folder, { recursive: true });
for (const [file, text] of coursePages([process.execPath, "dist/cli.cjs"]))
  writeFileSync(join(folder, file), text);
