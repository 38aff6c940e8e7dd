import { describe, expect, it } from "vitest";
import { compileGlob, matchesGlob } from "../../src/semantics/expression/glob.js";
import { literalOf } from "../../src/syntax/typed-text.js";
import { printExpression, printQuery } from "../../src/syntax/print/print-expression.js";
import {
  bytesOfText,
  dataText,
  escapeText,
  quoteText,
  spellText,
  textOfByteString,
} from "../../src/types/text.js";
import { unescapeBytes } from "../../src/results/bytes.js";
import { lineOf } from "../../src/results/lines.js";
import { bundledKernel, compile, parse } from "../../src/index.js";
import { createBccDecoder } from "../../src/tracers/bcc/read.js";
import type { StringLiteral } from "../../src/syntax/tree.js";

/** Names as the kernel may have them, as byte strings. */
const NAMES = [
  "plain.so", "bad\xff\xfe.so", "b\xc3\xbf", "\xc3", "\xa9", "\xed\xb3\xbf", "back\\slash", "\\xff", "a\\\\b", "trailing\\", 'q"x',
  "tab\there", "nl\nx\r", "\x1b[2J\x7f", "\xc2\x9b2J", "\xe2\x80\xaex", "\xf0\x9f\x98\x80", "\xf0\x9f\x98", "a*b?c[d]", "\xef\xbf\xbd",
  "\xef\xbb\xbfbom",
]; // prettier-ignore

/** Every byte after every other, but for the NUL. */
const PAIRS = Array.from({ length: 255 * 255 }, (_, i) =>
  String.fromCharCode(1 + (i % 255), 1 + Math.floor(i / 255)),
);

function literal(written: string): StringLiteral {
  const { file, diagnostics } = parse({ name: "test", text: `x where a == ${written}` });
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  const [query] = file.items;
  const clause = query?.kind === "query" ? query.clauses[0] : undefined;
  const right =
    clause?.kind === "where" && clause.condition.kind === "binary" ? clause.condition.right : undefined;
  if (right?.kind !== "string") throw new Error("no string");
  return right;
}

const byteString = (text: string): string => Buffer.from(bytesOfText(text)).toString("latin1");

describe("a text of bytes", () => {
  it("has each of them", () => {
    for (const bytes of [...NAMES, ...PAIRS]) expect(byteString(textOfByteString(bytes))).toBe(bytes);
  });

  it("survives JSON, also as Python writes it", () => {
    for (const name of NAMES) {
      const text = textOfByteString(name);
      expect(JSON.parse(JSON.stringify(text))).toBe(text);
      const python = JSON.stringify(text).replace(
        /[\u0080-\uffff]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      expect(unescapeBytes(python.slice(1, -1))).toBe(name);
    }
  });

  it.each(NAMES)("is spelled as a query reads it: %j", (name) => {
    const text = textOfByteString(name);
    expect(spellText(text)).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u202e]*$/);
    expect(literal(`"${spellText(text)}"`).value).toBe(text);
    expect(literal(quoteText(text)).value).toBe(text);
    expect(literal(literalOf(spellText(text))).value.replace(/\\([*?[])/g, "$1")).toBe(text);
  });

  it("is never taken for another", () => {
    const spelled = NAMES.map((name) => spellText(textOfByteString(name)));
    expect(new Set(spelled).size).toBe(NAMES.length);
    const data = NAMES.map((name) => dataText(textOfByteString(name)));
    expect(new Set(data).size).toBe(NAMES.length);
  });

  it("is shown by its bytes where they are no character", () => {
    expect(spellText(textOfByteString("bad\xff\xfe.so"))).toBe("bad\\xff\\xfe.so");
    expect(dataText(textOfByteString("bad\xff\xfe\\.so"))).toBe("bad\\xff\\xfe\\\\.so");
    expect(escapeText(textOfByteString("\xff\xc2\x9b\\"))).toBe("\\xff\\u{9b}\\");
  });
});

