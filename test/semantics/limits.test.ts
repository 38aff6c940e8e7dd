/** Texts of any size: they compile in a time that grows as they do, or meet a limit that is told. */
import { describe, expect, test } from "vitest";
import { compile } from "../../src/index.js";

const each = (n: number, part: (i: number) => string, between: string): string =>
  Array.from({ length: n }, (_, i) => part(i)).join(between);

const EVENT = "event e0 { provider kprobe:vfs_read { a: int = 1 } }\n";

/** By what grows: the text of so many, and what stops it. */
const GROWING: Readonly<Record<string, readonly [make: (n: number) => string, limit?: string]>> = {
  keys: [(n) => `faults by ${each(n, (i) => `pid + ${i} as k${i}`, ", ")}`, "there are 10000 keys, and 32"],
  aggregates: [(n) => `faults ${each(n, (i) => `sum(pid) as a${i}`, ", ")}`, "10000 aggregates, and 32 is"],
  "columns of show": [
    (n) => `faults show ${each(n, (i) => `pid as k${i}`, ", ")}`,
    "10000 columns, and 32 is",
  ],
  "columns of a table": [
    (n) => `every 1s show ${each(n, (i) => `count(faults) as c${i}`, ", ")}`,
    "and 32 is",
  ],
  queries: [
    (n) => each(n, (i) => `faults where pid == ${i}`, ";\n"),
    "10000 queries here, and 64 is the maximum",
  ],
  "queries of a tool": [
    (n) => `tool t { ${each(n, () => "faults", ";\n")} }`,
    "10000 queries here, and 64 is",
  ],
  "wrong queries": [
    (n) => each(n, (i) => `faults by x${i}`, ";\n"),
    "10000 queries here, and 64 is the maximum",
  ],
  "values in a list": [
    (n) => `faults where pid in (${each(n, String, ", ")})`,
    "10000 values in this list, and 1000",
  ],
  "texts in a list": [
    (n) => `faults where comm in (${each(n, (i) => `"c${i}"`, ", ")})`,
    "and 1000 is the maximum",
  ],
  or: [(n) => `faults where ${each(n, (i) => `pid == ${i}`, " or ")}`, "at most 1000 operators"],
  plus: [(n) => `faults by ${each(n, () => "pid", " + ")} as k`, "at most 1000 operators"],
  conditionals: [(n) => `faults by ${each(n, (i) => `pid == ${i} ? 1 : `, "")}0 as k`, "nested too deeply"],
  not: [(n) => `faults where ${"not ".repeat(n)}pid == 1`, "nested too deeply"],
  parentheses: [(n) => `faults where ${"(".repeat(n)}pid == 1${")".repeat(n)}`, "nested too deeply"],
  "stars in a row": [(n) => `faults where comm ~ "${"*".repeat(n)}"`, "10000 bytes, and 255 is the maximum"],
  "stars in a short pattern": [() => `faults where comm ~ "${"a*".repeat(100)}"`, "into 101 pieces, and 32"],
  definitions: [(n) => each(n, (i) => EVENT.replace("e0", `e${i}`), "") + "faults"],
  "fields of a provider": [
    (n) => `event e { provider kprobe:f { ${each(n, (i) => `a${i}: int = 1`, "\n")} } }\nfaults`,
  ],
  parameters: [(n) => `tool t(${each(n, (i) => `p${i}: int = 1`, ", ")}) { faults }\nfaults`],
  providers: [
    (n) => `event e { ${each(n, () => "provider kprobe:vfs_read", "\n")} }\ne`,
    "consists of 10001 probes and sources, and 256 is the maximum",
  ],
  "a union": [(n) => `event u = ${each(n, () => "faults", " | ")}\nu`, "and 256 is the maximum"],
  "unions of unions": [
    (n) => EVENT + each(n, (i) => `event e${i + 1} = e${i} | e${i}`, "\n") + `\ne${n}`,
    "and 256 is the maximum",
  ],
  "sources of sources": [
    (n) => EVENT + each(n, (i) => `event e${i + 1} { provider e${i} }`, "\n") + `\ne${n}`,
    "more than 64 levels of sources",
  ],
  "sources of sources, the last one first": [
    (n) => `e${n}\n${each(n, (i) => `event e${n - i} { provider e${n - i - 1} }`, "\n")}\n${EVENT}`,
    "more than 64 levels of sources",
  ],
  "spans of spans": [
    (n) =>
      `span e0 on tid { begin kprobe:vfs_read end kretprobe:vfs_read }\n` +
      each(n, (i) => `span e${i + 1} on tid { begin e${i} end kretprobe:vfs_write }`, "\n") +
      `\ne${n}`,
    "more than 64 levels of sources",
  ],
};

