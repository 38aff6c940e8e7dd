/** The table of formats, and that what is said of them is made of it. */
import { expect, it } from "vitest";
import { createProgram } from "../../src/cli/program.js";
import { loaded } from "../../src/cli/command.js";
import { FORMAT_NAMES, formatOfFile, formatRow } from "../../src/view/formats.js";

it("a file is of the format with the longest ending", () => {
  for (const name of FORMAT_NAMES) expect(formatOfFile(`x${formatRow(name).extension}`)).toBe(name);
  expect(formatOfFile("X.TRACE.JSON")).toBe("trace");
  expect(formatOfFile("x.png")).toBeUndefined();
});

it("help names all", async () => {
  const program = createProgram();
  const run = program.commands.find((command) => command.name() === "run") ?? program;
  const help = (await loaded(run)).helpInformation().replace(/\s+/g, " ");
  expect(help).toContain(`${FORMAT_NAMES.join(", ")} (default: table)`);
});
