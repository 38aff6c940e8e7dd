/** docs/tools.md is what the definitions and the outputs make, and leaves no tool out. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { outputOf, toolDocs } from "../scripts/tool-docs.js";
import { TOOL_NOTES } from "../scripts/tool-notes.js";
import { bundledTarget, compileFor } from "../src/cli/request/target-kernel.js";
import { readRequest } from "../src/cli/request/request.js";
import { standardLibrary } from "../src/library/bundled.js";
import { wordsOf } from "../src/run/process/command.js";

const names = standardLibrary().toolNames();
const text = readFileSync("docs/tools.md", "utf8");

describe("docs/tools.md", () => {
  it("is as `npm run docs` makes it", () => {
    expect(text).toBe(toolDocs());
  });

  it.each([...names, "memory"])("has a section on %s, with real output", (name) => {
    expect(text).toContain(`\n## ${name}\n`);
    expect(outputOf(name)?.split("\n").length).toBeGreaterThan(1);
  });

  it("has notes on tools only that there are", () => {
    for (const name of Object.keys(TOOL_NOTES)) expect(names).toContain(name);
  });

  it.each(Object.entries(TOOL_NOTES))("has an example of %s that compiles", async (name, { command }) => {
    const words = wordsOf(command) ?? [];
    expect(words[0]).toBe(name);
    const what: string[] = [];
    const flags: Record<string, string> = {};
    for (let i = 0; i < words.length; i++) {
      const option = /^--(by|comm|top|where)$/.exec(words[i] ?? "")?.[1];
      if (option === undefined) what.push(words[i] ?? "");
      else flags[option] = words[++i] ?? "";
    }
    const target = await bundledTarget("debian13");
    const request = readRequest(what, flags);
    expect(compileFor(target, request.text, request.options).diagnostics).toEqual([]);
  });
});
