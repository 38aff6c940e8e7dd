import { describe, expect, it } from "vitest";
import { createDecoder } from "../../src/tracers/bpftrace/read/decode.js";
import type { ResultEvent } from "../../src/results/events.js";
import { MAP_FULL } from "../../src/results/shortfall.js";
import {
  ADDRESS,
  aggregate,
  BYTES,
  column,
  groups,
  INT,
  line,
  rows,
  script,
  STRING,
  UNSIGNED,
  USTACK,
} from "./build-script.js";

const COMM = column("comm", STRING);
const PID = column("pid", UNSIGNED);
const COUNT = aggregate("count", "count()");
const SHOW = script([rows([COMM, column("address", ADDRESS), column("change", INT)])]);

function events(
  of: Parameters<typeof createDecoder>[0],
  lines: readonly string[],
  version = "0.17.0",
): ResultEvent[] {
  const decoder = createDecoder(of, { version });
  return [...lines.flatMap((each) => decoder.line(each)), ...decoder.end(true)];
}

function value(...parts: readonly string[]): string {
  return `{"type": "value", "data": [${parts.join(",")}]}`;
}

describe("rows", () => {
  it("keeps every digit", () => {
    const expected = { kind: "row", result: 0, values: ["a", 0xffffffff81234567n, -9007199254740993n] };
    expect(events(SHOW, [value("1", '"a"', "18446744071581156711", "-9007199254740993")])).toEqual([
      expected,
    ]);
    // From 0.24 on, in quotes; old versions print what is unsigned with a sign.
    expect(events(SHOW, [value("1", '"a"', '"18446744071581156711"', '"-9007199254740993"')])).toEqual([
      expected,
    ]);
    expect(events(SHOW, [value("1", '"a"', "-2128394905", "-9007199254740993")])).toEqual([expected]);
  });

  it("does not take a number for a name, or the other way round", () => {
    expect(events(SHOW, [value("1", "17", "1", "2")])).toMatchObject([
      { kind: "damaged", why: "the value of comm is not one" },
    ]);
    expect(events(SHOW, [value("1", '"a"', '"b"', "2")])).toMatchObject([
      { kind: "damaged", why: "the value of address is not one" },
    ]);
  });

  it.each([
    ["a quote that was not escaped", value("1", '"a"b"', "1", "2")],
    ["a quote that makes another column", value("1", '"a","x"', "1", "2")],
    ["a quote that ends the line", value("1", '"a",1,2]}', "1", "2")],
    ["too few columns", value("1", '"a"', "1")],
    ["too many columns", value("1", '"a"', "1", "2", "3")],
    ["a result that is not there", value("2", '"a"', "1", "2")],
    ["a line that was cut", value("1", '"a"', "1", "2").slice(0, -4)],
    ["text", "Attaching 3 probes..."],
    ["an unknown message", '{"type": "novelty", "data": 1}'],
    ["no message", "[1,2]"],
    ["no tuple", '{"type": "value", "data": 5}'],
    ["nesting without end", "[".repeat(100_000)],
    ["a name instead of a number", value('"1"', '"a"', "1", "2")],
    ["a number that is none", value("1", '"a"', "1", "nan")],
  ])("reports %s as damage", (_, text) => {
    expect(events(SHOW, [text])).toMatchObject([{ kind: "damaged" }]);
  });

  it("reads control characters that were not escaped, and bytes that are no UTF-8", () => {
    const decoder = createDecoder(SHOW);
    const raw = Buffer.from(value("1", '"a\u0001\u001b[2J\u00ff\u00c3\u00a9"', "1", "2"), "latin1");
    expect(decoder.line(raw)).toEqual([
      { kind: "row", result: 0, values: ["a\u0001\u001b[2J\udcffé", 1, 2] },
    ]);
  });

  it("never throws, whatever is cut out of a line", () => {
    const decoder = createDecoder(SHOW);
    const text = value("1", String.raw`"q\"\\u\u0001\uffffffc3"`, "-1", "2");
    for (let from = 0; from < text.length; from++)
      for (const to of [from + 1, from + 5, text.length])
        for (const event of decoder.line(text.slice(0, from) + text.slice(to)))
          expect(event.kind).toMatch(/row|damaged/);
  });
});

