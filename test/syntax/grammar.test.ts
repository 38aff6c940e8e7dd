import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  DEFINITION_WORDS,
  FREE_WORDS,
  PROBE_TYPES,
  RESERVED_WORDS,
  TYPE_PREFIXES,
} from "../../src/syntax/words.js";
import { grammarFiles } from "../../scripts/grammar/files.js";
import { deriver, literalsOf, readGrammar } from "./ebnf.js";
import { random, read } from "./helpers.js";

const KEYWORDS = [...RESERVED_WORDS, ...FREE_WORDS].filter(
  (word) =>
    !(TYPE_PREFIXES as readonly string[]).includes(word) ||
    (DEFINITION_WORDS as readonly string[]).includes(word),
);

const root = new URL("../../grammar/", import.meta.url);
const grammar = readGrammar(readFileSync(new URL("faultline.ebnf", root), "utf8"));

function literals(name: string): string[] {
  const production = grammar.get(name);
  if (production === undefined) throw new Error(`no ${name}`);
  return literalsOf(production.rule);
}

const sorted = (words: Iterable<string>): string[] => [...new Set(words)].sort();

describe("the EBNF", () => {
  test("names no production that is not there, and none is left unused", () => {
    const text = readFileSync(new URL("faultline.ebnf", root), "utf8").replace(
      /\/\*[^]*?\*\/|"[^"]*"|'[^']*'|\[[^\]]*\]|#x\w+/g,
      " ",
    );
    const used = sorted([...text.matchAll(/[A-Za-z_]+(?!\s*::=|[A-Za-z_])/g)].map(([name]) => name));
    expect(used).toEqual(sorted([...grammar.keys()].filter((name) => name !== "File" && name !== "COMMENT")));
  });

  test("has the keywords of the parser, and no others", () => {
    const words = [...grammar.values()]
      .filter(({ name }) => name !== name.toUpperCase())
      .flatMap(({ rule }) => literalsOf(rule))
      .filter((word) => /^[a-z]+$/.test(word));
    expect(sorted(words)).toEqual(sorted([...KEYWORDS, ...TYPE_PREFIXES]));
    expect(sorted(literals("RESERVED"))).toEqual(sorted(RESERVED_WORDS));
    expect(sorted(literals("PROBE_TYPE"))).toEqual(sorted(PROBE_TYPES));
  });

  test.each([
    ["File", 1000],
    ["Query", 1500],
    ["Item", 500],
  ])("every random %s is read without complaint", { timeout: 60_000 }, (start, count) => {
    const derive = deriver(grammar, start);
    for (let seed = 1; seed <= count; seed++) {
      const sentence = derive(random(seed));
      const { diagnostics } = read(sentence);
      expect(diagnostics.map(({ code, message }) => `${seed} ${code}: ${message}\n${sentence}`)).toEqual([]);
    }
  });
});

test("what is written from the grammar is what `npm run grammar` writes", { timeout: 60_000 }, async () => {
  for (const [path, text] of await grammarFiles())
    expect(readFileSync(new URL(`../${path}`, root), "utf8"), path).toBe(text);
});

describe("the TextMate grammar", () => {
  interface Pattern {
    readonly name?: string;
    readonly match?: string;
    readonly begin?: string;
    readonly patterns?: readonly Pattern[];
  }
  const json = JSON.parse(readFileSync(new URL("faultline.tmLanguage.json", root), "utf8")) as {
    readonly scopeName: string;
    readonly fileTypes: readonly string[];
    readonly patterns: readonly { readonly include: string }[];
    readonly repository: Readonly<Record<string, { readonly patterns: readonly Pattern[] }>>;
  };
  /** The words in the `(a|b|c)` of a pattern. */
  const wordsOf = (section: string): string[] =>
    (json.repository[section]?.patterns ?? []).flatMap(({ match }) =>
      (/\(([a-zA-Z|]+)\)/.exec(match ?? "")?.[1] ?? "").split("|"),
    );

  test("is for .fl files, and every section it includes is there", () => {
    expect(json.scopeName).toBe("source.faultline");
    expect(json.fileTypes).toContain("fl");
    expect(json.patterns.map(({ include }) => include)).toEqual(
      Object.keys(json.repository).map((name) => `#${name}`),
    );
  });

  test("has the keywords, the probe types and the units of the language", () => {
    expect(sorted([...wordsOf("keywords"), ...wordsOf("constants")])).toEqual(sorted(KEYWORDS));
    expect(sorted(wordsOf("probes"))).toEqual(sorted(PROBE_TYPES));
  });

  test("has only patterns that are regular expressions", () => {
    const walk = ({ match, begin, patterns }: Pattern): void => {
      for (const source of [match, begin])
        if (source !== undefined) expect(() => new RegExp(source)).not.toThrow();
      patterns?.forEach(walk);
    };
    for (const section of Object.values(json.repository)) section.patterns.forEach(walk);
  });
});
