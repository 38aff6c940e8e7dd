/** docs/course is what the sessions and the commands in them make. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { coursePages } from "../scripts/course.js";
import { readExercises } from "../src/cli/exercises/exercises.js";
import { readSessions } from "../src/cli/exercises/course.js";
import { COMMAND, faultline, ROOT } from "./cli/faultline.js";

const sessions = readSessions();

describe("the course", () => {
  it("has ten sessions of 45 minutes, with every exercise once", () => {
    expect(sessions.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const { text } of sessions) expect(text).toMatch(/^# \d+\. .+\n\n45 minutes\.\n\n## Goal\n/);
    const used = sessions.map(({ text }) => Number(/^Exercise (\d+):/m.exec(text)?.[1]));
    expect(used.sort((a, b) => a - b)).toEqual(readExercises().map(({ number }) => number));
  });

  it("has pages with what its commands print", () => {
    for (const [file, text] of coursePages(COMMAND))
      expect(readFileSync(join(ROOT, "docs/course", file), "utf8"), file).toBe(text);
  });

  it("is listed, and shown with commands that can be copied", () => {
    expect(faultline(["learn"]).out).toMatch(/^ 1 {2}A first question\n 2 /);
    const { code, out } = faultline(["learn", "3"]);
    expect([code, out.startsWith("# 3. Probes")]).toEqual([0, true]);
    expect(out).toContain("\nfaultline explain --concept tracepoint\n");
    const wrong = faultline(["learn", "11"]);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("there is no session `11`")]);
  });
});
