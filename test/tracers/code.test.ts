/**
 * That parentheses are neither missing nor wrong is not a matter of opinion: each pair and triple of operators is
 * written by `code.ts`, and a compiler of the language says whether it means what the tree means.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  atom,
  c,
  decimal,
  python,
  type EmittedOperator,
  type Code,
  type Notation,
  missed,
  type Test,
} from "../../src/tracers/code.js";
import { hasPython } from "../backend/python.js";
import { hasCompiler } from "../symbols/build-elf.js";

/** An operator with a hole for each operand. */
interface Shape {
  readonly name: string;
  readonly arity: 1 | 2 | 3;
  /** By `code.ts`. */
  readonly write: (operands: readonly Code[]) => Code;
  /** The same with every parenthesis. */
  readonly full: (operands: readonly string[]) => string;
}

function binaryShape(notation: Notation, operator: EmittedOperator): Shape {
  return {
    name: operator,
    arity: 2,
    write: ([a, b]) => notation.binary(operator, a as Code, b as Code),
    full: ([a, b]) => `((${a ?? ""}) ${operator} (${b ?? ""}))`,
  };
}

const OPERATORS = [
  "|",
  "^",
  "&",
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "<<",
  ">>",
  "+",
  "-",
  "*",
  "/",
  "%",
] as const;

function logicShapes(notation: Notation, and: string, or: string): Shape[] {
  const test = (code: Code | undefined) => notation.isSet(code as Code);
  return [
    {
      name: and,
      arity: 2,
      write: ([a, b]) => notation.all([test(a), test(b)]).holds,
      full: ([a, b]) => `((${a ?? ""}) != 0 ${and} (${b ?? ""}) != 0)`,
    },
    {
      name: or,
      arity: 2,
      write: ([a, b]) => notation.any([test(a), test(b)]).holds,
      full: ([a, b]) => `((${a ?? ""}) != 0 ${or} (${b ?? ""}) != 0)`,
    },
    {
      name: `not ${and}`,
      arity: 2,
      write: ([a, b]) => notation.all([test(a), test(b)]).fails,
      full: ([a, b]) => `((${a ?? ""}) == 0 ${or} (${b ?? ""}) == 0)`,
    },
    {
      name: "minus",
      arity: 1,
      write: ([a]) => notation.minus(a as Code),
      full: ([a]) => `(-(${a ?? ""}))`,
    },
    {
      name: "~",
      arity: 1,
      write: ([a]) => notation.prefix("~", a as Code),
      full: ([a]) => `(~(${a ?? ""}))`,
    },
    {
      name: "call",
      arity: 2,
      write: ([a, b]) => notation.call("f", a as Code, b as Code),
      full: ([a, b]) => `f((${a ?? ""}), (${b ?? ""}))`,
    },
  ];
}

const C_SHAPES: readonly Shape[] = [
  ...OPERATORS.map((operator) => binaryShape(c, operator)),
  ...logicShapes(c, "&&", "||"),
  { name: "!", arity: 1, write: ([a]) => c.prefix("!", a as Code), full: ([a]) => `(!(${a ?? ""}))` },
  { name: "cast", arity: 1, write: ([a]) => c.cast("s8", a as Code), full: ([a]) => `((s8)(${a ?? ""}))` },
  {
    name: "?:",
    arity: 3,
    write: ([a, b, d]) => c.choice(a as Code, b as Code, d as Code),
    full: ([a, b, d]) => `((${a ?? ""}) ? (${b ?? ""}) : (${d ?? ""}))`,
  },
];

const PYTHON_SHAPES: readonly Shape[] = [
  ...OPERATORS.map((operator) => binaryShape(python, operator)),
  binaryShape(python, "is"),
  binaryShape(python, "is not"),
  ...logicShapes(python, "and", "or"),
  { name: "not", arity: 1, write: ([a]) => python.not(a as Code), full: ([a]) => `(not (${a ?? ""}))` },
  {
    name: "if else",
    arity: 3,
    write: ([a, b, d]) => python.choice(a as Code, b as Code, d as Code),
    full: ([a, b, d]) => `((${b ?? ""}) if (${a ?? ""}) else (${d ?? ""}))`,
  },
];

