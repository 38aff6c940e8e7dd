/** Habits of a command line: standard input, colours, near names, help on everything. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { help } from "../../src/cli/commands/help.js";
import { TOPICS } from "../../src/cli/request/help-topics.js";
import { createProgram, createWholeProgram } from "../../src/cli/program.js";
import { commandOf } from "../../src/cli/request/usage-error.js";
import { CONCEPTS } from "../../src/explain/concepts.js";
import { standardLibrary } from "../../src/index.js";
import { AGGREGATE_NAMES } from "../../src/aggregates/aggregates.js";
import { CLAUSE_WORDS } from "../../src/syntax/clauses.js";
import { wantsColor } from "../../src/view/color.js";
import { called } from "./called.js";
import { COMMAND, faultlineBeside as faultline, ROOT, type Ran } from "./faultline.js";

async function fed(input: string | Buffer, ...args: readonly string[]): Promise<Ran> {
  const [node, ...words] = COMMAND;
  const { exitCode, stdout, stderr } = await execa(node, [...words, ...args], {
    cwd: ROOT,
    input,
    reject: false,
  });
  return { code: exitCode, out: stdout, err: stderr };
}

describe("a query from standard input", () => {
  it.concurrent.each([
    ["compile", /software:page-faults:1/],
    ["check", /no errors/],
    ["explain", /faults/],
    ["fmt", /^faults by comm$/],
  ])("is for %s", async (command, expected) => {
    const target = command === "fmt" ? [] : ["--kernel", "debian13"];
    const ran = await fed("faults   by comm\n", command, "-", ...target);
    expect(ran.err).toBe("");
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(expected);
  });

  it.concurrent("is told where it is wrong", async () => {
    const ran = await fed("faults by cmm", "-", "--kernel", "debian13");
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/--> standard input:1:11[\s\S]*did you mean `comm`/);
  });

  it.concurrent("is empty, or too large", async () => {
    expect(await fed("", "check", "-")).toMatchObject({
      code: 2,
      err: expect.stringContaining("no query") as string,
    });
    const large = await fed(Buffer.alloc(9 * 1024 * 1024, 32), "fmt", "-");
    expect(large).toMatchObject({ code: 2, err: expect.stringContaining("too large") as string });
  });

  it.concurrent("has a tool that is named", async () => {
    const ran = await fed(
      "tool mine() { faults by comm }",
      "compile",
      "-",
      "--tool",
      "mine",
      "--kernel",
      "debian13",
    );
    expect(ran).toMatchObject({ code: 0, err: "" });
  });
});

describe("colours", () => {
  const terminal = { isTTY: true };
  it.each<[boolean, { isTTY?: boolean; isFile?: boolean }, Record<string, string>]>([
    [true, terminal, {}],
    [false, {}, {}],
    [false, terminal, { TERM: "dumb" }],
    [false, terminal, { NO_COLOR: "1" }],
    [true, terminal, { NO_COLOR: "" }],
    [true, {}, { FORCE_COLOR: "1" }],
    [false, terminal, { FORCE_COLOR: "0" }],
    [false, {}, { FORCE_COLOR: "1", NO_COLOR: "1" }],
    [false, { isFile: true }, { FORCE_COLOR: "1" }],
  ])("%s: %j %j", (expected, stream, environment) => {
    expect(wantsColor(stream, environment)).toBe(expected);
  });

  it.concurrent.each<[boolean, readonly string[], Record<string, string>]>([
    [true, ["check", "faults by cmm", "--color"], { NO_COLOR: "1" }],
    [true, ["--color", "check", "faults by cmm"], { NO_COLOR: "1" }],
    [false, ["check", "faults by cmm", "--no-color"], { FORCE_COLOR: "1", NO_COLOR: "" }],
    [false, ["--no-color", "faults by cmm"], { FORCE_COLOR: "1", NO_COLOR: "" }],
  ])("%s: %j %j", async (expected, args, environment) => {
    const ran = await faultline(args, environment);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain("did you mean `comm`");
    expect(ran.err.includes("\u001b[")).toBe(expected);
  });
});

describe("what is mistyped", () => {
  it.concurrent.each<[readonly string[], RegExp]>([
    [["doctr"], /no command, source or tool `doctr`\nhint: did you mean .*`doctor`/],
    [["lst"], /`lst`\nhint: did you mean `list`/],
    [["lst", "swap*"], /`lst`\nhint: did you mean `list`/],
    [["memleek"], /no command, source or tool `memleek`\nhint: did you mean `memleak`/],
    [["memleek", "-p", "1", "--min-age", "5s"], /`memleek`\nhint: did you mean `memleak`/],
    [
      ["memleak --min-age 5s"],
      /in quotes with its name[^]*hint: write them .*`faultline memleak --min-age 5s`/,
    ],
    [["run", "vmscn"], /no source or tool `vmscn`\nhint: did you mean `vmscan`/],
    [["--no-color", "vmscn"], /`vmscn`\nhint: did you mean `vmscan`/],
    [["compile", "memleek"], /`memleek`\nhint: did you mean `memleak`/],
    [["compile", "doctr"], /`doctr`\nhint: `faultline list` shows them all/],
    [["falts"], /did you mean `faults`/],
    [["falts", "by", "comm"], /--> query:1:1[\s\S]*did you mean `faults`/],
    [["list", "--fromat", "json"], /no option `--fromat`\nhint: did you mean `--format`/],
    [["faults", "--fromat", "json"], /no option `--fromat`\nhint: did you mean `--format`/],
    [["memleak", "--fromat", "json"], /no option `--fromat`\nhint: did you mean `--format`/],
    [["memleak", "--min-aeg", "5s"], /no option `--min-aeg`\nhint: did you mean `--min-age`/],
    [["memleak", "--min-aeg=5s"], /no option `--min-aeg`\nhint: did you mean `--min-age`/],
    [["--colr", "list"], /no option `--colr`\nhint: did you mean `--color`/],
    [["run", "--bogus"], /no option `--bogus`\nhint: see: faultline run --help/],
    [["profile", "captur"], /no command `captur`\nhint: did you mean `capture`/],
    [["replay", "vmscn"], /no recording `vmscn`\nhint: did you mean `vmscan`/],
    [["help", "unts"], /`unts`\nhint: did you mean `units`/],
    [["completion", "bsh"], /no completion for `bsh`\nhint: did you mean `bash`/],
    [["doc"], /missing required argument 'name'\nhint: see: faultline doc --help/],
  ])("%j", async (args, expected) => {
    const ran = await faultline(args);
    expect(ran.err).toMatch(expected);
    expect(ran.out).toBe("");
    expect(ran.code).toBe(2);
  });
});

describe("help", () => {
  const program = createProgram();

  it.each([
    ...TOPICS.map(({ name }) => name),
    ...program.commands.map((c) => c.name()),
    "profile capture",
    "memleak",
    "direct_reclaim",
    "raw tracepoint",
  ])("knows %s", async (name) => {
    const ran = await called(() => help(name.split(" "), program));
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(ran.out.split("\n").length).toBeGreaterThan(2);
  });

  it.concurrent("lists all that it knows", async () => {
    const { out } = await faultline(["help"]);
    for (const { name } of TOPICS) expect(out).toContain(`  ${name}`);
  });

  it("has a word on every row", () => {
    const empty = TOPICS.flatMap(({ name, parts }) =>
      parts().flatMap((part) =>
        typeof part === "string"
          ? []
          : part.filter(([, about]) => about === "").map(([word]) => `${name}: ${word}`),
      ),
    );
    // What the library's sources are is a matter of its own tests.
    expect(empty).toEqual([]);
    const words = (topic: string): readonly string[] =>
      TOPICS.filter(({ name }) => name === topic).flatMap(({ parts }) =>
        parts().flatMap((part) => (typeof part === "string" ? [] : part.map(([word]) => word))),
      );
    expect(words("query")).toEqual(CLAUSE_WORDS);
    expect(words("aggregates")).toEqual(AGGREGATE_NAMES);
    expect(words("concepts")).toEqual(CONCEPTS.map(({ id }) => id));
    expect(words("tools")).toEqual(standardLibrary().toolNames());
  });
});

/** `faultline list probes` in a message: it is typed as it stands there. */
const ADVICE = /(?<=["'( \\])`(?:sudo )?faultline ([^`\\]*)\\?`/g;
const COMMENT = /^\s*(?:\/\*\*|\*|\/\/).*$/gm;

describe("a command that a message names", async () => {
  const program = await createWholeProgram();
  const names = program.commands.map((c) => c.name());
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith("generated.ts"),
  );
  const advice = files.flatMap((file) =>
    [
      ...readFileSync(join(ROOT, "src", file), "utf8")
        .replace(COMMENT, "")
        .matchAll(ADVICE),
    ].map(([, words = ""]) => words.trim()),
  );

  it.each([...new Set(advice)])("is there: %s", (text) => {
    const words = text.replace(/'[^']*'|"[^"]*"/g, "QUERY").split(/\s+/);
    const [first = ""] = words;
    const isQuery =
      first === "…" ||
      first === "QUERY" ||
      first.startsWith("$") ||
      first === "needs" ||
      first.startsWith("--");
    if (!isQuery) expect([...names, "QUERY"]).toContain(first);
    const command = commandOf(program, words);
    const options = [command, program].flatMap((each) => each.createHelp().visibleOptions(each));
    for (const word of words.filter((each) => /^--?[a-z]/.test(each)))
      expect(
        options.some(({ long, short }) => long === word || short === word),
        word,
      ).toBe(true);
  });
});
