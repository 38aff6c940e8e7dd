import { describe, expect, test } from "vitest";
import { clause, DEFINITIONS, expression, QUERIES, read, readFile, readQuery, shape } from "./helpers.js";

describe("queries", () => {
  test.each(QUERIES)("%s", (text) => {
    const { file, diagnostics } = read(text);
    expect(diagnostics).toEqual([]);
    expect(file.items).toHaveLength(1);
    expect(file.items[0]?.kind).toBe("query");
    expect(file.items[0]?.span).toEqual({ start: 0, end: text.length });
  });

  test("the parts of a query", () => {
    const query = readQuery("open allocation sum(size), count() by ustack where age > 10s every 5s");
    expect(query.open).toBe(true);
    expect(query.source).toMatchObject({ kind: "namedSource", name: { text: "allocation" } });
    expect(query.clauses.map(({ kind }) => kind)).toEqual(["aggregates", "by", "where", "every"]);
  });

  test("clauses stand in any order, aggregates too", () => {
    expect(readQuery("faults by comm count() where x every 1s").clauses.map(({ kind }) => kind)).toEqual([
      "by",
      "aggregates",
      "where",
      "every",
    ]);
    expect(readQuery("faults show a, b\ncount()").clauses.map(({ kind }) => kind)).toEqual([
      "show",
      "aggregates",
    ]);
  });

  test("a query may do without a source", () => {
    expect(readQuery("count(faults) every 1s").source).toBeUndefined();
    expect(readQuery("every 1s show sum(a.b)").source).toBeUndefined();
  });

  test("columns have a unit and a name, in either order", () => {
    for (const text of ["sum(size) in MB as total", "sum(size) as total in MB"]) {
      expect(clause(`x ${text}`, "aggregates").columns).toMatchObject([
        { unit: { text: "MB" }, alias: { kind: "name", text: "total" }, expression: { kind: "call" } },
      ]);
    }
    expect(clause('x by a / 4KB as "4 K"', "by").keys[0]?.alias).toMatchObject({
      kind: "string",
      value: "4 K",
    });
  });

  test("`in` before a parenthesis is a membership, otherwise a unit", () => {
    const [member, unit] = clause("x show a in (1, 2), b in ms", "show").columns;
    expect(member).toMatchObject({ expression: { kind: "in", negated: false } });
    expect(member?.unit).toBeUndefined();
    expect(unit).toMatchObject({ expression: { kind: "name" }, unit: { text: "ms" } });
  });

  test("`by` right behind `top` belongs to it", () => {
    expect(clause("x top 5 by total by comm", "top").by).toMatchObject({ text: "total" });
    expect(clause("x top 5 by total by comm", "by").keys).toHaveLength(1);
  });

  test("`every` has a header", () => {
    expect(clause("x every interval header header_every", "every")).toMatchObject({
      interval: { text: "interval" },
      header: { text: "header_every" },
    });
  });

  test("`via` names a type of provider, or one provider", () => {
    expect(clause("x via kprobe", "via").provider).toMatchObject({ type: { text: "kprobe" }, parts: [] });
    const { type, parts } = clause("x via t:exceptions:page_fault_user by a", "via").provider;
    expect([type.text, ...parts.map(({ value }) => value)]).toEqual(["t", "exceptions", "page_fault_user"]);
  });

  test("probes keep their type, their parts and their arguments", () => {
    const text = 'uprobe:"/usr/bin/my app":parse(p: struct page, n)';
    const { source } = readQuery(text);
    if (source?.kind !== "probeSource") throw new Error("no probe");
    expect(source.probe.parts.map(({ value, quoted }) => [value, quoted])).toEqual([
      ["/usr/bin/my app", true],
      ["parse", false],
    ]);
    expect(source.probe.parts.map(({ span }) => text.slice(span.start, span.end))).toEqual([
      '"/usr/bin/my app"',
      "parse",
    ]);
    expect(source.parameters.map(({ name, type }) => [name.text, type?.word.text, type?.of?.text])).toEqual([
      ["p", "struct", "page"],
      ["n", undefined, undefined],
    ]);
  });

  test("queries are separated by `;`, and the last may have one", () => {
    expect(readFile("a by b; c;").items).toHaveLength(2);
    expect(readFile(";;a").items).toHaveLength(1);
    expect(readFile("").items).toEqual([]);
    expect(readFile("// nothing\n").items).toEqual([]);
  });

  test.each(["open", "event", "span", "tool", "import", "note", "header", "on", "provider"])(
    "`%s` may name a source or a field",
    (word) => {
      expect(readQuery(`${word} by comm`).source).toMatchObject({ name: { text: word } });
      expect(readQuery(`faults by ${word} where ${word} == 1 every 1s`).clauses).toHaveLength(3);
    },
  );

  test("`open` alone, or before clauses, is a source", () => {
    expect(readQuery("open count() by comm")).toMatchObject({
      open: false,
      source: { name: { text: "open" } },
    });
    expect(readQuery("open open")).toMatchObject({ open: true, source: { name: { text: "open" } } });
    expect(readQuery("open kprobe:f")).toMatchObject({ open: true, source: { kind: "probeSource" } });
  });

  test("spans cover what was written", () => {
    const text = "faults by comm where size in ( 1 )  every 1s header 20";
    const spans = readQuery(text).clauses.map(({ span }) => text.slice(span.start, span.end));
    expect(spans).toEqual(["by comm", "where size in ( 1 )", "every 1s header 20"]);
  });
});

