/** Diagnostics as text: how many are shown, where they stand, and that many of them cost no more than their text. */
import { describe, expect, it } from "vitest";
import type { Diagnostic, Severity, Source } from "../../src/diagnostics/diagnostic.js";
import { Diagnostics } from "../../src/diagnostics/diagnostics.js";
import { renderDiagnostics, summarizeDiagnostics } from "../../src/diagnostics/render.js";

const finding = (severity: Severity, source: Source, start: number, message: string): Diagnostic => ({
  severity,
  code: "x",
  message,
  source,
  span: { start, end: start + 1 },
});

/** A text that tells how often it is searched and cut: what that costs grows with the text. */
function counted(text: string): { readonly source: Source; readonly read: () => number } {
  let read = 0;
  const source = {
    name: "x.fl",
    get text(): string {
      read++;
      return text;
    },
  };
  return { source, read: () => read };
}

describe("diagnostics", () => {
  it("are shown up to twenty, errors first, and the rest is counted", () => {
    const source = { name: "x.fl", text: "a\n".repeat(10_000) };
    const many = Array.from({ length: 9_999 }, (_, i) =>
      finding(i % 3 === 0 ? "note" : "warning", source, i * 2, `w${i}`),
    );
    const text = renderDiagnostics([...many, finding("error", source, 19_998, "the one that matters")]);
    expect(text.match(/^(error|warning|note):/gm)).toEqual(["error:", ...Array<string>(19).fill("warning:")]);
    expect(text).toMatch(/^error: the one that matters\n *--> x\.fl:10000:1\n/);
    expect(text).toMatch(/\n\nand 9,980 more\n$/);
  });

  it("are all shown when they are twenty", () => {
    const source = { name: "x.fl", text: "a b" };
    const text = renderDiagnostics(
      Array.from({ length: 20 }, (_, i) => finding("error", source, 2, `e${i}`)),
    );
    expect(text.match(/^error:/gm)).toHaveLength(20);
    expect(text).not.toContain("more");
  });

  it("stand where they stood, with characters of any kind before them", () => {
    const text = `first\n\n${"😀é"} x\r\nlast`;
    const source = { name: "q", text };
    const at = (offset: number): string =>
      /--> q:(\d+:\d+)/.exec(renderDiagnostics([finding("error", source, offset, "m")]))?.[1] ?? "";
    expect(at(0)).toBe("1:1");
    expect(at(5)).toBe("1:6");
    expect(at(6)).toBe("2:1");
    expect(at(text.indexOf("x"))).toBe("3:4");
    expect(at(text.indexOf("last"))).toBe("4:1");
    expect(at(text.length + 50)).toBe("4:5");
  });

  it("cost the same whether they are twenty or ten thousand", () => {
    const reads = (n: number): number => {
      const { source, read } = counted("faults by comm\n".repeat(10_000));
      renderDiagnostics(Array.from({ length: n }, (_, i) => finding("error", source, i * 15, `e${i}`)));
      return read();
    };
    expect(reads(10_000)).toBe(reads(20));
  });

  it("are short in one line too", () => {
    const source = { name: "x.fl", text: "a" };
    const told = new Diagnostics();
    for (let i = 0; i < 30; i++) told.error("x", source, { start: 0, end: 1 }, `e${i}`, "mend it");
    const line = summarizeDiagnostics(told.list);
    expect(line).toMatch(/^e0 \(mend it\); .*; e19 \(mend it\); and 10 more$/);
  });
});