describe("groups", () => {
  const BY = script([groups([COMM, PID], [COUNT, aggregate("sum", "sum(size)", BYTES)])], {
    "@c": [0, 0],
    "@s": [0, 1],
  });

  it("joins maps by their keys and ranks the groups", () => {
    const found = events(BY, [
      '{"type": "map", "data": {"@c": {"a,1": 2, "b,2": 10}}}',
      '{"type": "map", "data": {"@s": {"b,2": 512, "a,1": 4096}}}',
      value("0", "0", "77"),
    ]);
    const ranked = [
      { keys: ["b", 2], values: [10, 512] },
      { keys: ["a", 1], values: [2, 4096] },
    ];
    expect(found).toEqual([{ kind: "groups", result: 0, nsecs: 77, final: true, groups: ranked }]);
  });

  it("says null of what one map does not have", () => {
    const [event] = events(BY, ['{"type": "map", "data": {"@c": {"a,1": 2}}}', value("0", "0", "77")]);
    expect(event).toMatchObject({ groups: [{ keys: ["a", 1], values: [2, null] }] });
  });

  it("takes the best of the aggregate that ranks", () => {
    const top = script([groups([COMM], [COUNT, aggregate("sum", "s")], { top: { count: 2n, by: 1 } })], {
      "@c": [0, 0],
      "@s": [0, 1],
    });
    const [event] = events(top, [
      '{"type": "map", "data": {"@c": {"a": 1, "b": 2, "c": 3, "d": 1}}}',
      '{"type": "map", "data": {"@s": {"a": 9, "b": 8, "c": 7, "d": 9}}}',
      value("0", "0", "77"),
    ]);
    expect(event).toMatchObject({ groups: [{ keys: ["a"] }, { keys: ["d"] }] });
  });

  it("has a batch an interval, also when nothing happened", () => {
    const every = script([groups([COMM], [COUNT], { every: 1n })], { "@c": [0, 0] });
    expect(
      events(every, [
        '{"type": "map", "data": {"@c": {"a": 1}}}',
        value("0", "0", "1"),
        value("0", "0", "2"),
      ]),
    ).toEqual([
      { kind: "groups", result: 0, nsecs: 1, groups: [{ keys: ["a"], values: [1] }], entries: 1 },
      { kind: "groups", result: 0, nsecs: 2, groups: [] },
    ]);
  });

  it("is one group without keys, also of nothing", () => {
    const lines = script([line([COUNT, aggregate("max", "max(size)", BYTES)])], {
      "@c": [0, 0],
      "@m": [0, 1],
    });
    expect(
      events(lines, [value("0", "0", "1"), '{"type": "map", "data": {"@c": 3}}', value("0", "0", "2")]),
    ).toMatchObject([
      { groups: [{ keys: [], values: [0, null] }] },
      { groups: [{ keys: [], values: [3, null] }] },
    ]);
  });

  it("puts together what prints the same key", () => {
    // Two processes with the same unresolved stack.
    const stacks = script(
      [
        groups(
          [column("ustack", USTACK)],
          [COUNT, aggregate("min", "min"), aggregate("avg", "avg"), aggregate("avg", "mean")],
        ),
      ],
      { "@c": [0, 0], "@n": [0, 1], "@a": [0, 2], "@m": [0, 3] },
    );
    const key = String.raw`"\n    0x7f01\n"`;
    const found = events(stacks, [
      `{"type": "map", "data": {"@c": {${key}: 2, ${key}: 3}}}`,
      `{"type": "map", "data": {"@n": {${key}: 7, ${key}: 5}}}`,
      `{"type": "stats", "data": {"@a": {${key}: {"count": 2, "average": 4, "total": 8}, ${key}: {"count": 1, "average": 1, "total": 1}}}}`,
      `{"type": "stats", "data": {"@m": {${key}: 2, ${key}: 3}}}`,
      value("0", "0", "1"),
    ]);
    expect(found).toMatchObject([
      { kind: "damaged", line: "mean" },
      { kind: "groups", groups: [{ keys: ["0x7f01"], values: [5, 5, 3, null] }] },
    ]);
  });

  it("splits keys only where there is one way to", () => {
    const found = events(BY, [
      '{"type": "map", "data": {"@c": {"a,b,3": 1, "a,4x": 1}}}',
      value("0", "0", "1"),
    ]);
    expect(found).toMatchObject([{ kind: "damaged", line: "a,4x" }, { groups: [{ keys: ["a,b", 3] }] }]);
  });

  it("finds the end of a stack of C++ templates", () => {
    const stacks = script([groups([column("ustack", USTACK), COMM, PID], [COUNT])], { "@c": [0, 0] });
    const frame = "std::map<int, std::pair<long, char> >::find(int, long)+12";
    const [event] = events(stacks, [
      `{"type": "map", "data": {"@c": {"\\n    ${frame}\\n    main+1\\n,a,b,7": 1}}}`,
      value("0", "0", "1"),
    ]);
    expect(event).toMatchObject({ groups: [{ keys: [`${frame}\nmain+1`, "a,b", 7] }] });
  });

  it("uses the exact keys a script gives, and says when it has none", () => {
    const map = '{"type": "map", "data": {"@c": {"tmux:server,1": 1}}}';
    const exact = [value("-1", "0", '["tmux: server",1]'), map, value("0", "0", "1")];
    expect(events(BY, exact, "0.27.1")).toMatchObject([{ groups: [{ keys: ["tmux: server", 1] }] }]);
    expect(events(BY, exact.slice(1), "0.27.1")).toMatchObject([
      { kind: "message", text: "this version of bpftrace prints names without their spaces" },
      { groups: [{ keys: ["tmux:server", 1] }] },
    ]);
    // Two keys that print the same cannot be told apart even so.
    const clash = [value("-1", "0", '["tmux:server",1]'), ...exact];
    expect(events(BY, clash, "0.27.1")).toMatchObject([{ kind: "damaged" }, { ambiguous: true }]);
  });

  it("shows what was printed when the end of the batch was lost, once", () => {
    const map = '{"type": "map", "data": {"@c": {"a,1": 2}}}';
    expect(events(BY, [map])).toMatchObject([
      { kind: "groups", nsecs: 0, final: true, groups: [{ keys: ["a", 1] }] },
    ]);
    expect(events(BY, [map, value("0", "0", "1"), map])).toHaveLength(1);
  });

  it("warns of a map that is full", () => {
    const full = script(
      [groups([COMM], [COUNT])],
      { "@c": [0, 0] },
      { environment: { BPFTRACE_MAP_KEYS_MAX: "2" } },
    );
    const [warning] = events(full, [
      '{"type": "map", "data": {"@c": {"a": 1, "b": 1}}}',
      value("0", "0", "1"),
    ]);
    expect(warning).toMatchObject({
      kind: "message",
      text: expect.stringMatching(/is full \(2 entries\).*--max-entries 8$/),
      shortfall: { why: "map full", result: 0 },
    });
  });

  it("counts two entries a key where an average is kept as two", () => {
    const of = script(
      [groups([COMM], [aggregate("avg", "avg(x)")], { every: 1n })],
      { "@a": [0, 0] },
      { environment: { BPFTRACE_MAP_KEYS_MAX: "4", BPFTRACE_MAX_MAP_KEYS: "4" } },
    );
    const batch = ['{"type": "map", "data": {"@a": {"a": 1, "b": 1}}}', value("0", "0", "1")];
    expect(events(of, batch)).toMatchObject([{ shortfall: { why: "map full" } }, { entries: 4 }]);
    expect(events(of, batch, "0.23.2")).toMatchObject([{ kind: "groups", entries: 2 }]);
  });

  it("tells how full the map was before the query's top was taken", () => {
    const of = script([groups([COMM], [COUNT], { every: 1n, top: { count: 1n, by: 0 } })], { "@c": [0, 0] });
    const map = '{"type": "map", "data": {"@c": {"a": 1, "b": 2, "c": 3}}}';
    const [first, second] = events(of, [map, value("0", "0", "1"), value("0", "0", "2")]);
    expect(first).toMatchObject({ groups: [{ keys: ["c"] }], entries: 3 });
    expect(second).not.toHaveProperty("entries");
  });

  it("warns of what began and was not kept", () => {
    const states = ["malloc_call", "allocation"].map((name) => ({
      name: `${name}_begun`,
      span: name,
      key: [{ name: "tid", type: UNSIGNED }],
      fields: [],
    }));
    const of = script(
      [groups([COMM], [COUNT])],
      { "@begins_not_kept": { holds: "refused" } },
      { states, environment: { BPFTRACE_MAP_KEYS_MAX: "4" } },
    );
    expect(
      events(of, ['{"type": "map", "data": {"@begins_not_kept": {"2": 1}}}']).map(
        (e) => "text" in e && e.text,
      ),
    ).toEqual([expect.stringContaining("(4 entries: the processes that are traced): 1 were not kept")]);
    expect(events(of, ['{"type": "map", "data": {"@begins_not_kept": {"1": 7}}}'])).toEqual([
      {
        kind: "message",
        level: "warning",
        text: "a map was full (4 entries: each open allocation, by tid): 7 were not kept, and the result lacks them; try --max-entries 16",
        shortfall: { why: "map full", count: 7 },
      },
    ]);
  });
});

