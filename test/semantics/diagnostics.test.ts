import { describe, expect, it } from "vitest";
import { check, compile, renderDiagnostics } from "../../src/index.js";
import { openProfile } from "../../src/kernel/profile/profile-file.js";
import { DIAGNOSTIC_ROWS } from "./diagnostic-table.js";
import { reportedCodes } from "./reported-codes.js";

/** All of it, so that what it lacks is known to be missing. */
const { kernel } = openProfile("profiles/debian13.profile");

/** The code of each diagnostic, the text it underlines, and its hint. */
function findings(text: string): { code: string; at: string; hint: string | undefined }[] {
  return check(text).diagnostics.map((d) => ({
    code: d.code,
    at: d.source.text.slice(d.span.start, d.span.end),
    hint: d.hint,
  }));
}

describe("diagnostics", () => {
  it.each(DIAGNOSTIC_ROWS)("$code: $text", ({ code, text, at, hint, options }) => {
    const { diagnostics } = compile(text, { kernel, ...options });
    const found = diagnostics.find((d) => d.code === code);
    expect(found, diagnostics.map((d) => d.code).join(", ")).toBeDefined();
    expect(found?.source.text.slice(found.span.start, found.span.end)).toBe(at);
    if (hint === undefined) expect(found?.hint).toBeUndefined();
    else expect(found?.hint).toContain(hint);
  });

  it("have a row for each code that is reported", () => {
    const rows = new Set(DIAGNOSTIC_ROWS.map(({ code }) => code));
    const codes = reportedCodes(["src/semantics", "src/plan", "src/repair"]);
    expect([...codes].filter((code) => !rows.has(code))).toEqual([]);
    expect([...rows].filter((code) => !codes.has(code))).toEqual([]);
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
