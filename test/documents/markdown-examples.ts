/** Finds the examples in Markdown: commands of faultline, queries and definitions. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { standardLibrary } from "../../src/index.js";
import { AGGREGATE_NAMES } from "../../src/aggregates/aggregates.js";
import { CLAUSE_WORDS } from "../../src/syntax/clauses.js";
import { ROOT } from "../cli/faultline.js";

const inFolder = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => join(folder, name));

/** The documents that users read; docs/backend.md writes a back end of its own, which is not here. */
export const MARKDOWN: readonly string[] = [
  "README.md",
  ...inFolder("docs").filter((path) => path !== "docs/backend.md"),
  ...inFolder("docs/course"),
];

const FENCE = /^( *)```([\w-]*)\n([^]*?)\n\1```$/gm;

/** The blocks of definitions and queries, each a file of its own. */
export function definitionsIn(text: string): readonly string[] {
  return [...text.matchAll(FENCE)].flatMap(([, , language, body = ""]) =>
    language === "faultline" ? [body] : [],
  );
}

const BLOCK = /(<!-- recorded.*-->\n+)?^```([\w-]*)\n([^]*?)\n```$(\n\n```text$)?/gm;

/**
 * What follows `faultline` in commands. Of those that have an output, which `npm run docs` has run, only what was replayed is
 * among them.
 */
export function commandsIn(text: string): readonly string[] {
  const inBlocks = [...text.matchAll(BLOCK)].flatMap(([, recorded, language, body = "", output]) =>
    language === "faultline" || output !== undefined || (language === "console" && recorded === undefined)
      ? []
      : body
          .split("\n")
          .flatMap((line) => /^(?:\$ |.*&& )?(?:\.\/)?faultline (.*?)(?: +# .*)?$/.exec(line)?.[1] ?? []),
  );
  return [...inBlocks, ...spansIn(text).flatMap((span) => /^faultline (.+)$/.exec(span)?.[1] ?? [])];
}

/** The texts between backticks, in tables without what escapes a bar. */
function spansIn(text: string): readonly string[] {
  return text
    .replace(FENCE, "")
    .split("\n")
    .flatMap((line) => {
      const spans = [...line.matchAll(/(`+)(.+?)\1(?!`)/g)].map(([, , span = ""]) => span.trim());
      return line.startsWith("|") ? spans.map((span) => span.replaceAll("\\|", "|")) : spans;
    });
}

const FOLLOWS = [...CLAUSE_WORDS, ...AGGREGATE_NAMES].join("|");

/** Whole queries in sentences and tables: a source, and what can follow one. */
export function queriesIn(text: string): readonly string[] {
  const library = standardLibrary();
  const start = new RegExp(`^(?:open )?(\\w+|\\w+:\\S+(?:\\([^)]*\\))?) (?:${FOLLOWS})\\b`);
  return spansIn(text).filter((span) => {
    const source = start.exec(span)?.[1];
    if (source === undefined) return /^every \S+ show /.test(span);
    return source.includes(":") || library.find(source) !== undefined;
  });
}
