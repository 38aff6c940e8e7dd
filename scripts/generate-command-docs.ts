/** Writes dist/man and dist/completions, which packages install. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandDocs } from "./command-docs.js";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
/** Returns the date of the pages, in seconds: `SOURCE_DATE_EPOCH`, or the last change, so that builds are reproducible. */
function timeOfSource(): number {
  const given = process.env["SOURCE_DATE_EPOCH"];
  if (given !== undefined) return Number(given);
  const { stdout } = spawnSync("git", ["log", "-1", "--format=%ct"], { encoding: "utf8" });
  return Number(/^\d+/.exec(stdout ?? "")?.[0] ?? 0);
}

const date = new Date(timeOfSource() * 1000).toISOString().slice(0, 10);

for (const [path, text] of await commandDocs({ version, date })) {
  const file = join("dist", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
