/** What is analysed in parts is what the compiler says of the whole text, after each change. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bundledKernel, check, standardLibrary } from "../../src/index.js";
import { Workspace } from "../../src/service/workspace.js";

const name = "mine.fl";
const kernel = bundledKernel("debian13");
const TEXT = `${readFileSync("stdlib/memory/reclaim.fl", "utf8")}\ndirect_reclaim by order;\ncompaction by comm\n`;

const CHANGES: readonly (readonly [from: string, to: string])[] = [
  ["by order", "by ordre"],
  ["by ordre", "by order where latency > 10"],
  ["compaction by comm", "compactoin by comm"],
  ["span direct_reclaim on", "span direct_recliam on"],
  ["span direct_recliam on", "span direct_reclaim on"],
];

test("a text that is changed step by step", () => {
  const workspace = new Workspace({ kernel, library: standardLibrary() });
  let text = TEXT;
  for (const [from, to] of CHANGES) {
    expect(text).toContain(from);
    text = text.replace(from, to);
    const parts = workspace
      .analyse({ name, text })
      .problems()
      .map(({ diagnostic: { code, span }, start }) => `${start + span.start} ${code}`);
    const whole = check(text, { kernel, name }).diagnostics.map(({ code, span }) => `${span.start} ${code}`);
    expect(parts.sort()).toEqual([...new Set(whole)].sort());
  }
});
