import { describe, expect, test } from "vitest";
import { EOF, Lexer, tokenMatcher } from "chevrotain";
import { lex } from "../../src/syntax/lexer/lexer.js";
import { AnyWord, NumberToken, Probe, StringToken, TOKENS } from "../../src/syntax/grammar/tokens.js";
import { Reporter } from "../../src/syntax/parser/reporter.js";
import { clause, expression, readFile, readQuery } from "./helpers.js";

const KINDS = { word: AnyWord, number: NumberToken, string: StringToken, probe: Probe };

/** The tokens as `kind:text`, where the kind says more than the text. */
function tokens(text: string): string[] {
  const list = lex(new Reporter({ name: "test", text })).tokens;
  expect(list.at(-1)?.tokenType).toBe(EOF);
  return list.slice(0, -1).map((token) => {
    const kind = Object.entries(KINDS).find(([, type]) => tokenMatcher(token, type))?.[0];
    return kind === undefined ? token.image : `${kind}:${token.image}`;
  });
}

describe("tokens", () => {
  test("pass chevrotain's own checks, which are not made at a start", () => {
    const lexer = new Lexer([...TOKENS], { positionTracking: "onlyOffset", ensureOptimizations: true });
    expect(lexer.lexerDefinitionErrors).toEqual([]);
  });

  test("marks are read as long as they get", () => {
    expect(tokens("a<=b<<c!~d>=e>>f!=g==h")).toEqual(
      "word:a <= word:b << word:c !~ word:d >= word:e >> word:f != word:g == word:h".split(" "),
    );
    expect(tokens("--~-a[0].b")).toEqual(["-", "-", "~", "-", "word:a", "[", "number:0", "]", ".", "word:b"]);
  });

  test("numbers take the unit that touches them, and one that stands apart", () => {
    expect(tokens("4KB 1_000ms 0x1f 0x1fms 1.5s 10µs 3 s 5 files")).toEqual(
      "number:4KB number:1_000ms number:0x1f number:0x1fms number:1.5s number:10µs number:3s number:5 word:files".split(
        " ",
      ),
    );
  });

  test.each([
    ["tracepoint:vmscan:*", ["probe:tracepoint:vmscan:*"]],
    ["software:page-faults:1", ["probe:software:page-faults:1"]],
    ["kprobe:foo+4", ["probe:kprobe:foo+4"]],
    ['uprobe:"/usr/bin/my app":parse by', ['probe:uprobe:"/usr/bin/my app":parse', "word:by"]],
    ["uprobe:/usr/bin/app:parse by", ["probe:uprobe:/usr/bin/app:parse", "word:by"]],
    ["u:./app:f(a)", ["probe:u:./app:f", "(", "word:a", ")"]],
    ["u:/a//b:c", ["probe:u:/a//b:c"]],
    ["count(k:vfs_*)", ["word:count", "(", "probe:k:vfs_*", ")"]],
    ["a ? s : b", ["word:a", "?", "word:s", ":", "word:b"]],
    ["s: int", ["word:s", ":", "word:int"]],
    ["x.s:y", ["word:x", ".", "word:s", ":", "word:y"]],
    ["nokind:y", ["word:nokind", ":", "word:y"]],
    ["k:// c", ["word:k", ":"]],
  ])("%s", (text, expected) => {
    expect(tokens(text)).toEqual(expected);
  });

  test("strings know their escapes", () => {
    const value = (text: string): unknown => {
      const node = expression(text);
      return node.kind === "string" ? node.value : node;
    };
    expect(value(String.raw`"a\n\t\r\\\"\x41\u{1F600}\e\0"`)).toBe('a\n\t\r\\"A😀\x1b\0');
    expect(value('""')).toBe("");
    expect(value(String.raw`"\\"`)).toBe("\\");
    expect(value('"// no comment ; {"')).toBe("// no comment ; {");
  });

  test("numbers are exact", () => {
    const number = (text: string): unknown => {
      const node = expression(text);
      return node.kind === "number" ? [node.numerator, node.denominator, node.unit, node.text] : node;
    };
    expect(number("1_000")).toEqual([1000n, 1n, undefined, "1_000"]);
    expect(number("0x1F")).toEqual([31n, 1n, undefined, "0x1F"]);
    expect(number("1.25GB")).toEqual([125n, 100n, "GB", "1.25GB"]);
    expect(number("0xffffffffffffffff")).toEqual([2n ** 64n - 1n, 1n, undefined, "0xffffffffffffffff"]);
    expect(number("10\u03bcs")).toEqual([10n, 1n, "µs", "10\u03bcs"]);
    expect(number("10parsecs")).toEqual([10n, 1n, "parsecs", "10parsecs"]);
  });

  test("units may be written with a µ", () => {
    expect(clause("x show a in µs", "show").columns[0]?.unit?.text).toBe("µs");
    expect(clause("x show a in \u03bcs", "show").columns[0]?.unit?.text).toBe("µs");
  });
});

describe("comments and documentation", () => {
  test("comments are kept with their places; #! only at the start", () => {
    const text = "#!/usr/bin/faultline\nfaults // all\n  by comm //x\n";
    const { comments } = readFile(text);
    expect(comments.map((comment) => comment.text)).toEqual(["#!/usr/bin/faultline", "// all", "//x"]);
    for (const { span, text: written } of comments) expect(text.slice(span.start, span.end)).toBe(written);
  });

  test("a byte order mark and CRLF are no trouble", () => {
    const { comments, items } = readFile("\ufeff#! x\r\nfaults // a\r\n by comm\r\n");
    expect(items).toHaveLength(1);
    expect(comments.map((comment) => comment.text)).toEqual(["#! x", "// a"]);
  });

  test("documentation belongs to what follows it", () => {
    expect(readQuery("/// One.\n///\n///   Two.\nfaults").doc?.text).toBe("One.\n\n  Two.");
    expect(readQuery("///One.\r\n/// Two.\r\nfaults").doc?.text).toBe("One.\nTwo.");
    const [item] = readFile("event e {\n provider kprobe:f {\n /// A.\n a: int = 1\n b: int = 2 } }").items;
    if (item?.kind !== "event") throw new Error("no event");
    expect(item.providers[0]?.fields.map((field) => field.doc?.text)).toEqual(["A.", undefined]);
    const [tool] = readFile("tool t(\n/// A.\na: int) {\n/// Q.\nfaults }").items;
    if (tool?.kind !== "tool") throw new Error("no tool");
    expect(tool.parameters[0]?.doc?.text).toBe("A.");
    expect(tool.parts[0]).toMatchObject({ doc: { text: "Q." } });
  });

  test("only the last block above; the others, and misplaced ones, are comments", () => {
    const file = readFile("/// file\n\n/// doc\nfaults /// behind\n by comm\n/// within\n where x\n/// end");
    expect(file.items[0]).toMatchObject({ doc: { text: "doc" } });
    expect(file.comments.map(({ text }) => text)).toEqual([
      "/// file",
      "/// behind",
      "/// within",
      "/// end",
    ]);
  });

  test("four slashes are a comment", () => {
    expect(readQuery("//// rule\nfaults").doc).toBeUndefined();
  });
});
