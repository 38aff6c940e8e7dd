/** Generates files from the grammar and its tables: the EBNF, the diagrams, the editor grammar, the parse tree, the schema of recordings. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { grammarFiles } from "./grammar/files.js";

const root = join(import.meta.dirname, "..");
for (const [path, text] of await grammarFiles()) {
  const file = join(root, path);
  if (readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}
