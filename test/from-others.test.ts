/** The pages for those who come from bpftrace and from BCC: every command of ours compiles. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { wordsOf } from "../src/run/process/command.js";
import { faultline, ROOT } from "./cli/faultline.js";

/** What a run takes and a script does not depend on, with its value. */
const OF_RUNS: ReadonlySet<string> = new Set(["-p", "-c", "--format"]);

describe.each(["from-bpftrace", "from-bcc"])("docs/%s.md", (name) => {
  const text = readFileSync(join(ROOT, "docs", `${name}.md`), "utf8");
  const rows = [...text.matchAll(/^\| (.*?) +\| `faultline (.*)` +\|$/gm)].map(([, theirs, ours]) => [
    theirs,
    ours,
  ]);

  it("has a command of ours in every row", () => {
    const inTable = text.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| --"));
    expect(rows).toHaveLength(inTable.length - 1);
    expect(rows.length).toBeGreaterThan(15);
  });

  it.each(rows)("%s: faultline %s", (_, ours = "") => {
    const words = wordsOf(ours) ?? [];
    const kept = words.filter((word, i) => !OF_RUNS.has(word) && !OF_RUNS.has(words[i - 1] ?? ""));
    const { code, err } = faultline(["compile", ...kept, "--kernel", "debian13"]);
    expect([code, err]).toEqual([0, expect.not.stringContaining("error")]);
  });
});