interface Pair {
  readonly written: string;
  readonly full: string;
}

const NAMES = ["a", "b", "d"];
/** One that is not an atom, as a literal with a sign is none. */
const LEAVES: readonly (readonly [Code, string])[] = [
  ...NAMES.map((n) => [atom(n), n] as const),
  [decimal(-5n), "-5"],
];

/** Each operator in each operand of each other, and a third in each of those (every seventh: there are many). */
function* pairs(shapes: readonly Shape[]): Generator<Pair> {
  type Tree = readonly [Code, string];
  const leaf = (n: number): Tree => LEAVES[n % LEAVES.length] as Tree;
  const over = (shape: Shape, trees: readonly Tree[]): Tree => [
    shape.write(trees.map(([code]) => code)),
    shape.full(trees.map(([, text]) => text)),
  ];
  const within = (outer: Shape, inner: Tree, at: number, start: number): Tree =>
    over(
      outer,
      Array.from({ length: outer.arity }, (_, i) => (i === at ? inner : leaf(start + i))),
    );
  let n = 0;
  for (const inner of shapes)
    for (const middle of shapes)
      for (let i = 0; i < middle.arity; i++) {
        const own = over(
          inner,
          Array.from({ length: inner.arity }, () => leaf(n++)),
        );
        const two = within(middle, own, i, n++);
        yield { written: two[0].text, full: two[1] };
        for (const outer of shapes)
          for (let j = 0; j < outer.arity; j++)
            if (n++ % 7 === 0) {
              const three = within(outer, two, j, n);
              yield { written: three[0].text, full: three[1] };
            }
      }
}

describe("needed parentheses, and those that a reader wants", () => {
  const [a, b, d] = NAMES.map((name) => atom(name)) as [Code, Code, Code];
  const zero = atom(0);
  it.each([
    [c.binary("*", c.binary("+", a, b), d), "(a + b) * d"],
    [c.binary("+", c.binary("*", a, b), d), "a * b + d"],
    [c.binary("-", c.binary("-", a, b), d), "a - b - d"],
    [c.binary("-", a, c.binary("-", b, d)), "a - (b - d)"],
    [c.compare("!=", c.binary("&", a, b), zero).holds, "(a & b) != 0"],
    [python.compare("!=", python.binary("&", a, b), zero).holds, "(a & b) != 0"],
    [c.binary("<<", a, c.binary("+", b, d)), "a << (b + d)"],
    [c.minus(c.minus(a)), "-(-a)"],
    [c.minus(decimal(-5n)), "-(-5)"],
    [c.prefix("!", c.prefix("!", a)), "!!a"],
    [c.cast("u64", c.binary("-", a, b)), "(u64)(a - b)"],
    [c.binary("-", c.cast("u64", a), b), "(u64)a - b"],
    [c.member(c.cast("struct s *", a), "->", "b"), "((struct s *)a)->b"],
    [c.prefix("*", c.member(a, "->", "b")), "*a->b"],
    [c.index(a, c.binary("+", b, d), d), "a[b + d, d]"],
    [c.choice(c.isSet(a).holds, b, c.choice(b, a, d)), "a != 0 ? b : (b ? a : d)"],
    [python.choice(a, b, python.choice(b, a, d)), "b if a else (a if b else d)"],
    [python.not(python.binary("is", a, b)), "not a is b"],
  ])("%j", ({ text }, expected) => expect(text).toBe(expected));

  it("has no negation before a whole condition", () => {
    const test = c.all([c.any([c.compare(">", a, b), c.compare("==", a, d)]), c.isSet(d)]);
    expect(test.holds.text).toBe("(a > b || a == d) && d != 0");
    expect(test.fails.text).toBe("(a <= b && a != d) || d == 0");
    expect(c.opposite(test).holds).toBe(test.fails);
    expect(python.all([python.compare("is", a, b), python.isSet(d)]).fails.text).toBe("a is not b or d == 0");
  });

  it("joins what is of one kind without parentheses", () => {
    const [x, y, z] = [c.isSet(a), c.isSet(b), c.isSet(d)] as const;
    expect(c.all([x, c.all([y, z])]).holds.text).toBe("a != 0 && b != 0 && d != 0");
    expect(c.all([x, c.opposite(c.any([y, z]))]).holds.text).toBe("a != 0 && b == 0 && d == 0");
  });
});

