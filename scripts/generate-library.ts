/**
 * Embeds the texts of stdlib/ in one module, with an index by name, the Python runtime of BCC programs in another, and
 * the script of flame graphs in a third, so that nothing is read from disk at run time.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseProfile } from "../src/kernel/profile/core-profile-schema.js";
import { readLibraryTexts } from "./library-texts.js";
import { usesOfSources } from "./source-uses.js";
import { flameScript } from "./flame-script.js";
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
  "/** How many tools and examples ask about a source. */",
  `export const USES: Readonly<Record<string, number>> = ${JSON.stringify(usesOfSources(Object.keys(texts.sources)))};`,
  "",
  "/** The bundled core profiles, as checked JSON text; each is parsed when it is first used. */",
  "export const PROFILES: Readonly<Record<string, string>> = {",
  ...profiles.map(
    (n) =>
      `  ${JSON.stringify(n.replace(/\.json$/, ""))}: ${JSON.stringify(JSON.stringify(parseProfile(readFileSync(join(root, "profiles", n), "utf8"))))},`,
  ),
  "};",
  "",
];
writeFileSync(join(root, "src/library/generated.ts"), lines.join("\n"));

const runtime = readPythonRuntime();
const names = Object.keys(runtime).map((name) => JSON.stringify(name));
const embedded = [
  "// Made by `npm run generate` from the .py files beside it.",
  'import type { RuntimeDefinition } from "./definition.js";',
  "",
  `export type RuntimeName = ${names.join(" | ")};`,
  "",
  `export const RUNTIME: Readonly<Record<RuntimeName, RuntimeDefinition<RuntimeName>>> = ${JSON.stringify(runtime, null, 1)};`,
  "",
];
writeFileSync(join(root, "src/tracers/bcc/runtime/generated.ts"), embedded.join("\n"));

writeFileSync(
  join(root, "src/view/chart/generated.ts"),
  `// Made by \`npm run generate\` from browser/.\n\nexport const FLAME_SCRIPT = ${JSON.stringify(await flameScript())};\n`,
);
console.log(
  `${texts.files.length} files, ${Object.keys(texts.sources).length} sources, ${Object.keys(texts.tools).length} tools, ${profiles.length} profiles, ${names.length} definitions of Python`,
);
