/** The linter's own rules of this project find what they are for. */
import { readdirSync, readFileSync } from "node:fs";
import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";

const eslint = new ESLint();

/** The rules that a text breaks as the content of a file. */
async function broken(text: string, filePath: string): Promise<readonly (string | null)[]> {
  const rules = ["no-restricted-syntax", "no-restricted-imports", "@typescript-eslint/no-restricted-imports"];
  const [{ messages = [] } = {}] = await eslint.lintText(text, { filePath });
  return messages.map(({ ruleId }) => ruleId).filter((id) => rules.includes(id ?? ""));
}

describe("a list is not spread into the arguments of a call", () => {
  it.each([
    "list.push(...many);",
    "Math.max(...many);",
    "String.fromCharCode(...many);",
    "f.apply(x, many);",
  ])("%s", async (text) => {
    expect(await broken(text, "src/lists.ts")).toEqual(["no-restricted-syntax"]);
  });

  it("a list in a list is, and a call of what takes a few", async () => {
    expect(await broken("export const a = [...b], c = f(...d);", "src/lists.ts")).toEqual([]);
  });
});

it("methods that a start-up snapshot lacks are not called", async () => {
  for (const method of ["toReversed", "toSorted", "toSpliced"])
    expect(await broken(`list.${method}();`, "src/lists.ts")).toEqual(["no-restricted-syntax"]);
});

it("a tracer is reached through a registry", async () => {
  const text = 'import { x } from "../tracers/bpftrace/versions.js";\nexport const y = x;';
  expect(await broken(text, "src/explain/maps.ts")).toEqual(["@typescript-eslint/no-restricted-imports"]);
  expect(await broken(text, "src/tracers/registry.ts")).toEqual([]);
});

it("a type name is declared once", () => {
  const declared = new Map<string, string[]>();
  for (const file of readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  ))
    for (const [, name = ""] of readFileSync(`src/${file}`, "utf8").matchAll(
      /^(?:export )?(?:interface|type|class) ([A-Z]\w+)/gm,
    ))
      declared.set(name, [...(declared.get(name) ?? []), file]);
  expect([...declared].filter(([, files]) => files.length > 1)).toEqual([]);
});

describe("files are read by src/files", () => {
  it.each([
    'import { readFileSync } from "node:fs";',
    'import { readFile } from "fs/promises";',
    'import fs from "node:fs";',
    'import { promises } from "fs";',
    'import { open } from "node:fs/promises";',
  ])("%s", async (text) => {
    expect(await broken(text, "src/lists.ts")).toEqual(["no-restricted-imports"]);
    expect(await broken(text, "src/files/untrusted-file.ts")).toEqual([]);
  });

  it("what is written is not", async () => {
    expect(await broken('import { writeFileSync } from "node:fs";', "src/lists.ts")).toEqual([]);
  });
});