describe.skipIf(!hasCompiler)(`C${hasCompiler ? "" : " (skipped: there is no gcc)"}`, () => {
  it("means what the tree means, and gcc misses no parentheses", { timeout: 120_000 }, () => {
    const all = [...pairs(C_SHAPES)];
    expect(all.length).toBeGreaterThan(5_000);
    const bodies = parsedByGcc(all.flatMap(({ written, full }) => [written, full]));
    expect(all.filter((_, i) => bodies[2 * i] !== bodies[2 * i + 1])).toEqual([]);
    expect(bodies[0]).toContain("return");
  });
});

/** Each expression as gcc has understood it, which it prints with parentheses of its own. */
function parsedByGcc(expressions: readonly string[]): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), "faultline-code-"));
  try {
    const functions = expressions.map((text, i) => `long e${i}(long a, long b, long d) { return ${text}; }`);
    const source = ["typedef signed char s8;", "long f(long, long);", ...functions, ""].join("\n");
    writeFileSync(join(directory, "code.c"), source);
    const options = ["-Wparentheses", "-fsyntax-only", "-fdump-tree-original=dump", "code.c"];
    const { stderr } = spawnSync("gcc", options, { cwd: directory, encoding: "utf8", maxBuffer: 1 << 26 });
    // Of other things, such as shifts by a negative number, it warns in both spellings.
    expect(stderr.split("\n").filter((line) => /error|Wparentheses/.test(line))).toEqual([]);
    const dump = readFileSync(join(directory, "dump"), "utf8");
    return dump
      .split(/^;; Function /m)
      .slice(1)
      .map((each) => each.slice(each.indexOf("{")).trim());
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe.skipIf(!hasPython)(`Python${hasPython ? "" : " (skipped: there is no python3)"}`, () => {
  it("means what the tree means", { timeout: 120_000 }, () => {
    const all = [...pairs(PYTHON_SHAPES)];
    expect(all.length).toBeGreaterThan(5_000);
    const program = [
      "import ast, json, sys, warnings",
      "warnings.simplefilter('ignore')",
      "tree = lambda text: ast.dump(ast.parse(text, mode='eval'))",
      "pairs = json.load(sys.stdin)",
      "print(json.dumps([p for p in pairs if tree(p['written']) != tree(p['full'])]))",
    ].join("\n");
    const { stdout, stderr } = spawnSync("python3", ["-c", program], {
      input: JSON.stringify(all),
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual([]);
  });
});

describe("a test that may be undecided", () => {
  const unsure = (name: string): Test => ({
    holds: atom(`${name} == 1`),
    fails: atom(`${name} == 0`),
    undecided: { notHolds: atom(`${name} != 1`), notFails: atom(`${name} != 0`) },
  });
  const sure = c.compare("<", atom("a"), atom(1));

  it("is missed wherever it does not hold, and so is its opposite", () => {
    expect(missed(unsure("x")).text).toBe("x != 1");
    expect(missed(c.opposite(unsure("x"))).text).toBe("x != 0");
    expect(missed(sure).text).toBe("a >= 1");
    expect(c.opposite(sure).undecided).toBeUndefined();
  });

  it("makes undecided what it is a part of", () => {
    const all = c.all([unsure("x"), sure]);
    expect([all.holds.text, all.fails.text, missed(all).text]).toEqual([
      "x == 1 && a < 1",
      "x == 0 || a >= 1",
      "x != 1 || a >= 1",
    ]);
    const none = c.opposite(c.any([unsure("x"), sure]));
    expect([none.holds.text, missed(none).text]).toEqual(["x == 0 && a >= 1", "x != 0 || a < 1"]);
  });
});
