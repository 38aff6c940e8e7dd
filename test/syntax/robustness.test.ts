import { describe, expect, test } from "vitest";
import { FaultlineParser } from "../../src/syntax/grammar/grammar.js";
import type { Token } from "../../src/syntax/lexer/docs.js";
import { parseFile } from "../../src/syntax/parser/parser.js";
import { printExpression, printQuery } from "../../src/syntax/print/print-expression.js";
import { Reporter } from "../../src/syntax/parser/reporter.js";
import { DEFINITIONS, QUERIES, random, read } from "./helpers.js";

class CountingParser extends FaultlineParser {
  looks = 0;

  override LA(distance: number): Token {
    this.looks++;
    return super.LA(distance);
  }
}

const counting = new CountingParser();

/** Whatever the text: a tree or a finding, every place inside the text, and the printers get over the tree. */
function survives(text: string): void {
  const { file, diagnostics } = read(text);
  for (const { span, message, hint = "" } of diagnostics) {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    expect(span.end).toBeLessThanOrEqual(text.length);
    expect(message + hint).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  }
  expect(diagnostics.length).toBeLessThanOrEqual(21);
  for (const item of file.items) {
    if (item.kind !== "query") continue;
    expect(printQuery(item)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
    for (const clause of item.clauses) if (clause.kind === "where") printExpression(clause.condition);
  }
}

const TEXTS = [...QUERIES, DEFINITIONS];

test("every prefix and every suffix of every example", { timeout: 60_000 }, () => {
  for (const text of TEXTS) {
    for (let i = 0; i <= text.length; i += text.length > 1000 ? 3 : 1) {
      survives(text.slice(0, i));
      survives(text.slice(i));
    }
  }
});

test("every example with one token deleted, doubled or exchanged", { timeout: 60_000 }, () => {
  const next = random(7);
  for (let i = 0; i < 2000; i++) {
    const text = TEXTS[Math.floor(next() * TEXTS.length)] ?? "";
    const words = text.split(/(\s+|[(){},;:=])/);
    const at = Math.floor(next() * words.length);
    const other = words[Math.floor(next() * words.length)] ?? "";
    const replacement = [[], [words[at] ?? "", words[at] ?? ""], [other]][Math.floor(next() * 3)] ?? [];
    words.splice(at, 1, ...replacement);
    survives(words.join(""));
  }
});

test("2,000 random texts", { timeout: 60_000 }, () => {
  const next = random(42);
  const pieces = [
    ..."()[]{},;:.?=<>~+-*/%&|^!@#$\\'\"“”‘’`\n\r\t \0\u00a0\u200b\u202eéµ€😀\ud800",
    ..."faults by where show every top for via as in has and or not event span tool provider begin end on import".split(
      " ",
    ),
    ..."open header note true false == != <= >= << >> !~ // /// #! /* */ 0x 1_ 4KB 10 ms kprobe: t:a:b u:/x:y \\x \\u{".split(
      " ",
    ),
  ];
  for (let i = 0; i < 1000; i++) {
    let text = "";
    const length = Math.floor(next() * 60);
    for (let j = 0; j < length; j++)
      text += (pieces[Math.floor(next() * pieces.length)] ?? "") + (next() < 0.5 ? " " : "");
    survives(text);
  }
  for (let i = 0; i < 1000; i++) {
    const bytes = Uint8Array.from({ length: Math.floor(next() * 200) }, () => Math.floor(next() * 256));
    survives(new TextDecoder().decode(bytes));
    survives(String.fromCharCode(...bytes));
  }
});

describe("long texts are read in one pass", { timeout: 60_000 }, () => {
  test.each([
    ["(", "faults where "],
    ["(a", "faults where "],
    ["[", "faults where a"],
    ["{", "faults "],
    ["}", ""],
    ["{", "event e "],
    [";", ""],
    [",", "faults by "],
    ["a.", "faults by "],
    ["a + ", "faults by "],
    ["not ", "faults where "],
    ["- ", "faults where "],
    ["a ? ", "faults where "],
    ["a, ", "faults by "],
    ["a ", "faults by "],
    ["by a ", "faults "],
    ["by a count() ", "faults "],
    ["faults by comm;\n", ""],
    ["event e { provider kprobe:f { a: int = 1 } }\n", ""],
    ["event e { ", ""],
    ["provider k:f { a: int = 1 ", "event e {"],
    ["tool t(", ""],
    ["a: int, ", "tool t("],
    ['"', "faults where "],
    ["'", "faults where "],
    ["“", "faults where "],
    ['"a" ', "faults where "],
    ["\\", 'faults where "'],
    ["9", "faults where "],
    ["9 ", "faults where "],
    ["x", "faults where "],
    ["é", "faults where "],
    ["😀 ", ""],
    ["//\n", ""],
    ["///\n", ""],
    ["/// a\n\n", ""],
    ["/* ", ""],
    [":a", "kprobe"],
    ["k:a ", ""],
    ["\n", "faults"],
    [" ", "faults by comm"],
  ])("of `%s` after `%s`", (piece, before) => {
    readsInOnePass(before + piece.repeat(100_000 / piece.length));
  });

  test.each(["faults by comm;\n", "(", "a.", "event e { provider kprobe:f { a: int = 1 } }\n", "\0", '"'])(
    "a megabyte of `%s`",
    (piece) => {
      readsInOnePass(piece.repeat(1_000_000 / piece.length));
    },
  );

  /** Every token is looked at so many times at most, in reading or in getting over a mistake. */
  function readsInOnePass(text: string): void {
    const reporter = new Reporter({ name: "test", text });
    counting.looks = 0;
    parseFile(reporter, counting);
    expect(counting.looks).toBeLessThanOrEqual(60 * text.length + 10_000);
    expect(reporter.finish().length).toBeLessThanOrEqual(21);
  }
});
