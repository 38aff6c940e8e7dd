/** `faultline list`: what there is to ask. */
import { standardLibrary } from "../index.js";
import { compileGlob, matchesGlob } from "../semantics/glob.js";
import { EXIT } from "./exit.js";

export function list(pattern: string | undefined): number {
  const library = standardLibrary();
  const glob = pattern === undefined ? undefined : compileGlob(pattern);
  const names = [...library.names()].sort().filter((n) => !glob || matchesGlob(glob, n));
  const width = Math.max(0, ...names.map((n) => n.length));
  for (const name of names) {
    const definition = library.find(name)?.definition;
    if (!definition) continue;
    const kind = definition.kind === "union" ? "event" : definition.kind;
    process.stdout.write(
      `${name.padEnd(width)}  ${kind.padEnd(5)}  ${definition.doc?.text.split("\n")[0] ?? ""}\n`,
    );
  }
  if (names.length > 0) return EXIT.done;
  process.stderr.write(`faultline: no source or tool matches \`${pattern ?? ""}\`\n`);
  return EXIT.usage;
}