describe("expressions", () => {
  test.each([
    ["a or b and not c == d", "(a or (b and (not (c == d))))"],
    ["not a and b", "((not a) and b)"],
    ["not not a", "(not (not a))"],
    ["a + b * c - d", "((a + (b * c)) - d)"],
    ["a | b & c ^ d << 2", "((a | (b & c)) ^ (d << 2))"],
    ["a - b - c", "((a - b) - c)"],
    ["-a * ~b.c[0].d", "((- a) * (~ b.c[0].d))"],
    ["flags has A | B", "(flags has (A | B))"],
    ["size / 4KB > 1 + 2", "((size / 4KB) > (1 + 2))"],
    ['file ~ "*.so" and comm !~ "x"', '((file ~ "*.so") and (comm !~ "x"))'],
    ["a ? b : c ? d : e", "(a ? b : (c ? d : e))"],
    ["a or b ? c == 1 : d", "((a or b) ? (c == 1) : d)"],
    ["pid in (1, 2) or uid not in (0)", "((pid in [1, 2]) or (uid not in [0]))"],
    ["(a or b) and c", "((a or b) and c)"],
    ["begin.time + end.x.y", "(begin.time + end.x.y)"],
    ["a.where.by.true", "a.where.by.true"],
    ["f(a, g()) == true", "(f(a, g()) == true)"],
    ["count(kprobe:vfs_read) > 1", "(count(kprobe:vfs_read) > 1)"],
    ["not x in (1)", "(not (x in [1]))"],
  ])("%s", (text, expected) => {
    expect(shape(expression(text))).toBe(expected);
  });

  test("as long as allowed, as deep as allowed", () => {
    expect(read(`x where ${Array(999).fill("a").join(" + ")}`).diagnostics).toEqual([]);
    expect(read(`x where ${"(".repeat(190)}a${")".repeat(190)}`).diagnostics).toEqual([]);
    expect(read(`x where pid in (${Array(20_000).fill("1").join(", ")})`).diagnostics).toEqual([]);
  });
});

test("what the stack that is left does not hold is too deep", () => {
  const text = `x where ${"f(".repeat(199)}a${")".repeat(199)}`;
  expect(read(text).diagnostics).toEqual([]);
  let deepest = 0;
  const below = (level: number, last: number): string[] => {
    deepest = Math.max(deepest, level);
    return level < last ? below(level + 1, last) : read(text).diagnostics.map(({ code }) => code);
  };
  expect(() => below(0, Infinity)).toThrow(RangeError);
  expect(below(0, Math.floor(deepest * 0.7))).toEqual(["too-deep"]);
  expect(read(text).diagnostics).toEqual([]);
});

