import { describe, expect, test } from "vitest";
import { printExpression, printQuery } from "../../src/syntax/print/print-expression.js";
import { quoteText } from "../../src/types/text.js";
import type { Expression, Name } from "../../src/syntax/tree.js";
import { expression, meaning, QUERIES, readQuery, shape } from "./helpers.js";

const span = { start: 0, end: 0 };
const name = (text: string): Name => ({ kind: "name", span, text });
const binary = (
  left: Expression,
  operator: "+" | "*" | "-" | "and" | "==" | "or",
  right: Expression,
): Expression => ({
  kind: "binary",
  span,
  operator,
  left,
  right,
});
const [a, b, c] = [name("a"), name("b"), name("c")];

describe("expressions", () => {
  test.each([
    "a or b and not c == d",
    "(a or b) and c",
    "a - (b - c)",
    "-a * ~b.c[0].d",
    "a ? b : c ? d : e",
    "pid in (1, 2) or uid not in (0)",
    'file ~ "*.so" and x !~ "\\"\\n"',
    "count(kprobe:vfs_read) + 4KB",
    "f(a, g())",
  ])("%s", (text) => {
    expect(printExpression(expression(text))).toBe(text);
  });

  test("parentheses are put where the tree needs them", () => {
    const cases: [Expression, string][] = [
      [binary(binary(a, "+", b), "*", c), "(a + b) * c"],
      [binary(a, "-", binary(b, "-", c)), "a - (b - c)"],
      [binary(binary(a, "==", b), "==", c), "(a == b) == c"],
      [binary(a, "and", binary(b, "or", c)), "a and (b or c)"],
      [{ kind: "unary", span, operator: "-", operand: binary(a, "+", b) }, "-(a + b)"],
      [{ kind: "unary", span, operator: "not", operand: binary(a, "and", b) }, "not (a and b)"],
      [binary({ kind: "unary", span, operator: "not", operand: a }, "==", b), "(not a) == b"],
      [{ kind: "member", span, object: binary(a, "+", b), name: c }, "(a + b).c"],
      [
        {
          kind: "conditional",
          span,
          condition: { kind: "conditional", span, condition: a, then: b, otherwise: c },
          then: b,
          otherwise: c,
        },
        "(a ? b : c) ? b : c",
      ],
    ];
    for (const [tree, text] of cases) {
      expect(printExpression(tree)).toBe(text);
      expect(shape(expression(text))).toBe(shape(tree));
    }
  });

  test("a probe does not swallow what stands behind it", () => {
    for (const text of ["(kprobe:f).a", "a[(u:/bin/x)]", "a[b + (k:f)]", "x ? kprobe:f : y"]) {
      expect(meaning(expression(printExpression(expression(text))))).toEqual(meaning(expression(text)));
    }
  });
});

describe("queries on one line", () => {
  test.each(QUERIES)("%s", (text) => {
    const printed = printQuery(readQuery(text));
    expect(printed).not.toContain("\n");
    expect(meaning(readQuery(printed))).toEqual(meaning(readQuery(text)));
    expect(printQuery(readQuery(printed))).toBe(printed);
  });

  test("clauses come in one order, the interval of a table first", () => {
    expect(printQuery(readQuery("x for 1s top 3 every 1s via kprobe where a by b count()"))).toBe(
      "x count() by b where a via kprobe every 1s top 3 for 1s",
    );
    expect(printQuery(readQuery("show a every 1s"))).toBe("every 1s show a");
  });

  test("line ends, comments and control characters do not get through", () => {
    const text =
      'faults // first\n by "a\\nb\\x1b", c\n where d == "*/ \\u{2028}\\u{202e}" and\n e == "\\x85"';
    const printed = printQuery(readQuery(text));
    expect(printed).toBe('faults by "a\\nb\\x1b", c where d == "*/ \\u{2028}\\u{202e}" and e == "\\x85"');
    // A raw tab or separator in a string is escaped, too.
    expect(printQuery(readQuery('x by "a\tb\u2028\u0085"'))).toBe('x by "a\\tb\\u{2028}\\u{85}"');
    expect(printQuery(readQuery('uprobe:"/a\tb":f'))).toBe('uprobe:"/a\\tb":f');
  });

  test("strings are quoted so that they read back", () => {
    for (const value of ["", 'a"b\\c', "\n\r\t\0\x1b\x7f\x9f", "\u2028\u200b\ufeff", "😀é", "\\n"]) {
      const text = quoteText(value);
      const node = expression(text);
      expect(node.kind === "string" && node.value).toBe(value);
    }
  });
});
