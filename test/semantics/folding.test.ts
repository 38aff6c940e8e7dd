/** What is known before anything runs is worked out by the compiler, and only that. */
import { describe, expect, it } from "vitest";
import { bundledKernel, compile } from "../../src/index.js";
import { arithmeticOf, comparisonOf, integer, opposite } from "../../src/semantics/expression/fold.js";
import type { Typed } from "../../src/semantics/typed.js";
import { BYTES, INT, UNSIGNED } from "../../src/types/types.js";
import { SHIPPED } from "../tracers.js";

const debian13 = bundledKernel("debian13");

/** The filter of the script's one probe: `/…/`; undefined where it has none. */
function filterOf(where: string): string | undefined {
  const { script, diagnostics } = compile(`faults by comm where ${where}`, { kernel: debian13 });
  if (!script) throw new Error(diagnostics.map((d) => d.message).join("; "));
  const probe = /^software:page-faults:1(?:\n\/(?<filter>.*)\/)?\s\{/m.exec(script.text);
  if (!probe) throw new Error(`no probe in ${script.text}`);
  return probe.groups?.["filter"];
}

describe("conditions", () => {
  it.each([
    ["1 == 1", undefined],
    ["true and pid > 1", "pid > 1"],
    ["pid > 1 or false", "pid > 1"],
    ["not (pid > 1 or uid == 0)", "pid <= 1 && uid != 0"],
    ["not (pid > 1 and uid == 0) and cpu == 1", "cpu == 1 && (pid <= 1 || uid != 0)"],
    ["not (cpu in (1, 2))", "cpu != 1 && cpu != 2"],
    ["(pid > 1 or uid == 0) and not (cpu == 1 or cpu == 2)", "cpu != 1 && cpu != 2 && (pid > 1 || uid == 0)"],
    // All that the number can be.
    ["pid >= 0", undefined],
    ["uid <= 4294967295", undefined],
    ["pid > 1 and 0 <= cpu", "pid > 1"],
    ["uid < 4294967295", "uid < 4294967295"],
    // What never holds is shown as it was asked for.
    ["cpu < 0", "cpu < 0"],
    ["pid * 1 + 0 > 5", "pid > 5"],
    ["pid / 1 == 5 and pid % 1 == 0", "pid == 5"],
    ["(pid | 0) ^ 0 > 5", "pid > 5"],
    ["pid - 0 > 5", "(int64)pid - 0 > 5"], // a difference has a sign, which a pid has not
    ["(1 < 2 ? pid : uid) == 7", "pid == 7"],
  ])("%s", (where, filter) => expect(filterOf(where)).toBe(filter));

  it.each(["false", "1 > 2", "pid > 1 and 1 == 2"])("%s: is kept, with a warning", (where) => {
    const { script, diagnostics } = compile(`faults by comm where ${where}`, { kernel: debian13 });
    expect(diagnostics.map(({ code }) => code)).toEqual(["never-true"]);
    expect(script?.text).toContain("/0 == 1/");
  });

  it("does not take a size for one that is never below zero: the heap shrinks too", () => {
    const script = compile("heap_change by comm where bytes >= 0B", { kernel: debian13 }).script?.text;
    expect(script).toContain("args.ret - (int64)$brk_call.1 >= 0");
  });
});

describe("comparisons with all that a type can be", () => {
  const pid: Typed = { op: "common", name: "pid", type: UNSIGNED };
  const word: Typed = { op: "argument", index: 0, type: UNSIGNED };
  const size: Typed = { op: "field", name: "size", type: BYTES };
  const signed: Typed = { op: "argument", index: 0, type: INT };
  const known = (value: Typed): bigint | undefined => (value.op === "integer" ? value.value : undefined);
  it.each([
    [pid, "<", 2n ** 32n, 1n],
    [pid, ">", 2n ** 32n - 2n, undefined],
    [pid, "!=", -1n, 1n],
    [word, ">=", 0n, 1n],
    [word, "<", 0n, undefined],
    [word, "<=", 2n ** 64n - 1n, 1n],
    // The tracers compare the bits, of which -1 has all.
    [word, ">", -1n, undefined],
    [size, ">=", 0n, undefined],
    [signed, ">=", 0n, undefined],
  ] as const)("%o %s %s", (left, operator, right, expected) => {
    expect(known(comparisonOf(operator, left, integer(right, INT)))).toBe(expected);
  });

  it("is the same from the other side", () =>
    expect(known(comparisonOf("<=", integer(0n, INT), word))).toBe(1n));

  it("keeps the sign that a result has", () => {
    const sum = arithmeticOf("+", word, integer(0n, INT), INT);
    expect(sum.op).toBe("arithmetic");
    expect(arithmeticOf("+", integer(0n, UNSIGNED), word, UNSIGNED)).toEqual(word);
  });

  it("turns each comparison over", () => {
    const test = comparisonOf("<", word, pid);
    expect(opposite(test)).toMatchObject({ op: "compare", operator: ">=" });
    expect(opposite(opposite(test))).toEqual(test);
  });
});

describe.each(SHIPPED)("memleak on $target", ({ target: kernel, bpftrace, bcc }) => {
  const UNASKED = /% 1\b|1099511627776|1TB|>= 0\b|\/ 16\b|1 == 1|0B == 0B/;
  /** Of a program in Python the C, in which it tests. */
  const tested = (script: string): string => /PROGRAM = r"""([^]*?)"""/.exec(script)?.[1] ?? script;
  const text = (options: Record<string, string>, to: "bpftrace" | "bcc"): string => {
    const tool = { name: "memleak", arguments: options };
    const { script, diagnostics } = compile("", {
      kernel: bundledKernel(kernel),
      to,
      tool,
      version: to === "bcc" ? bcc : bpftrace,
    });
    if (!script) throw new Error(diagnostics.map((d) => d.message).join("; "));
    return script.text;
  };
  /** The query in the header, where a long one is broken into lines. */
  const asked = (script: string): string =>
    script.slice(0, script.indexOf("Compiled by Faultline")).replace(/\n(?: \*)? {2,}/g, " ");

  it.each(["bpftrace", "bcc"] as const)("does not test what nobody asked for: %s", (to) => {
    const script = text({}, to);
    expect(tested(script)).not.toMatch(UNASKED);
    expect(asked(script)).toContain("where age >= 500ms every 5s");
  });

  it.each(["bpftrace", "bcc"] as const)("tests what is asked for: %s", (to) => {
    const script = text({ min_size: "16B", max_size: "4MB", sample: "10" }, to);
    expect(asked(script)).toContain(
      "where age >= 500ms and size >= 16B and size <= 4MB and hash(address) % 10 == 0",
    );
    const sampled = { bpftrace: ">> 32) % 10 == 0", bcc: ">> 32), 10) == 0" }[to];
    for (const test of [">= 16", "<= 4194304", sampled]) expect(tested(script)).toContain(test);
  });
});