it("tells what `top` leaves out: how many groups, and what adds up over all of them", () => {
  const result = groups([COMM], [COUNT, aggregate("max", "max(size)")], {
    top: { count: 1n, by: 0 },
  });
  const of = script([result], {
    "@count": { holds: "aggregate", result: 0, aggregate: 0 },
    "@max": { holds: "aggregate", result: 0, aggregate: 1 },
  });
  const [event] = events(of, [
    '{"type": "map", "data": {"@count": {"a": 2, "b": 5, "c": 4}}}',
    '{"type": "map", "data": {"@max": {"a": 7, "b": 1, "c": 3}}}',
  ]).filter(({ kind }) => kind === "groups");
  expect(event).toMatchObject({ whole: { groups: 3, values: [11, null] } });
});

describe("begins that a map with room did not keep", () => {
  const of = script(
    [groups([COMM], [COUNT])],
    { "@begins_not_kept": { holds: "refused" } },
    { states: [{ name: "allocation_begun", span: "allocation", key: [], fields: [] }] },
  );
  const COUNTED = '{"type": "map", "data": {"@begins_not_kept": {"0": 3}}}';
  const REFUSAL =
    '{"type": "helper_error", "msg": "Map full; …", "helper": "map_update_elem", "retcode": -7}';
  const whys = (lines: readonly string[], version = "0.27.1") =>
    events(of, lines, version).flatMap((e) => (e.kind === "message" && e.shortfall ? [e.shortfall] : []));

  it("are told as that, where the kernel's refusals would have been reported", () => {
    expect(events(of, [COUNTED], "0.27.1")).toContainEqual({
      kind: "message",
      level: "warning",
      text: "3 begins were lost where the kernel interrupted a probe for another thread (each open allocation): the result lacks them",
      shortfall: { why: "probe missed", count: 3 },
    });
  });

  it("may have found it full where a refusal was reported, or reports were lost", () => {
    expect(whys([REFUSAL, COUNTED])).toContainEqual({ why: "map full", count: 3 });
    expect(whys(['{"type": "lost_events", "data": {"events": 5}}', COUNTED])).toContainEqual({
      why: "map full",
      count: 3,
    });
    expect(whys([COUNTED], "0.17.0")).toContainEqual({ why: "map full", count: 3 });
  });
});

