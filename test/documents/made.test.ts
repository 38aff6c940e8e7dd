/** What is made in documents is as `npm run docs` makes it, and leaves nothing of the language out. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { pictures } from "../../scripts/documents/pictures.js";
import { DOCUMENTS, refreshed } from "../../scripts/documents/refresh.js";
import { AGGREGATE_NAMES } from "../../src/aggregates/aggregates.js";
import { FUNCTION_NAMES } from "../../src/semantics/expression/functions.js";
import { SIMPLE_TYPES } from "../../src/semantics/type-names.js";
import { COMMON_FIELDS } from "../../src/semantics/typed.js";
import { CLAUSE_WORDS } from "../../src/syntax/clauses.js";
import { INFIX_OPERATORS } from "../../src/syntax/precedence.js";
import { DEFINITION_PARTS, DEFINITION_WORDS } from "../../src/syntax/words.js";
import { UNIT_SPELLINGS } from "../../src/types/unit-spellings.js";
import { FORMAT_NAMES } from "../../src/view/formats.js";
import { COMMAND, ROOT } from "../cli/faultline.js";
import { definitionsIn, MARKDOWN } from "./markdown-examples.js";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe.each(DOCUMENTS)("%s", (path) => {
  it("is as `npm run docs` makes it", async () => {
    expect(read(path)).toBe(await refreshed(read(path), COMMAND));
  });
});

it("README says what it is, shows a picture, the two commands and three outputs before its first table", () => {
  const lines = read("README.md").split("\n");
  const start = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith("| ")),
  );
  expect(start.length).toBeLessThan(75);
  for (const command of ["./scripts/setup.sh && ./faultline 'faults by comm, pid for 5s'", "./test/all.sh"])
    expect(start).toContain(command);
  expect(start.filter((line) => line.startsWith("$ faultline "))).toHaveLength(3);
  expect(start.filter((line) => line.startsWith("!["))).toHaveLength(1);
});

it("has pictures as they are drawn now", () => {
  for (const [path, picture] of pictures(COMMAND)) {
    expect(read(path), path).toBe(picture);
    expect(picture).toMatch(/^<\?xml [^]*<svg [^]*<\/svg>\n$/);
  }
});

describe("a document that is made", () => {
  it("refuses an output that another query recorded", async () => {
    const text = "<!-- recorded: exercise-8 -->\n\n```console\n$ faultline 'faults by comm'\n```\n";
    await expect(refreshed(text, COMMAND)).rejects.toThrow("the recording exercise-8 is of `shrink_slab");
  });

  it("refuses a command that fails without saying so, and a part that there is not", async () => {
    const failing = "```console\n$ faultline check 'faults by cmm' --kernel debian13\n```\n";
    await expect(refreshed(failing, COMMAND)).rejects.toThrow("exit 2");
    await expect(refreshed("<!-- made: nothing -->\n\n<!-- end -->\n", COMMAND)).rejects.toThrow(
      "there is no part `nothing`",
    );
  });

  it("replaces what is outdated", async () => {
    const text = "```console\n$ faultline check 'faults by comm' --kernel debian13; echo $?\nanother\n```\n";
    expect(await refreshed(text, COMMAND)).toBe(text.replace("another", "no errors\n0"));
  });
});

describe("the language reference", () => {
  const text = read("docs/language.md");
  const rows = text.split("\n").filter((line) => line.startsWith("| `") || /^\| \d \|/.test(line));

  it.each([
    ["clause", CLAUSE_WORDS],
    ["aggregate", AGGREGATE_NAMES],
    ["function", FUNCTION_NAMES],
    ["field", COMMON_FIELDS],
    ["type", Object.keys(SIMPLE_TYPES)],
    ["unit", UNIT_SPELLINGS],
    ["word of definitions", [...DEFINITION_WORDS, ...DEFINITION_PARTS]],
  ])("has a row for each %s", (_, names) => {
    for (const name of names)
      expect(
        rows.some((row) => new RegExp(`^\\| \`${name}(?:\`|\\(| …)`).test(row)),
        name,
      ).toBe(true);
  });

  it("has a row for each operator", () => {
    const shown = [...text.matchAll(/^\| \d +\| `(.*?)` +\|/gm)].map(([, operator = ""]) =>
      operator.replaceAll("\\|", "|"),
    );
    expect(shown).toEqual(expect.arrayContaining([...INFIX_OPERATORS, "not", "in"]));
  });

  it("shows each word of definitions in one that compiles", () => {
    const words = new Set(definitionsIn(text).flatMap((each) => each.match(/\w+/g) ?? []));
    const missing = [...DEFINITION_WORDS, ...DEFINITION_PARTS].filter((word) => !words.has(word));
    // It takes another file in, of which there is none here.
    expect(missing).toEqual(["import"]);
  });
});

it("docs/formats.md has a section on each format", () => {
  const text = read("docs/formats.md");
  for (const name of FORMAT_NAMES) expect(text).toContain(`\n## ${name}\n`);
});

describe.each(MARKDOWN)("%s", (path) => {
  it("has links to what is there", () => {
    const text = read(path).replace(/^```[^]*?^```$/gm, "");
    for (const [, to = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(to)) continue;
      const [file = "", heading] = to.split("#");
      const target = file === "" ? path : join(dirname(path), file);
      expect(existsSync(join(ROOT, target)), `${path}: ${to}`).toBe(true);
      if (heading !== undefined) expect(headingsOf(read(target)), `${path}: ${to}`).toContain(heading);
    }
  });
});

function headingsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );
}
