import { describe, expect, test } from "vitest";
import { FINDINGS } from "./findings.js";
import { read } from "./helpers.js";

/** Every finding as: its code, the text it stands under, and its hint. */
function findings(text: string): [code: string, under: string, hint: string | undefined][] {
  return read(text).diagnostics.map(({ code, span, hint }) => [code, text.slice(span.start, span.end), hint]);
}

describe("one mistake, one finding", () => {
  test.each(FINDINGS)("%s", (text, code, under, hint) => {
    expect(findings(text)).toEqual([[code, under, hint]]);
  });

  test.each([
    ["faults where", "`where` needs a condition, for example `where pid == 1`"],
    ["faults by where x", "`by` needs keys, for example `by comm, pid`; `where` stands there"],
    ["a by b\nc by d", "a second query starts here, and the query before it has not ended"],
    ["faults by\u00a0comm", "a non-breaking space has no place here"],
    ["faults where “x”", "a curly quote stands here: strings are in double quotes"],
    [`faults where ${"(".repeat(10_000)}`, "this is nested too deeply: at most 200 levels"],
    ["faults \0 by comm", "a NUL character has no place here"],
  ])("%s is told in words", (text, message) => {
    expect(read(text).diagnostics[0]?.message).toBe(message);
  });
});

test.each([
  ["parentheses", "(".repeat(10_000)],
  ["brackets", "a[".repeat(10_000)],
  ["calls", "f(".repeat(10_000)],
  ["not", `${"not ".repeat(10_000)}a`],
  ["minus", `${"-".repeat(10_000)}a`],
  ["conditions", `${"a ? b : ".repeat(10_000)}a`],
  ["fields", `a${".a".repeat(100_000)}`],
  ["sums", `a${" + a".repeat(10_000)}`],
  ["and", `a${" and a".repeat(10_000)}`],
])("too many %s are too deep", (_, text) => {
  expect(findings(`faults where ${text} by comm`).map(([code]) => code)).toEqual(["too-deep"]);
});

describe("several in one run", () => {
  test("in the order of the text, and the rest of the tree is there", () => {
    const text =
      "faults show a +, b *, c where x = 1 wehre y; malloc lmiit 3 by\nevent e { provider k:f { a: = 1 } provider 3 }";
    expect(findings(text).map(([code, under]) => [code, under])).toEqual([
      ["missing-operand", ","],
      ["missing-operand", ","],
      ["wrong-operator", "="],
      ["misspelled-word", "wehre"],
      ["duplicate-clause", "wehre"],
      ["unknown-clause", "lmiit"],
      ["incomplete-clause", "event"],
      ["missing-semicolon", "event"],
      ["unexpected-token", "="],
      ["unexpected-token", "3"],
    ]);
    expect(read(text).file.items.map(({ kind }) => kind)).toEqual(["query", "query", "event"]);
  });

  test("a broken column leaves the others, a broken clause too", () => {
    const [query] = read("faults show a +, b, (c, d by e where f").file.items;
    expect(query).toMatchObject({
      clauses: [
        { kind: "show", columns: [{ expression: { text: "b" } }] },
        { kind: "by" },
        { kind: "where" },
      ],
    });
  });

  test("a broken field leaves the others, a broken provider too", () => {
    const text = "event e { provider k:f { a: = 1 b: int = 2 } provider 3 { c: int = 1 } provider k:g }";
    const { file, diagnostics } = read(text);
    expect(diagnostics.map(({ code }) => code)).toEqual(["unexpected-token", "unexpected-token"]);
    expect(file.items[0]).toMatchObject({
      providers: [{ fields: [{ name: { text: "b" } }] }, { trigger: { probe: { parts: [{ value: "g" }] } } }],
    });
  });

  test("a brace that is not closed ends at the next definition", () => {
    const { file, diagnostics } = read("event e { provider k:f {\nevent g { provider k:g }");
    expect(diagnostics.map(({ code }) => code)).toEqual(["unclosed"]);
    expect(file.items).toMatchObject([{ name: { text: "g" } }]);
  });

  test("a broken head takes its body with it", () => {
    const { file, diagnostics } = read(
      "event { provider k:f { a: int = 1 } } span s on tid { begin a end b }",
    );
    expect(diagnostics).toHaveLength(1);
    expect(file.items).toMatchObject([{ kind: "span" }]);
  });

  test("after twenty there is one note, and no more", () => {
    const { diagnostics } = read(Array(100).fill("faults by @ comm where ;").join("\n"));
    expect(diagnostics).toHaveLength(21);
    expect(diagnostics.at(-1)).toMatchObject({
      severity: "note",
      code: "too-many-errors",
      hint: "mend these first",
    });
    expect(diagnostics.slice(0, -1).every(({ severity }) => severity === "error")).toBe(true);
  });

  test("neighbouring strays of one kind are one", () => {
    expect(findings("faults \u0001\u0002\u0003 by @@@comm").map(([code]) => code)).toEqual([
      "stray-character",
      "stray-character",
    ]);
  });
});
