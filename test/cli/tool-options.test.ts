import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { withNameTests } from "../../src/syntax/amend.js";
import type { NameTests } from "../../src/syntax/name-tests.js";
import { readRequest } from "../../src/cli/request/request.js";
import { toolHelp } from "../../src/cli/request/tool-options.js";
import { standardLibrary } from "../../src/index.js";

const asked = (words: string): ReturnType<typeof readRequest>["options"] =>
  readRequest(words.split(" "), {}).options;

describe("a tool's options", () => {
  it("go by the names of its parameters", () => {
    expect(asked("memleak --min-age 5s --each --max-size=4KB").tool).toEqual({
      name: "memleak",
      arguments: { min_age: "5s", each: "true", max_size: "4KB" },
    });
  });

  it.each([
    ["memleak --min-agee 5s", "no option"],
    ["memleak --min-age", "needs a value"],
    ["vmscan 5", "there is no"],
  ])("%s", (words, message) => {
    if (words === "vmscan 5") return void expect(asked(words).tool).toBeUndefined();
    expect(() => asked(words)).toThrow(message);
  });

  it("are refused for a query", () => {
    expect(() => asked("faults --by-pid")).toThrow("there is no option `--by-pid`");
  });

  it("are told by its help", () => {
    const tool = standardLibrary().tool("memleak")?.definition;
    if (!tool) throw new Error("no memleak");
    const help = toolHelp(tool, "Usage: x\n\nOptions:\n  -p");
    expect(help).toMatch(/--min-age <duration> +only what is at least this old \(default 500ms\)/);
    expect(help).toMatch(/--each +a line for each block/);
    expect(help).toContain("Options of every run:");
  });
});

describe("clauses on the command line", () => {
  it("are read from their options; --comm is a condition", () => {
    expect(readRequest(["faults"], { by: "pid", comm: 'a"b' }).options.amendments).toEqual({
      by: "pid",
      comm: 'a"b',
    });
    // As a name is shown, or as a shell has it.
    for (const [comm, literal] of [
      ["bad\\xff\\xfe", '"bad\\xff\\xfe"'],
      ["a\\\\b", '"a\\\\b"'],
      ['a\\"b', '"a\\"b"'],
      ["a\\*", '"a\\\\*"'],
      ["a\\", '"a\\\\"'],
      ["a\tb\u202e", '"a\\x09b\\u{202e}"'],
    ])
      expect(withNameTests({ comm: comm ?? "" }, "comm").where).toBe(`comm ~ ${literal}`);
    expect(withNameTests({ by: "pid", comm: 'a"b' }, "process")).toEqual({
      by: "pid",
      where: 'process ~ "a\\"b"',
    });
    expect(withNameTests({ where: "pid == 1", comm: "x" }, "comm").where).toBe('(pid == 1) and comm ~ "x"');
  });

  it("take control groups with what is in them, and the beginnings of ids", () => {
    const whereOf = (tests: NameTests): string | undefined => withNameTests(tests, "process").where;
    expect(readRequest(["faults"], { cgroup: "/a", pod: "0a" }).options.amendments).toEqual({
      cgroup: "/a",
      pod: "0a",
    });
    expect(whereOf({ cgroup: "/" })).toBe('(cgroup == "/" or cgroup ~ "/*")');
    expect(whereOf({ cgroup: "/a.slice/" })).toBe('(cgroup == "/a.slice" or cgroup ~ "/a.slice/*")');
    expect(whereOf({ cgroup: "*bu'r\"st*" })).toBe('cgroup ~ "*bu\'r\\"st*"');
    expect(whereOf({ container: "0a1b", comm: "x" })).toBe('process ~ "x" and container ~ "0a1b*"');
    expect(whereOf({ pod: "0a1b" })).toBe('pod ~ "0a1b*"');
    // The names of systemd's units have escapes of their own; as a table shows them, with two backslashes.
    for (const cgroup of ["/dev-a\\x2db.slice", "/dev-a\\\\x2db.slice"])
      expect(whereOf({ cgroup })).toBe(
        '(cgroup == "/dev-a\\\\x2db.slice" or cgroup ~ "/dev-a\\\\\\\\x2db.slice/*")',
      );
    expect(whereOf({ cgroup: "*a\\x2db*" })).toBe('cgroup ~ "*a\\\\\\\\x2db*"');
  });

  it("cannot narrow a table over several sources", () => {
    for (const option of ["comm", "cgroup", "container", "pod", "where"]) {
      const { diagnostics } = compile("every 1s show faults.count(), brk_call.count()", {
        amendments: { [option]: "x" },
      });
      expect(diagnostics.map(({ message }) => message).join()).toContain(`\`--${option}\` cannot narrow it`);
    }
  });
});

describe("the options of the library's tools", () => {
  /** Options of every run, which a tool's own must not hide. */
  const TAKEN = "kernel bpftrace by show where comm every top for tool set library pid command output format record help"; // prettier-ignore
  it("are none that every run has", () => {
    const library = standardLibrary();
    const own = library.toolNames().flatMap((name) => library.tool(name)?.definition.parameters ?? []);
    expect(own.map((p) => p.name.text).filter((name) => TAKEN.split(" ").includes(name))).toEqual([]);
  });
});
