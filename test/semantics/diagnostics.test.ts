import { describe, expect, it } from "vitest";
import { check, compile, renderDiagnostics } from "../../src/index.js";

/** The code of each diagnostic, the text it underlines, and its hint. */
function findings(text: string): { code: string; at: string; hint: string | undefined }[] {
  return check(text).diagnostics.map((d) => ({
    code: d.code,
    at: d.source.text.slice(d.span.start, d.span.end),
    hint: d.hint,
  }));
}

describe("diagnostics", () => {
  it.each([
    ["fault by comm", "unknown-source", "fault", "faults"],
    ["faults by cmm", "unknown-name", "cmm", "comm"],
    ["direct_reclaim show comm where latency > 10", "missing-unit", "10", "10ms"],
    ["malloc sum(size) by comm where size > 10us", "unit-mismatch", "size > 10us", undefined],
    ["malloc summ(size)", "unknown-aggregate", "summ", "sum"],
    ["mmap by comm where flags has MAP_ANONYMOS", "unknown-flag", "MAP_ANONYMOS", "MAP_ANONYMOUS"],
    ["faults by comm where pid", "not-a-condition", "pid", "!= 0"],
    ["faults by comm where comm ~ pid", "not-a-pattern", "pid", undefined],
    ['faults by comm where comm ~ "[a"', "bad-pattern", '"[a"', undefined],
    ["faults top 3", "top-without-by", "top 3", "by comm top 10"],
    ["faults by comm top 3 by comm", "unknown-rank", "comm", "by comm"],
    ["faults every 5", "missing-unit", "5", "5s"],
    ["open faults", "not-a-span", "faults", "open allocation"],
    ["open allocation where latency > 1s", "open-latency", "latency", "age"],
    ["direct_reclaim where age > 1s", "closed-age", "age", "open direct_reclaim"],
    ["direct_reclaim show begin.reclaimed", "unknown-name", "reclaimed", undefined],
    ["faults show count()", "aggregate-in-show", "count()", "leave the word"],
    ["faults show pid by comm", "clash-with-show", "by comm", undefined],
    ["malloc lhist(size, 0, 100KB, 3KB)", "bad-range", "lhist(size, 0, 100KB, 3KB)", undefined],
    ["malloc sum(size) in ms", "unit-mismatch", "ms", undefined],
    ["faults by 1 / 0", "divide-by-zero", "0", undefined],
    ["software:page-fault:1", "unknown-probe", "page-fault", "page-faults"],
    ["kprobe:handle_mm_fault:x:y", "probe-parts", "kprobe:handle_mm_fault:x:y", undefined],
    ["slab_alloc via slab_cal", "unknown-probe-type", "slab_cal", "did you mean `slab_call`"],
    ["direct_reclaim via kprobe", "no-such-provider", "kprobe", "mm_vmscan_direct_reclaim_end"],
    ["faults via uprobe", "no-such-provider", "uprobe", "software:page-faults:1"],
    ["event a { provider a } a", "cyclic-definition", "a", undefined],
    ["event a { provider software:cs x: int = 1s }", "syntax", "", undefined],
    ["event a { provider software:cs { x: bytes = 1s } }", "field-type", "1s", undefined],
    ['faults by comm where comm == "a\\x00b"', "nul-in-string", '"a\\x00b"', undefined],
    ["every 1s show sum(pid)", "unknown-source", "pid", undefined],
    ["by comm", "no-source", "by comm", "start with a source"],
    ["malloc by comm where size == 1.5B", "not-whole", "1.5B", "smaller unit"],
    ["faults show vma", "unknown-name", "vma", undefined],
  ])("%s", (text, code, at, hint) => {
    const found = findings(text);
    if (code === "syntax") return void expect(found.length).toBeGreaterThan(0);
    expect(found.map((f) => f.code)).toContain(code);
    const one = found.find((f) => f.code === code);
    expect(one?.at).toBe(at);
    if (hint !== undefined) expect(one?.hint).toContain(hint);
  });

  it("reports several mistakes in one run", () => {
    expect(findings("faults summ(x), avg(y) by cmm where adress > 1").length).toBeGreaterThanOrEqual(3);
  });

  it("underlines what is meant", () => {
    const text = renderDiagnostics(check("faults by cmm").diagnostics);
    expect(text).toContain("query:1:11");
    expect(text).toContain("1 | faults by cmm\n  |           ^^^");
    expect(text).toContain("hint: did you mean `comm`?");
  });

  it("tells a struct's missing field at compile time", () => {
    const found = findings(
      "kprobe:handle_mm_fault(vma, address, flags) by vma.vm_fil.f_path.dentry.d_name.name",
    );
    expect(found[0]?.code).toBe("kernel-no-member");
  });

  it("tells a cyclic import", () => {
    const sources: Record<string, string> = { "b.fl": 'import "a.fl"' };
    const result = compile('import "b.fl" faults', {
      name: "a.fl",
      resolveImport: (path) => ({ name: path, text: sources[path] ?? 'import "b.fl" faults' }),
    });
    expect(result.diagnostics.map((d) => d.code)).toContain("cyclic-import");
  });

  it.each([
    "",
    "\0\u0001\u0002",
    "(".repeat(10_000),
    "x".repeat(1_000_000),
    "faults where " + "not ".repeat(10_000) + "true",
    "faults by " + "a.".repeat(10_000) + "a",
  ])("survives bad input %#", (text) => {
    const { diagnostics, script } = compile(text);
    expect(script).toBeUndefined();
    expect(diagnostics.some((d) => d.severity === "error")).toBe(true);
  });
});
