/** The manual: made of commander's definitions, with every option, and roff that no formatter complains about. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandDocs } from "../../scripts/command-docs.js";
import { ManPage, prose, roff } from "../../scripts/man-page.js";
import { createWholeProgram } from "../../src/cli/program.js";
import { temporaryFolder } from "../temporary-folder.js";

const EDITION = { version: "1.2.3", date: "2026-01-31" };
const docs = await commandDocs(EDITION);
const pages = [...docs].filter(([path]) => path.startsWith("man/"));
const program = await createWholeProgram();

const folder = temporaryFolder();

const has = (name: string): boolean => spawnSync(name, ["--version"]).error === undefined;

function formatted(text: string, ...command: readonly [string, ...string[]]): { out: string; err: string } {
  const file = join(folder, "x.1");
  writeFileSync(file, text);
  const [name, ...args] = command;
  const { stdout, stderr } = spawnSync(name, [...args, file], { encoding: "utf8" });
  return { out: stdout, err: stderr };
}

describe("the manual", () => {
  it("has a page for the program and each command", () => {
    expect(pages.map(([path]) => path).sort()).toEqual(
      ["man/faultline.1", ...program.commands.map((c) => `man/faultline-${c.name()}.1`)].sort(),
    );
  });

  it.each(program.commands.map((c) => [c.name(), c] as const))("of %s has every option", (name, command) => {
    const text = docs.get(`man/faultline-${name}.1`) ?? "";
    const commands = command.commands.length > 0 ? command.commands : [command];
    for (const option of commands.flatMap((each) => each.createHelp().visibleOptions(each)))
      expect(text).toContain(`.B "${roff(option.flags)}"`);
  });

  it("is the same for the same source", async () => {
    expect([...(await commandDocs(EDITION))]).toEqual([...docs]);
  });

  it("shows what roff would obey", () => {
    const page = new ManPage("x", "y", EDITION);
    page
      .section("S")
      .paragraph(".TH `.so /etc/shadow` \\n 'tis")
      .entry('--a "b" \\', ".c")
      .example([".d \\fB", "'e"]);
    const text = page.text();
    expect(text.split("\n").filter((line) => /^\.(?!TH|SH|TP|B|PP|nf|fi)|^'/.test(line))).toEqual([]);
    expect(prose("a `b-c` d")).toBe("a \\fBb\\-c\\fR d");
    if (!has("groff")) return;
    const { out, err } = formatted(text, "groff", "-ww", "-man", "-Tascii", "-P-cbou");
    expect(err).toBe("");
    for (const shown of [".TH", ".so /etc/shadow", "\\n 'tis", '--a "b" \\', ".c", ".d \\fB", "'e"])
      expect(out).toContain(shown);
  });

  it.runIf(has("groff")).each(pages)("%s: groff has no warning", (_, text) => {
    expect(formatted(text, "groff", "-ww", "-man", "-Tutf8").err).toBe("");
  });

  // Debian's is of BSD, and tells no version.
  it.runIf(has("mandoc")).each(pages)("%s: mandoc has no finding", (_, text) => {
    const { out, err } = formatted(text, "mandoc", "-Tlint");
    expect(out + err).toBe("");
  });
});
