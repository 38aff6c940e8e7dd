import { describe, expect, test } from "vitest";
import { read } from "./helpers.js";

/** Every finding as: its code, the text it stands under, and its hint. */
function findings(text: string): [code: string, under: string, hint: string | undefined][] {
  return read(text).diagnostics.map(({ code, span, hint }) => [code, text.slice(span.start, span.end), hint]);
}

const TOO_MANY_PROBE_TYPES =
  "the types are tracepoint, kprobe, kretprobe, fentry, fexit, uprobe, uretprobe, usdt, software, hardware, …";
const CLAUSES = "the clauses are show, by, where, every, top, for, via, and aggregates such as `count()`";

describe("one mistake, one finding", () => {
  test.each([
    // characters
    ["faults where file ~ “*.so”", "wrong-quotes", "“*.so”", 'write "*.so"'],
    ["faults where comm == 'sh'", "wrong-quotes", "'sh'", 'write "sh"'],
    ["faults where 'x", "wrong-quotes", "'", 'write `"`'],
    ["faults by\u00a0comm", "stray-character", "\u00a0", "write an ordinary blank"],
    ["faults\0", "stray-character", "\0", "delete it"],
    ["faults by @comm", "stray-character", "@", "maps are made for you: write `count() by comm`"],
    ["faults by $comm", "stray-character", "$", "fields and parameters are written without it"],
    ["faults # all of them", "stray-character", "#", "comments start with `//`"],
    ["faults by \\\n comm", "stray-character", "\\", "a query may go on in the next line without it"],
    [
      "faults by größe",
      "stray-character",
      "ö",
      "names are of the letters a to z, digits and `_`; anything else goes in double quotes",
    ],
    ["faults by \u200bcomm", "stray-character", "\u200b", "delete it"],
    ["faults by \u3000comm", "stray-character", "\u3000", "write an ordinary blank"],
    ["faults by comm…", "stray-character", "…", "write out what it stands for"],
    ["faults by \ud800comm", "stray-character", "\ud800", "delete it"],
    ["faults \u0007by comm", "stray-character", "\u0007", "delete it"],
    [
      'faults where comm == "\u202e"',
      "hidden-character",
      "\u202e",
      "delete it: it makes the text read other than it is; in a string write `\\u{…}`",
    ],
    [
      "faults // \u2066",
      "hidden-character",
      "\u2066",
      "delete it: it makes the text read other than it is; in a string write `\\u{…}`",
    ],
    ["\x7fELF\x02\x01\x01\0\0\0", "binary-data", "\x7f", "give a .fl file or a query"],
    ["faults /* all */ by comm", "wrong-comment", "/*", "start each line of the comment with `//`"],
    // operators
    ["faults where pid = 1", "wrong-operator", "=", "write `==`"],
    ["faults where a && b", "wrong-operator", "&&", "write `and`"],
    ["faults where a || b", "wrong-operator", "||", "write `or`"],
    ["faults where !a", "wrong-operator", "!", "write `not`"],
    ["faults where a === b", "wrong-operator", "===", "write `==`"],
    ["faults where a <> b", "wrong-operator", "<>", "write `!=`"],
    ["faults where a =~ b", "wrong-operator", "=~", "write `~`"],
    ["faults where a ≤ b", "wrong-operator", "≤", "write `<=`"],
    ["faults where a => b", "wrong-operator", "=>", "write `>=`"],
    ["faults by vma->vm_file", "wrong-operator", "->", "write `.`"],
    ["faults by size – 1", "wrong-operator", "–", "write `-`"],
    // literals
    ['faults where comm == "sh', "unterminated-string", '"sh', 'close it with `"`'],
    ['u:"/bin/sh:main', "unterminated-string", '"/bin/sh:main', 'close it with `"`'],
    [
      'faults where file ~ "a\\q"',
      "bad-escape",
      "\\q",
      'write `\\\\` for a backslash; the others are \\n \\t \\r \\e \\" \\xNN \\u{…}',
    ],
    [
      'faults where file ~ "\\u{110000}"',
      "bad-escape",
      "\\u{110000}",
      'write `\\\\` for a backslash; the others are \\n \\t \\r \\e \\" \\xNN \\u{…}',
    ],
    ["faults where pid == 010", "bad-number", "010", "write `10`, or `0x…` for a hexadecimal number"],
    ["faults where pid == 1_", "bad-number", "1_", "write it as in `1_000`"],
    ["faults where pid == 1__0", "bad-number", "1__0", "write it as in `1_000`"],
    ["faults where pid == 0x", "bad-number", "0x", "write the digits after `0x`, for example `0x1f`"],
    ["faults where pid == .5", "bad-number", ".", "write `0.5`"],
    ["faults where .5 == pid", "bad-number", ".", "write `0.5`"],
    ["faults where pid == 1.2.3", "bad-number", ".", "write one `.` at most"],
    // clauses
    ["faults where", "incomplete-clause", "", "go on as in `where pid == 1`"],
    ["faults show", "incomplete-clause", "", "go on as in `show time, comm`"],
    ["faults by", "incomplete-clause", "", "go on as in `by comm, pid`"],
    ["faults by where pid == 1", "incomplete-clause", "where", "go on as in `by comm, pid`"],
    ["faults every", "incomplete-clause", "", "go on as in `every 1s`"],
    ["faults every 1s header", "incomplete-clause", "", "go on as in `every 1s header 20`"],
    ["faults top", "incomplete-clause", "", "go on as in `top 10`"],
    ["faults top 10 by", "incomplete-clause", "", "go on as in `top 10 by total`"],
    ["faults for", "incomplete-clause", "", "go on as in `for 30s`"],
    ["faults via", "incomplete-clause", "", "go on as in `via kprobe`"],
    ["faults via 3", "incomplete-clause", "3", "go on as in `via kprobe`"],
    ["faults sum(size) in", "incomplete-clause", "", "go on as in `sum(size) in MB`"],
    ["faults sum(size) as", "incomplete-clause", "", "go on as in `sum(size) as total`"],
    ["faults sum(size) as top by comm", "reserved-word", "top", 'put it in quotes: `as "top"`'],
    ["faults sum(size) in MB in KB", "duplicate-unit", "in", "leave one of them out"],
    ["faults sum(size) as a as b", "duplicate-name", "as", "leave one of them out"],
    [
      "faults by comm by pid",
      "duplicate-clause",
      "by",
      "the first is `by comm`: leave one out, or join them",
    ],
    [
      "faults where a where b",
      "duplicate-clause",
      "where",
      "join the conditions with `and`: the first is `where a`",
    ],
    [
      "faults count() by a sum(b)",
      "duplicate-clause",
      "sum",
      "the first is `count()`: leave one out, or join them",
    ],
    [
      "faults top 10 by a, b",
      "top-by-one",
      ",",
      "leave the others out; to group, write another `by` before `top`",
    ],
    ["faults wehre pid == 1", "misspelled-word", "wehre", "did you mean `where`?"],
    ["faults form 10s", "misspelled-word", "form", "did you mean `for`?"],
    ["faults BY comm", "misspelled-word", "BY", "did you mean `by`?"],
    ["faults shwo time", "misspelled-word", "shwo", "did you mean `show`?"],
    ["faults limit 10", "unknown-clause", "limit", "write `top 10`"],
    ["faults group by comm", "unknown-clause", "group", "write `by comm`"],
    ["faults comm", "unknown-clause", "comm", "write `by comm` to group by it, or `show comm` to list it"],
    [
      "faults every 1s comm",
      "unknown-clause",
      "comm",
      "the clauses are show, by, where, every, top, for and via; between two queries write `;`",
    ],
    ["select faults", "unknown-clause", "select", "as in `faults show time, comm`"],
    ["faults where pid == 1 uid == 0", "missing-and", "uid", "join the two with `and`: `and uid …`"],
    ["faults header 20", "misplaced-word", "header", "as in `every 1s header 20`"],
    ["faults as x", "misplaced-word", "as", "as in `sum(size) as total`"],
    ["faults by comm pid", "missing-comma", "pid", "write a comma before it: `, pid`"],
    ["faults count() sum(size) by comm", "missing-comma", "sum", "write a comma before it: `, sum`"],
    ["faults by comm,", "missing-column", "", "write it, or delete the comma"],
    ["faults by comm, where a", "missing-column", "where", "write it, or delete the comma"],
    [
      "faults by a,,b",
      "unexpected-token",
      ",",
      'a value is a field, a number such as `4KB`, or a string such as `"sh"`',
    ],
    ["faults, by comm", "unexpected-token", ",", "delete it: clauses are only separated by blanks"],
    ["faults 3", "unexpected-token", "3", CLAUSES],
    [
      "kprobe:f { count(); }",
      "unexpected-token",
      "{",
      "write clauses: what to count or show, by what, where",
    ],
    ["faults by comm\nmalloc by comm", "missing-semicolon", "malloc", "write `;` before it"],
    [
      "faults by comm\npid",
      "missing-semicolon",
      "pid",
      "write `;` before it, or a comma if it is one more column",
    ],
    ["faults by comm malloc by comm", "missing-semicolon", "malloc", "write `;` before it"],
    ["faults by comm kprobe:f", "missing-semicolon", "kprobe:f", "write `;` before it"],
    ["faults by comm\nopen span_x", "missing-semicolon", "open", "write `;` before it"],
    ["faults event e { }", "missing-semicolon", "event", "write `;` before it"],
    // sources
    [
      "3",
      "unexpected-token",
      "3",
      "a source is a name such as `faults`, or a probe such as `kprobe:vfs_read`",
    ],
    ["kporbe:foo", "unknown-probe-type", "kporbe", "did you mean `kprobe`?"],
    ["something:foo", "unknown-probe-type", "something", TOO_MANY_PROBE_TYPES],
    ["faults via kporbe:foo", "unknown-probe-type", "kporbe", "did you mean `kprobe`?"],
    ["kprobe: foo", "bad-probe", "kprobe", "write `kprobe:name`, without blanks"],
    ["}", "unexpected-token", "}", "delete it"],
    // definitions
    ["event {}", "unexpected-token", "{", "as in `event faults { … }`"],
    ["event top {}", "reserved-word", "top", "as in `event faults { … }`"],
    ["event e", "unexpected-end", "", "event `e` goes on with a body: `{ … }`"],
    ["event e {", "unclosed", "{", "write `}` at its end"],
    [
      "event e { provider }",
      "unexpected-token",
      "}",
      "a source is a name such as `faults`, or a probe such as `kprobe:vfs_read`",
    ],
    [
      "event e { kprobe:f }",
      "unexpected-token",
      "kprobe:f",
      "an event is made of providers: `provider kprobe:vfs_read { … }`",
    ],
    ["event e { provider k:f where }", "incomplete-clause", "}", "go on as in `where pid == 1`"],
    ["event e { provider k:f note }", "unexpected-token", "}", 'as in `note "user pages only"`'],
    ['event e { provider k:f note "a" note "b" }', "duplicate-clause", "note", "join the texts"],
    ["event e { provider k:f rate }", "unexpected-token", "}", "as in `rate 10_000`"],
    ["event e { provider k:f rate 1 rate 2 }", "duplicate-clause", "rate", "leave one of them out"],
    [
      "span s on tid { begin k:f once anew end kr:f }",
      "duplicate-clause",
      "anew",
      "`once` keeps the first begin of a span that is open, `anew` starts the span again",
    ],
    ["event e { provider k:f rate 10ms }", "bad-rate", "10ms", "as in `rate 10_000`"],
    [
      "event e { provider k:f where a where b }",
      "duplicate-clause",
      "where",
      "join the conditions with `and`",
    ],
    ["event e { provider k:f { a } }", "missing-type", "a", "write `a: int`"],
    [
      "event e { provider k:f { a: int } }",
      "unexpected-token",
      "}",
      "say where the field comes from: `a: int = args.a`",
    ],
    ["event e { provider k:f { a: int = } }", "missing-operand", "=", "as in `a: int = args.a`"],
    [
      "event e { provider k:f { a: int* = b } }",
      "pointer-type",
      "*",
      "leave it out: pointers are followed for you",
    ],
    [
      "event e { provider k:f { a: struct = b } }",
      "unexpected-token",
      "=",
      "as in `struct page` or `flags gfp_t`",
    ],
    ["event e { provider k:f { a: int = 1; } }", "unexpected-token", ";", "delete it"],
    ["event e { provider k:f(a", "unclosed", "(", "write `)`"],
    ["event e = a |", "unexpected-end", "", "as in `event allocation = malloc | calloc`"],
    ["event = a", "unexpected-token", "=", "as in `event faults { … }`"],
    [
      "span s on pid, range(a) { begin a end b }",
      "unexpected-token",
      ")",
      "as in `range(address, size)`: where it starts, and how long it is",
    ],
    ["span s { begin a end b }", "missing-key", "{", "say what its two sides share: `span s on tid { … }`"],
    ["span s on { }", "unexpected-token", "{", "as in `on tid` or `on pid, address`"],
    ["span s on tid begin a", "unexpected-token", "begin", "span `s` goes on with a body: `{ … }`"],
    ["tool t(a: int = ) { }", "missing-operand", "=", "as in `interval: duration = 1s`"],
    ["tool t(a: int = 1 b: int) { }", "unclosed", "b", "close the `(` before it, or write `,`"],
    ["tool t(a) { }", "missing-type", "a", "write `a: int`"],
    ["tool t() { faults by comm", "unclosed", "{", "write `}` at its end"],
    ["import lib", "unexpected-token", "lib", 'as in `import "lib.fl"`'],
    ["evnet e { provider k:f }", "misspelled-word", "evnet", "did you mean `event`?"],
    ["tol t(a: int) { faults }", "misspelled-word", "tol", "did you mean `tool`?"],
  ])("%s", (text, code, under, hint) => {
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