describe("a name that a tracer prints", () => {
  const { plan, script } = compile("openat_call by file", { kernel: bundledKernel("debian13") });
  if (!plan || !script) throw new Error("not compiled");

  it("is read from BCC as the bytes that it has", () => {
    const decoder = createBccDecoder(plan);
    for (const name of NAMES) {
      const text = textOfByteString(name);
      const json = JSON.stringify(text).replace(
        /[\u0080-\uffff]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      const [event] = decoder.read(lineOf(`{"groups":0,"time":5,"rows":[[[${json}],[3]]],"final":false}`));
      expect(event?.kind === "groups" && event.groups.at(0)?.keys).toEqual([text]);
    }
  });
});

describe("a string", () => {
  it.each([
    ['"\\xff"', "\xff"],
    ['"\\xc3\\xbf"', "\xc3\xbf"],
    ['"\\u{ff}"', "\xc3\xbf"],
    ['"ÿ"', "\xc3\xbf"],
    ['"\\x41\\e\\t"', "A\x1b\t"],
    ['"\\xf0\\x9f\\x98\\x80"', "\xf0\x9f\x98\x80"],
    ['"😀\\xff"', "\xf0\x9f\x98\x80\xff"],
  ])("%s has the bytes that it says", (written, bytes) => {
    expect(byteString(literal(written).value)).toBe(bytes);
  });

  it("is printed as it was written", () => {
    for (const written of ['"bad\\xff\\xfe.so"', '"\\xc3\\xa9"', '"\\\\x"', '"\\u{ff}"'])
      expect(printExpression(literal(written))).toBe(written);
    const { file } = parse({ name: "test", text: 'x where a == "\u0085\\xff"' });
    const [query] = file.items;
    expect(query?.kind === "query" && printQuery(query)).toBe('x where a == "\\u{85}\\xff"');
  });

  it("has no bytes that were lost on the way", () => {
    const { diagnostics } = parse({ name: "test", text: 'x where a == "bad\ufffd"' });
    expect(diagnostics.map(({ code, span, hint }) => [code, span, hint])).toEqual([
      [
        "broken-character",
        { start: 17, end: 18 },
        "write a byte as `\\xff`, and the character as `\\u{fffd}`",
      ],
    ]);
  });
});

describe("a pattern", () => {
  const matches = (pattern: string, name: string): boolean =>
    matchesGlob(compileGlob(literal(pattern).value), textOfByteString(name));

  it("that is a name as it is shown matches the name", () => {
    // Stars, question marks and brackets have a meaning there.
    for (const name of NAMES.filter((each) => !/[*?[]/.test(each)))
      expect(matches(`"${spellText(textOfByteString(name))}"`, name), name).toBe(true);
  });

  it.each([
    ['"bad\\xff*"', "bad\xff\xfe.so", true],
    ['"bad\\xff*"', "bad\xc3\xbf.so", false],
    ['"bad??.so"', "bad\xff\xfe.so", true],
    ['"*[\\x80-\\xff]*"', "bad\xff\xfe.so", true],
    ['"*[\\x80-\\xff]*"', "plain", false],
    ['"*[a-\\xff]"', "\xff", true],
    ['"[!\\xff]"', "\xfe", true],
    ['"a\\\\*b"', "a*b", true],
    ['"a\\\\*b"', "axb", false],
    ['"a[*]b"', "a*b", true],
    ['"a\\\\[b"', "a[b", true],
    ['"back\\\\slash"', "back\\slash", true],
    ['"back\\\\slash"', "backslash", false],
    ['"a\\\\\\\\b"', "a\\\\b", true],
    ['"end\\\\"', "end\\", true],
    ['"[\\\\]*"', "\\x", true],
  ])("%s, %j: %s", (pattern, name, fits) => {
    expect(matches(pattern, name)).toBe(fits);
  });
});
