/** Writes dist/man and dist/completions, which packages install. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandDocs } from "./command-docs.js";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
/** In seconds: as the build is told, or of the last change, so that the same source makes the same pages. */
function timeOfSource(): number {
  const told = process.env["SOURCE_DATE_EPOCH"];
  if (told !== undefined) return Number(told);
  const { stdout } = spawnSync("git", ["log", "-1", "--format=%ct"], { encoding: "utf8" });
  return Number(/^\d+/.exec(stdout ?? "")?.[0] ?? 0);
}

const date = new Date(timeOfSource() * 1000).toISOString().slice(0, 10);

for (const [path, text] of await commandDocs({ version, date })) {
  const file = join("dist", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
