/** Counts which sources the tools and examples ask about: what is used most is offered first. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { walk } from "../src/service/walk.js";
import { parse } from "../src/syntax/parser/parser.js";

const root = join(import.meta.dirname, "..");

export function usesOfSources(sources: readonly string[]): Readonly<Record<string, number>> {
  const known = new Set(sources);
  const uses = new Map<string, number>();
  for (const folder of ["stdlib/tools", "examples"])
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).sort()) {
      if (!name.endsWith(".fl")) continue;
      const used = new Set<string>();
      const { file } = parse({ name, text: readFileSync(join(root, folder, name), "utf8") });
      walk(file, (node) => {
        if (node.kind === "name" && known.has(node.text)) used.add(node.text);
      });
      for (const each of used) uses.set(each, (uses.get(each) ?? 0) + 1);
    }
  return Object.fromEntries([...uses].sort(([a], [b]) => (a < b ? -1 : 1)));
}
