/** The workloads of the guests, which are run by hand on a shared machine as well. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const FOLDER = "test/kernel/workloads";
const sources = readdirSync(FOLDER);
const scripts = sources.filter((name) => name.endsWith(".sh"));
const hasShellcheck = spawnSync("shellcheck", ["--version"]).status === 0;

describe.each(sources)("%s", (name) => {
  it("writes no file whose name can be guessed", () => {
    for (const [path] of readFileSync(join(FOLDER, name), "utf8").matchAll(/[^\s"=]*\/tmp\b[^\s"]*/g))
      // What `mktemp -p` takes.
      expect(path).toMatch(/^\/(?:var\/)?tmp\)?$/);
  });
});

describe.each(scripts)("%s", (name) => {
  const script = join(FOLDER, name);

  it("is taken by bash", () => {
    expect(spawnSync("bash", ["-n", script], { encoding: "utf8" }).stderr).toBe("");
  });

  it.skipIf(!hasShellcheck)("has nothing that shellcheck finds", () => {
    expect(spawnSync("shellcheck", [script], { encoding: "utf8" }).stdout).toBe("");
  });
});
