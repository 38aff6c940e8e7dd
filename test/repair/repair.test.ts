import { describe, expect, it } from "vitest";
import { compile, renderDiagnostics, type CompileOptions, type Diagnostic } from "../../src/index.js";
import { openProfile } from "../../src/kernel/profile/profile-file.js";
import { DIAGNOSTIC_ROWS } from "../semantics/diagnostic-table.js";
import { FINDINGS } from "../syntax/findings.js";
import { FOREIGN_TEXTS } from "./foreign-texts.js";

const { kernel } = openProfile("profiles/debian13.profile");

const diagnosticsOf = (text: string, options: CompileOptions = {}): readonly Diagnostic[] =>
  compile(text, { kernel, ...options }).diagnostics;

const errorsOf = (found: readonly Diagnostic[]): readonly Diagnostic[] =>
  found.filter((d) => d.severity === "error");

const isOf = (text: string) => (d: Diagnostic) => d.source.text === text && d.source.name === "query";

function applied(text: string, { fix }: Diagnostic): string {
  if (!fix) throw new Error("there is nothing to apply");
  return text.slice(0, fix.span.start) + fix.text + text.slice(fix.span.end);
}

/** Follows the hints one after the other, as somebody does who reads them. */
function followed(
  text: string,
  options: CompileOptions,
): { readonly text: string; readonly left: readonly Diagnostic[] } {
  let now = text;
  for (let steps = 0; steps < 12; steps++) {
    const found = diagnosticsOf(now, options);
    const next = found.filter(isOf(now)).find((d) => d.fix !== undefined);
    if (!next) return { text: now, left: found };
    now = applied(now, next);
  }
  throw new Error(`the hints for \`${text}\` come to no end: ${now}`);
}

/** Every text that any test has for a diagnostic. */
const CORPUS: readonly (readonly [string, CompileOptions])[] = [
  ...DIAGNOSTIC_ROWS.filter(({ text }) => text !== "" && text.length < 2000).map(
    ({ text, options }) => [text, options ?? {}] as const,
  ),
  ...FINDINGS.map(([text]) => [text, {}] as const),
  ...FOREIGN_TEXTS.map(([text]) => [text, {}] as const),
];

describe("what other languages write", () => {
  it.each(FOREIGN_TEXTS)("%s", (written, meant) => {
    const found = diagnosticsOf(written);
    expect(found.length).toBeGreaterThan(0);
    const corrected = found.map((d) => d.corrected).filter((text) => text !== undefined);
    expect(corrected, renderDiagnostics(found)).toEqual([meant]);
    expect(diagnosticsOf(meant)).toEqual([]);
    for (const d of found) {
      expect(written.slice(d.span.start, d.span.end)).not.toBe("");
      expect(d.hint).toBeDefined();
    }
    expect(renderDiagnostics(found)).toContain(`= so: ${meant}`);
  });
});

describe("each hint of the diagnostics", () => {
  it.each(CORPUS)("%s", (text, options) => {
    const found = diagnosticsOf(text, options);
    for (const d of found) {
      // What is offered is structured, so that it can be applied.
      if (/^(?:write|did you mean) [`"]/.test(d.hint ?? ""))
        expect(d.fix ?? /`faultline run|`\\\\/.test(d.hint ?? ""), `${d.code}: ${d.hint}`).toBeTruthy();
      if (d.corrected !== undefined) expect(errorsOf(diagnosticsOf(d.corrected, options))).toEqual([]);
      if (!d.fix || !isOf(text)(d)) continue;
      // Following one alone mends that, and brings nothing new.
      const after = diagnosticsOf(applied(text, d), options);
      expect(errorsOf(after).length, `${d.hint}\n${renderDiagnostics(after)}`).toBeLessThanOrEqual(
        errorsOf(found).length,
      );
    }
    // Following all of them leads to what compiles, or to what has to be thought about.
    const end = followed(text, options);
    for (const d of end.left) expect(d.hint ?? "").not.toMatch(/^(?:write|did you mean) [`"]/);
    if (found.some((d) => d.corrected !== undefined)) expect(errorsOf(end.left), end.text).toEqual([]);
  });
});

describe("texts of options", () => {
  const of = (text: string, options: CompileOptions): readonly Diagnostic[] => diagnosticsOf(text, options);
  it.each([
    ["faults by comm", { amendments: { top: "10 by total" } }, "--top", "10 by count()"],
    ["malloc sum(size) by comm", { amendments: { top: "10 by total" } }, "--top", "10 by sum(size)"],
    ["faults by comm", { amendments: { where: 'comm is "sh"' } }, "--where", 'comm == "sh"'],
    ["faults", { amendments: { by: "comm and pid" } }, "--by", "comm, pid"],
    ["faults by comm", { amendments: { every: "second" } }, "--every", "1s"],
    ["", { tool: { name: "memleak", arguments: { min_age: "3" } } }, "--min-age", "3s"],
    [
      "",
      { tool: { name: "memleak", arguments: {} }, amendments: { where: "size > 4k" } },
      "--where",
      "size > 4KB",
    ],
  ] as const)("%s %o", (text, options, name, corrected) => {
    const [d, ...more] = of(text, options);
    expect(more).toEqual([]);
    expect(d?.source.name).toBe(name);
    expect(d?.corrected).toBe(corrected);
  });

  it("are quoted as they were given, not as they became a part of the query", () => {
    const found = of("", { tool: { name: "memleak", arguments: {} }, amendments: { where: "nosuch == 1" } });
    expect(renderDiagnostics(found)).toContain("1 | nosuch == 1\n  | ^^^^^^");
  });
});

it("says one thing of a probe that the target lacks", () => {
  const found = diagnosticsOf("kprobe:no_such_function(a, b) by a.x, b.y");
  expect(found.map((d) => d.code)).toEqual(["missing-probe"]);
});

it.each(["(".repeat(3000), "faults by ".repeat(400), "a|".repeat(900), "select ".repeat(300)])(
  "ends with hostile texts %#",
  (text) => {
    expect(errorsOf(diagnosticsOf(text)).length).toBeGreaterThan(0);
  },
);
