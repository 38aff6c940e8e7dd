/** The table of formats, and that what is said of them is made of it. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { createProgram } from "../../src/cli/program.js";
import { loaded } from "../../src/cli/command.js";
import { EXTENSIONS, FORMAT_NAMES, formatOfFile, formatRow } from "../../src/view/formats.js";

it("a file is of the format with the longest ending", () => {
  for (const name of FORMAT_NAMES) expect(formatOfFile(`x${formatRow(name).extension}`)).toBe(name);
  expect(formatOfFile("X.TRACE.JSON")).toBe("trace");
  expect(formatOfFile("x.png")).toBeUndefined();
});

it("help names all, and README their endings", async () => {
  const program = createProgram();
  const run = program.commands.find((command) => command.name() === "run") ?? program;
  const help = (await loaded(run)).helpInformation().replace(/\s+/g, " ");
  expect(help).toContain(`${FORMAT_NAMES.join(", ")} (default: table)`);
  const [paragraph = ""] = /`-o FILE` picks the format[^]*?Another ending/.exec(readFileSync("README.md", "utf8")) ?? [];
  const named = [...paragraph.matchAll(/`(\.[\w.]+)`/g)].map(([, ending]) => ending);
  expect(named.sort()).toEqual([...EXTENSIONS].sort());
}); // prettier-ignore
