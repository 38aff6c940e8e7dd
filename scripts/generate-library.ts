/**
 * Puts the texts of stdlib/ into one module, with an index by name, and the Python of BCC programs into another, so that
 * nothing is read from disk at run time.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readLibraryTexts } from "./library-texts.js";
import { readPythonRuntime } from "./python-runtime.js";

const root = new URL("../", import.meta.url).pathname;
const texts = readLibraryTexts();

const profiles = readdirSync(join(root, "profiles"))
  .filter((n) => n.endsWith(".json"))
  .sort();
const lines = [
  "// Made by `npm run generate` from stdlib/ and profiles/.",
  'import type { LibraryTexts } from "../semantics/library.js";',
  "",
  `export const LIBRARY: LibraryTexts = ${JSON.stringify(texts, null, 1)};`,
  "",
  "/** The bundled kernel profiles, as text: each is parsed when it is asked for. */",
  "export const PROFILES: Readonly<Record<string, string>> = {",
  ...profiles.map(
    (n) =>
      `  ${JSON.stringify(n.replace(/\.json$/, ""))}: ${JSON.stringify(JSON.stringify(JSON.parse(readFileSync(join(root, "profiles", n), "utf8"))))},`,
  ),
  "};",
  "",
];
writeFileSync(join(root, "src/library/generated.ts"), lines.join("\n"));

const runtime = readPythonRuntime();
const names = Object.keys(runtime).map((name) => JSON.stringify(name));
const embedded = [
  "// Made by `npm run generate` from the .py files beside it.",
  'import type { RuntimeDefinition } from "../python/runtime.js";',
  "",
  `export type RuntimeName = ${names.join(" | ")};`,
  "",
  `export const RUNTIME: Readonly<Record<RuntimeName, RuntimeDefinition>> = ${JSON.stringify(runtime, null, 1)};`,
  "",
];
writeFileSync(join(root, "src/tracers/bcc/runtime/generated.ts"), embedded.join("\n"));
console.log(
  `${texts.files.length} files, ${Object.keys(texts.sources).length} sources, ${Object.keys(texts.tools).length} tools, ${profiles.length} profiles, ${names.length} definitions of Python`,
);