describe("spans that began again before their ends were seen", () => {
  it("are told by number and span", () => {
    const of = script(
      [groups([COMM], [COUNT])],
      { "@ends_not_seen": { holds: "replaced" } },
      { states: [{ name: "run_begun", span: "run", key: [], fields: [] }] },
    );
    expect(events(of, ['{"type": "map", "data": {"@ends_not_seen": {"0": 27}}}'])).toEqual([
      {
        kind: "message",
        level: "warning",
        text: "run: 27 spans began again before their ends were seen, and no result has them",
        shortfall: { why: "end missed", count: 27 },
      },
    ]);
  });
});

describe("other messages", () => {
  it("passes on what is lost, and counts complaints", () => {
    const full =
      '{"type": "helper_error", "msg": "Map full; …", "helper": "map_update_elem", "retcode": -7, "line": 1, "col": 41}';
    expect(events(SHOW, ['{"type": "lost_events", "data": {"events": 8}}', full, full, full])).toEqual([
      { kind: "lost", count: 8 },
      { kind: "message", level: "warning", text: MAP_FULL, shortfall: { why: "map full" } },
      {
        kind: "message",
        level: "warning",
        text: `${MAP_FULL} (3 times)`,
        shortfall: { why: "map full", count: 3 },
      },
    ]);
  });

  it("passes on errors and warnings of the script", () => {
    expect(
      events(SHOW, [
        '{"type": "errorf", "msg": "no\\n", "filename": "q", "line": 1, "col": 1}',
        '{"type": "printf", "data": "hi\\n"}',
      ]),
    ).toEqual([
      { kind: "message", level: "error", text: "no" },
      { kind: "message", level: "warning", text: "the script printed hi" },
    ]);
  });

  it("reads counts as hexadecimal after an escape, where the version forgets to switch back", () => {
    const lost = '{"type": "lost_events", "count": 10, "data": {"events": 10}}';
    const escape = value("1", String.raw`"\u0001"`, "1", "2");
    const escaped = value("1", String.raw`"\\u0001"`, "10", "2");
    const count = (version: string, lines: string[]): unknown =>
      events(SHOW, lines, version).find(({ kind }) => kind === "lost");
    expect(count("0.27.1", [lost, escape])).toEqual({ kind: "lost", count: 10 });
    expect(count("0.27.1", [escape, lost])).toEqual({ kind: "lost", count: 16 });
    expect(count("0.27.1", [escaped, lost])).toEqual({ kind: "lost", count: 10 });
    expect(count("0.23.2", [escape, lost])).toEqual({ kind: "lost", count: 10 });
  });
});