describe("10,000 of a thing", { timeout: 120_000 }, () => {
  test.each(Object.entries(GROWING))("%s", (_name, [make, limit]) => {
    const { diagnostics, script } = compile(make(10_000));
    const errors = diagnostics.filter((d) => d.severity === "error");
    if (limit === undefined) expect([errors, script !== undefined]).toEqual([[], true]);
    else expect(errors.map((d) => d.message).join("\n")).toContain(limit);
    for (const { span, source } of errors) expect(span.end).toBeLessThanOrEqual(source.text.length);
  });
});

describe("four times as much takes less than eight times as long", { timeout: 120_000 }, () => {
  test.each(Object.entries(GROWING))("%s", (_name, [make]) => {
    const [small, large] = [make(2_000), make(8_000)];
    // Of the processor, and the best of some: others are at work on this machine, too.
    const cost = (text: string): number =>
      Math.min(
        ...[1, 2, 3].map(() => {
          const before = process.cpuUsage();
          compile(text);
          const { user, system } = process.cpuUsage(before);
          return user + system;
        }),
      );
    compile(small);
    expect(cost(large)).toBeLessThan(8 * cost(small) + 50_000);
  });
});

const VARIABLE = "event e0 { provider software:page-faults:1 { a: int = pid } }\n";

describe("what multiplies", () => {
  test("fields of fields that are constants", () => {
    const text = each(30, (i) => `event e${i + 1} { provider e${i} { a: int = a + a } }`, "\n");
    expect(compile(`${EVENT}${text}\ne30 by a`).diagnostics).toEqual([]);
  });

  test("fields of fields", () => {
    const text = each(30, (i) => `event e${i + 1} { provider e${i} { a: int = a + a } }`, "\n");
    const { diagnostics } = compile(`${VARIABLE}${text}\ne30 by a`);
    expect(diagnostics.map((d) => [d.code, d.hint])).toEqual([
      ["too-large", "fields that are defined by other fields multiply: ask for fewer of them"],
    ]);
  });

  test("fields of one span", () => {
    const fields = each(30, (i) => `a${i + 1}: int = a${i} + a${i}`, "\n");
    const span = `span s on tid { begin kprobe:vfs_read { a0: int = pid } end kretprobe:vfs_read\n${fields} }`;
    const { diagnostics } = compile(`${span}\ns by a30`);
    expect(diagnostics.filter((d) => d.severity === "error").map((d) => d.code)).toEqual(["too-large"]);
  });

  test("fields of one span that are constants", () => {
    const fields = each(30, (i) => `a${i + 1}: int = a${i} + a${i}`, "\n");
    const span = `span s on tid { begin kprobe:vfs_read end kretprobe:vfs_read\na0: int = 1\n${fields} }`;
    expect(compile(`${span}\ns by a30`).diagnostics).toEqual([]);
  });

  test("fields of one span, a few", () => {
    const span = `span s on tid { begin kprobe:vfs_read end kretprobe:vfs_read\n c: int = b + b\n b: int = a + 1\n a: int = pid }`;
    expect(compile(`${span}\ns by c`).diagnostics).toEqual([]);
  });

  test("a field of a span that is made of itself", () => {
    const span = `span s on tid { begin kprobe:vfs_read end kretprobe:vfs_read\n a: int = b\n b: int = a }`;
    expect(compile(`${span}\ns by a, b`).diagnostics.map((d) => d.code)).toEqual(["cyclic-definition"]);
  });

  test("probes", () => {
    const { diagnostics } = compile(each(60, (i) => `open allocation where age > ${i + 1}s`, ";\n"));
    expect(diagnostics.map((d) => d.message)).toEqual(["the queries need more than 1024 probes"]);
  });

  test("imports", () => {
    const resolveImport = (path: string) => ({ name: path, text: `import "${parseInt(path) + 1}.fl"` });
    const { diagnostics } = compile('import "1.fl"\nfaults', { resolveImport });
    expect(diagnostics.map((d) => d.message)).toEqual(["more than 256 files are imported"]);
  });
});

/** What is at its limit was loaded by a kernel; the text of it must come out. */
test.each([
  `faults by ${each(32, (i) => `pid + ${i} as k${i}`, ", ")}`,
  `faults by comm where comm in (${each(1000, (i) => `"c${i}"`, ", ")})`,
  each(64, (i) => `faults by comm where pid == ${i}`, ";\n"),
  `faults where file ~ "${each(32, () => "a", "*")}"`,
  `faults by ${each(999, () => "pid", " + ")} as k`,
])("at the limit: %.40s", (text) => {
  for (const to of ["bpftrace", "bcc"] as const) expect(compile(text, { to }).diagnostics).toEqual([]);
});