describe("definitions", () => {
  const items = readFile(DEFINITIONS).items;

  test("all are read, with their documentation", () => {
    expect(items.map(({ kind }) => kind)).toEqual([
      "import",
      "event",
      "event",
      "union",
      "union",
      "span",
      "span",
      "tool",
    ]);
    expect(items.map((item) => ("doc" in item ? item.doc?.text : undefined))).toEqual([
      undefined,
      "Page faults, of user and kernel code.",
      "A page read back from swap, in the process that waits for it.",
      undefined,
      undefined,
      "Direct reclaim: a process that frees memory itself because there is none.",
      undefined,
      "Time in the VM scanner, a line a second.",
    ]);
  });

  test("an event has providers, with conditions, notes and fields", () => {
    const event = items[1];
    if (event?.kind !== "event") throw new Error("no event");
    expect(event.providers.map(({ fields }) => fields.map(({ name }) => name.text))).toEqual([
      [],
      ["address", "ip"],
      ["address", "write", "file"],
    ]);
    expect(event.providers[2]).toMatchObject({
      note: { value: "user only" },
      condition: { operator: "and" },
    });
  });

  test("a union has members", () => {
    expect(items[3]).toMatchObject({
      members: [
        { name: { text: "malloc" }, optional: false },
        { name: { text: "calloc" }, optional: true },
        { name: { text: "realloc" }, optional: false },
      ],
    });
    expect(items[4]).toMatchObject({ kind: "union", outermost: true });
  });

  test("a span has keys, two sides and fields of its own", () => {
    expect(items[5]).toMatchObject({
      keys: [{ text: "tid" }],
      begin: [
        {
          fields: [{ name: { text: "order" } }, { type: { word: { text: "flags" }, of: { text: "gfp_t" } } }],
        },
      ],
      end: [{ fields: [{ name: { text: "reclaimed" } }] }],
      fields: [{ name: { text: "rate" } }],
    });
    expect(items[6]).toMatchObject({
      keys: [{ text: "pid" }, { text: "address" }],
      begin: [
        { trigger: { name: { text: "malloc" } }, repeat: { word: "once" }, condition: { operator: ">" } },
        { repeat: { word: "anew" } },
      ],
      end: [{ trigger: { name: { text: "free" } }, note: { value: "freed" } }],
    });
  });

  test("a tool has parameters and queries", () => {
    expect(items[7]).toMatchObject({
      parameters: [
        { name: { text: "interval" }, type: { word: { text: "duration" } }, value: { text: "1s" } },
        { name: { text: "header_every" }, value: { text: "20" } },
        { name: { text: "each" }, value: { value: false } },
      ],
      parts: [
        {
          kind: "branch",
          condition: { operator: "and" },
          queries: [{ open: true }, { open: false }],
        },
        { clauses: [{ kind: "every" }, { kind: "show" }] },
        { doc: { text: "The rest." } },
      ],
    });
    expect(readFile("tool t { faults }").items[0]).toMatchObject({ parameters: [], parts: [{}] });
    expect(readFile("tool t(a: int,) { }").items[0]).toMatchObject({ parameters: [{}], parts: [] });
  });

  test("a field called like a probe type needs no blank behind its colon", () => {
    const [event] = readFile(
      "event e { provider k:f(p:struct page) { p:int = 1, s:flags gfp_t = p h:bool = true } }",
    ).items;
    if (event?.kind !== "event") throw new Error("no event");
    expect(event.providers[0]?.fields).toMatchObject([
      { name: { text: "p" }, type: { word: { text: "int" } } },
      { name: { text: "s" }, type: { of: { text: "gfp_t" } } },
      { name: { text: "h" }, type: { word: { text: "bool" } } },
    ]);
    expect(event.providers[0]?.trigger).toMatchObject({ parameters: [{ type: { of: { text: "page" } } }] });
  });

  test.each(["begin", "end", "note", "event", "provider"])("a field of a span may be called %s", (word) => {
    const [span] = readFile(`span s on tid { begin a ${word}: int = 1 end b }`).items;
    expect(span).toMatchObject({ fields: [{ name: { text: word } }], begin: [{}], end: [{}] });
  });
});
