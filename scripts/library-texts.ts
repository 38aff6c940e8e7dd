/** Reads the texts of stdlib/, with an index by name. Throws if one has errors, or if two define the same name. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDefinition, type LibraryTexts } from "../src/semantics/library.js";
import { parse } from "../src/syntax/parser/parser.js";

const folder = join(import.meta.dirname, "../stdlib");

export function readLibraryTexts(): LibraryTexts {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".fl"))
    .sort()
    .map((name) => ({ name: `stdlib/${name}`, text: readFileSync(join(folder, name), "utf8") }));
  const sources: Record<string, number> = {};
  const tools: Record<string, number> = {};
  const sets: Record<string, number> = {};
  files.forEach((source, position) => {
    const { file, diagnostics } = parse(source);
    const error = diagnostics.find((d) => d.severity === "error");
    if (error) {
      const rest = source.text.slice(error.span.start, error.span.start + 40);
      throw new Error(`${source.name}: ${error.message} at ${rest}`);
    }
    for (const item of file.items) {
      if (!isDefinition(item)) continue;
      const index = item.kind === "tool" ? tools : item.kind === "set" ? sets : sources;
      const name = item.name.text;
      const before = Object.hasOwn(index, name) ? files[index[name] ?? 0]?.name : undefined;
      if (before !== undefined) throw new Error(`${name} is defined in ${before} and in ${source.name}`);
      index[name] = position;
    }
  });
  return { files, sources, tools, sets };
}
