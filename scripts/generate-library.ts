/** Puts the texts of stdlib/ into one module, with an index by name, so that nothing is read from disk at run time. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "../src/syntax/parser.js";
import { isDefinition } from "../src/semantics/library.js";

const root = new URL("../", import.meta.url).pathname;
const folder = join(root, "stdlib");

const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".fl"))
  .sort()
  .map((name) => ({
    name: `stdlib/${relative(folder, join(folder, name))}`,
    text: readFileSync(join(folder, name), "utf8"),
  }));

const index: Record<string, number> = {};
files.forEach((source, position) => {
  const { file, diagnostics } = parse(source);
  const error = diagnostics.find((d) => d.severity === "error");
  if (error)
    throw new Error(
      `${source.name}: ${error.message} at ${source.text.slice(error.span.start, error.span.start + 40)}`,
    );
  for (const item of file.items) {
    if (!isDefinition(item)) continue;
    const name = item.name.text;
    if (Object.hasOwn(index, name))
      throw new Error(
        `${name} is defined in ${files[index[name] as number]?.name ?? ""} and in ${source.name}`,
      );
    index[name] = position;
  }
});

const profiles = readdirSync(join(root, "profiles"))
  .filter((n) => n.endsWith(".json"))
  .sort();
const lines = [
  "// Made by `npm run generate` from stdlib/ and profiles/.",
  'import type { LibraryTexts } from "../semantics/library.js";',
  "",
  `export const LIBRARY: LibraryTexts = ${JSON.stringify({ files, index }, null, 1)};`,
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
console.log(`${files.length} files, ${Object.keys(index).length} definitions, ${profiles.length} profiles`);