describe("a map of histograms", () => {
  it("is full when its buckets are as many as its entries", () => {
    const of = script(
      [groups([COMM], [aggregate("hist", "h", { kind: "histogram", unit: "bytes" })])],
      { "@h": [0, 0] },
      { environment: { BPFTRACE_MAP_KEYS_MAX: "3" } },
    );
    const told = (counts: readonly number[]): number => {
      const buckets = counts.map((count, i) => ({ min: 2 ** i, max: 2 ** (i + 1) - 1, count }));
      const map = JSON.stringify({ type: "hist", data: { "@h": { cat: buckets } } });
      return events(of, [map]).filter(({ kind }) => kind === "message").length;
    };
    expect(told([1, 0, 2])).toBe(0);
    expect(told([1, 0, 2, 3])).toBe(1);
  });
});

describe("values that may not be whole", () => {
  const shortfalls = (all: readonly ResultEvent[]): unknown[] =>
    all.flatMap((event) => (event.kind === "message" ? [event.shortfall] : []));

  it.each([
    ["0.17.0", 63],
    ["0.23.2", 1023],
  ])("counts the texts that bpftrace %s may have cut, by their bytes", (version, longest) => {
    const texts = ["a".repeat(longest), "a".repeat(longest - 1), "é".repeat((longest + 1) / 2), "short"];
    const all = events(
      SHOW,
      texts.map((text) => value("1", JSON.stringify(text), "1", "2")),
      version,
    );
    expect(all.filter(({ kind }) => kind === "row")).toHaveLength(4);
    expect(shortfalls(all)).toEqual([{ why: "text cut", result: 0, count: 2 }]);
  });

  it("takes the length that the tracer is told", () => {
    const told = script([rows([COMM])], {}, { environment: { BPFTRACE_STRLEN: "10" } });
    expect(shortfalls(events(told, [value("1", '"123456789"')]))).toHaveLength(1);
    expect(shortfalls(events(told, [value("1", '"12345678"')]))).toEqual([]);
  });

  it("counts the texts of keys too", () => {
    const counted = script([groups([COMM], [COUNT])], { "@c": [0, 0] });
    const map = `{"type": "map", "data": {"@c": {"${"a".repeat(63)}": 1, "b": 2}}}`;
    expect(shortfalls(events(counted, [map, value("0", "0", "5")]))).toContainEqual({
      why: "text cut",
      result: 0,
      count: 1,
    });
  });

  it.each([
    { holds: "beyond" },
    { holds: "unknown", why: "cut" },
    { holds: "unknown", why: "unread" },
    { holds: "unseen" },
  ] as const)("tells nothing of what was counted 0 times: %j", (role) => {
    const counting = script([rows([COMM])], { "@n": role });
    // Old versions print a count that was never added to.
    const printed = (count: number): string => `{"type": "map", "data": {"@n": ${count}}}`;
    expect(shortfalls(events(counting, [printed(0)]))).toEqual([]);
    expect(shortfalls(events(counting, [printed(3)]))).toMatchObject([{ count: 3 }]);
  });

  it("tells of a clock that went backwards, and of intervals that are late", () => {
    const every = script([line([COUNT])], { "@c": [0, 0] });
    const batch = (seconds: number): string[] => [
      '{"type": "map", "data": {"@c": 1}}',
      value("0", "0", String(seconds * 1e9)),
    ];
    const told = (...times: number[]): unknown[] => shortfalls(events(every, times.flatMap(batch)));
    expect(told(1, 2, 3.2)).toEqual([]);
    expect(told(1, 2, 4, 5)).toEqual([{ why: "clock", result: 0, count: 1 }]);
    expect(told(2, 1, 2)).toEqual([{ why: "clock", result: 0, count: 1 }]);
  });
});
