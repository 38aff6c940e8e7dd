import { describe, expect, it } from "vitest";
import {
  bundledKernel,
  bundledNames,
  compile,
  standardLibrary,
  type CompileOptions,
} from "../../src/index.js";

const codes = (text: string, options: CompileOptions = {}): string[] =>
  compile(text, options).diagnostics.map((d) => d.code);

/** The query as the script's header tells it. */
const told = (name: string, args: Record<string, string>, options: CompileOptions = {}): string | undefined =>
  compile("", { ...options, tool: { name, arguments: args } }).plan?.results[0]?.query;

describe("tools", () => {
  it("put the values of their options where their names stand", () => {
    expect(told("drsnoop", { min_latency: "1500us" })).toContain("where latency >= 1500us");
    expect(told("vmscan", { interval: "2s" })).toContain("every 2s header 20 show");
  });

  it("run the branch whose condition holds", () => {
    expect(told("biolatency", {})).toMatch(/^block_io /);
    expect(told("biolatency", { queued: "true" })).toMatch(/^queued_block_io /);
  });

  it("take a source as an option", () => {
    expect(told("stackcount", { event: "kprobe:vfs_read" })).toMatch(/^kprobe:vfs_read by ustack/);
    expect(told("stackcount", { event: "faults" })).toMatch(/^faults by ustack/);
  });

  it.each([
    ["drsnoop", { min_latency: "5" }, "bad-option"],
    ["drsnoop", { min_latency: "5MB" }, "bad-option"],
    ["drsnoop", { min: "5ms" }, "unknown-option"],
    ["stackcount", { event: "faults by comm" }, "bad-option"],
    ["stackcount", { event: "1 + 1" }, "bad-option"],
    ["stackcount", { event: "falts" }, "unknown-source"],
  ])("%s %o: %s", (name, args, code) => {
    expect(codes("", { tool: { name, arguments: args } })).toContain(code);
  });

  it.each([
    ["tool t(a: int) { faults }", "missing-option"],
    ["tool t { when 1 { faults } }", "not-a-condition"],
    ["tool t { when pid == 1 { faults } }", "unknown-name"],
    ["tool t { }", "empty-tool"],
    ["tool t(s: source = 1) { s }", "bad-option"],
    ["tool t { faults } tool t { brk }", "duplicate-definition"],
  ])("%s: %s", (text, code) => {
    expect(codes(text)).toContain(code);
  });

  it("have names of their own beside the sources", () => {
    const library = standardLibrary();
    expect(library.find("swapin")?.definition.kind).toBe("event");
    expect(library.tool("swapin")?.definition.kind).toBe("tool");
    expect(codes("vmscan by comm")).toContain("tool-as-source");
  });
});

describe("clauses of the command line", () => {
  const amended = (text: string, amendments: NonNullable<CompileOptions["amendments"]>): string | undefined =>
    compile(text, { amendments }).plan?.results[0]?.query;

  it("come in place of the query's own, or beside it", () => {
    expect(amended("faults by comm top 5", { by: "pid", top: "3" })).toBe("faults by pid top 3");
    expect(amended("faults by comm where pid == 1 or pid == 2", { where: "uid == 0" })).toBe(
      "faults by comm where (pid == 1 or pid == 2) and (uid == 0)",
    );
    expect(amended("malloc sum(size) by comm top 5 by sum(size)", { top: "3" })).toContain(
      "top 3 by sum(size)",
    );
    expect(amended("malloc sum(size) by comm top 5", { show: "pid, size" })).toBe("malloc show pid, size");
    expect(amended("every 1s header 20 show count(faults)", { every: "2s", by: "comm" })).toBe(
      "every 2s header 20 show count(faults)",
    );
  });

  it("are told at the option when they are wrong", () => {
    const [found] = compile("faults by comm", { amendments: { by: "cmm" } }).diagnostics;
    expect(found?.source).toMatchObject({ name: "--by", text: "cmm" });
    expect(found?.hint).toContain("`comm`");
    expect(codes("faults", { amendments: { where: "pid == " } }).length).toBeGreaterThan(0);
    expect(codes("faults", { amendments: { every: "5" } })).toContain("missing-unit");
  });
});

describe("the standard library", () => {
  const library = standardLibrary();
  /** The development kernel has no kprobes, and what needs them says so. */
  /** Parts of unions that only some kernels have. */
  const optional = ["sheaf_free"];
  const mayLack = (kernel: string, compiled: ReturnType<typeof compile>): boolean =>
    kernel === "dev" &&
    compiled.unavailable === true &&
    /no kprobes/.test(compiled.diagnostics[0]?.hint ?? "");

  describe.each(bundledNames)("on %s", (name) => {
    const kernel = bundledKernel(name);
    it.each(library.names().filter((source) => !optional.includes(source)))("%s", (source) => {
      const compiled = compile(`${source} count()`, { kernel });
      if (!mayLack(name, compiled))
        expect(compiled.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
    });
    it.each(library.toolNames())("tool %s", (tool) => {
      const compiled = compile("", { kernel, tool: { name: tool, arguments: {} } });
      if (!mayLack(name, compiled))
        expect(compiled.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
    });
  });

  it("has a sentence on each of them", () => {
    const all = [
      ...library.toolNames().map((n) => [n, library.tool(n)?.definition.doc] as const),
      ...library.names().map((n) => [n, library.find(n)?.definition.doc] as const),
    ];
    expect(all.filter(([, doc]) => doc === undefined).map(([name]) => name)).toEqual([]);
  });
});

it("a bare number beside a load average is a load", () => {
  const { script } = compile("oomkill show load where load > 2");
  expect(script?.text).toContain("> 4096");
});
