import { describe, expect, it } from "vitest";
import type { ResultEvent } from "../../src/results/events.js";
import { TIMESTAMP } from "../../src/types/types.js";
import {
  ADDRESS,
  aggregate,
  BYTES,
  column,
  DURATION,
  groups,
  line,
  openRows,
  plan,
  rows,
  STRING,
  UNSIGNED,
  USTACK,
} from "../runtime/build-script.js";
import { show } from "./show.js";

const COMM = column("comm", STRING);
const PID = column("pid", UNSIGNED);
const COUNT = aggregate("count", "count()");
const SIZE = aggregate("sum", "sum(size)", BYTES);

function lines(...each: readonly string[]): string {
  return `${each.join("\n")}\n`;
}

describe("groups", () => {
  it("are a table, with numbers on the right", () => {
    const { out } = show("table", plan([groups([COMM, PID], [COUNT, SIZE])]), [
      {
        kind: "groups",
        result: 0,
        nsecs: 0,
        groups: [
          { keys: ["postgres", 812], values: [1200, 5 * 1024 ** 2] },
          { keys: ["漢字", 7], values: [3, null] },
        ],
      },
    ]);
    expect(out).toBe(
      lines(
        "comm      pid  count()  sum(size)",
        "postgres  812     1200      5 MiB",
        "漢字        7        3          -",
      ),
    );
  });

  it("have their stacks at the right, whole", () => {
    const { out } = show("table", plan([groups([column("ustack", USTACK), COMM], [COUNT])]), [
      {
        kind: "groups",
        result: 0,
        nsecs: 0,
        groups: [
          { keys: ["malloc+1\nmain+2", "a"], values: [12] },
          { keys: ["", "b"], values: [1] },
        ],
      },
    ]);
    expect(out).toBe(
      lines(
        "comm  count()  ustack", //
        "a          12  malloc+1",
        "               main+2",
        "b           1",
      ),
    );
  });

  it("say when nothing happened", () => {
    expect(
      show("table", plan([groups([COMM], [COUNT])]), [{ kind: "groups", result: 0, nsecs: 0, groups: [] }])
        .out,
    ).toBe("no events\n");
    expect(
      show("table", plan([groups([], [COUNT])]), [
        { kind: "groups", result: 0, nsecs: 0, groups: [{ keys: [], values: [0] }] },
      ]).out,
    ).toBe(lines("count()", "      0"));
  });

  it("of an interval are headed by the time, of several queries by the query", () => {
    const results = [
      groups([COMM], [COUNT], { every: 1_000_000_000n, query: "faults by comm every 1s" }),
      groups([], [COUNT], { query: "brk" }),
    ];
    const batch = (result: number, seconds: number, keys: string[]): ResultEvent => ({
      kind: "groups",
      result,
      nsecs: seconds * 1e9,
      groups: [{ keys, values: [1] }],
    });
    const { out } = show("table", plan(results), [batch(0, 1, ["a"]), batch(0, 2, ["b"]), batch(1, 3, [])]);
    expect(out).toBe(
      lines(
        "faults by comm every 1s",
        "12:00:01",
        "comm  count()",
        "a           1",
        "",
        "12:00:02",
        "comm  count()",
        "b           1",
        "",
        "brk",
        "count()",
        "      1",
      ),
    );
  });

  it("show summaries as columns and histograms as blocks", () => {
    const stats = aggregate("stats", "stats(latency)", { kind: "stats", unit: "duration" });
    const hist = aggregate("hist", "hist(latency)", { kind: "histogram", unit: "duration" });
    const buckets = [
      { min: null, max: -1, count: 1 },
      { min: 0, max: 0, count: 0 },
      { min: 512, max: 1023, count: 40 },
      { min: 1024, max: 2047, count: 10 },
      { min: 2 ** 31, max: null, count: 1 },
    ];
    const value = { count: 52, sum: 104_000, avg: 2000 };
    const { out } = show("table", plan([groups([COMM], [stats, hist])]), [
      { kind: "groups", result: 0, nsecs: 0, groups: [{ keys: ["a"], values: [value, { buckets }] }] },
    ]);
    expect(out).toBe(
      lines(
        "comm a  stats(latency) count 52  stats(latency) avg 2 µs  stats(latency) sum 104 µs",
        "hist(latency)",
        "(..., 0 ns)         1 |@                                                   |",
        "[0 ns]              0 |                                                    |",
        "[512 ns, 1.02 µs)  40 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|",
        "[1.02 µs, 2.05 µs) 10 |@@@@@@@@@@@@@                                       |",
        "[2.15 s, ...)       1 |@                                                   |",
        "p50 < 1.02 µs  p90 < 2.05 µs  p99 >= 2.15 s",
      ),
    );
    const table = show("table", plan([groups([COMM], [stats])]), [
      { kind: "groups", result: 0, nsecs: 0, groups: [{ keys: ["a"], values: [value] }] },
    ]);
    expect(table.out).toBe(
      lines(
        "comm  stats(latency) count  stats(latency) avg  stats(latency) sum", //
        "a                       52                2 µs              104 µs",
      ),
    );
  });

  it("of what is open may be entries", () => {
    const columns = [column("age", DURATION), column("size", BYTES)].map((each) => ({
      ...each,
      value: { op: "integer", value: 0n, type: UNSIGNED } as const,
    }));
    const { out } = show("table", plan([openRows({ columns })]), [
      { kind: "groups", result: 0, nsecs: 0, groups: [{ keys: [2_500_000, 64], values: [] }] },
    ]);
    expect(out).toBe(lines("   age  size", "2.5 ms  64 B"));
  });
});

describe("rows", () => {
  const SHOW = plan([
    rows([
      column("time", TIMESTAMP),
      PID,
      COMM,
      column("address", ADDRESS),
      column("latency", DURATION),
      column("file", STRING),
    ]),
  ]);
  const row = (...values: (string | number | bigint)[]): ResultEvent => ({ kind: "row", result: 0, values });

  it("have fixed widths, and the names once", () => {
    const { out } = show("table", SHOW, [
      row(1_500_000_000, 812, "postgres", 0x7f0012345678, 1_500_000, "libc.so.6"),
      row(61_000_000_000, 4194304, "a name of 21 letters!", 0xffffffff81234567n, 3, "x"),
    ]);
    expect(out).toBe(
      lines(
        "time             pid comm                       address latency file",
        "12:00:01.500     812 postgres            0x7f0012345678  1.5 ms libc.so.6",
        "12:01:01.000 4194304 a name of 21 letters! 0xffffffff81234567    3 ns x",
      ),
    );
  });

  it("have their names written before the first comes, where it is known that they are first", () => {
    const attached: ResultEvent = { kind: "attached", probes: 1 };
    const { out } = show("table", plan([rows([PID])]), [attached, row(1), row(2)]);
    expect(out).toBe(lines("    pid", "      1", "      2"));
    expect(show("table", plan([rows([PID])]), [attached]).out).toBe(lines("    pid"));
  });

  it("have stacks below", () => {
    const { out } = show("table", plan([rows([PID, column("ustack", USTACK)])]), [
      row(1, "malloc+1\nmain+2"),
    ]);
    expect(out).toBe(lines("    pid ustack", "      1", "    malloc+1", "    main+2"));
  });
});

describe("lines", () => {
  it("have the time, and the names again after so many", () => {
    const vmscan = plan([
      line(
        [
          aggregate("sum", "S-SLABms", DURATION, { unit: "duration", spelling: "ms", factor: 1_000_000n }),
          aggregate("count", "KSWAPD"),
        ],
        { header: 2n },
      ),
    ]);
    const event = (seconds: number): ResultEvent => ({
      kind: "groups",
      result: 0,
      nsecs: seconds * 1e9,
      groups: [{ keys: [], values: [1_234_567 * seconds, seconds] }],
    });
    expect(show("table", vmscan, [event(1), event(2), event(3)]).out).toBe(
      lines(
        "time      S-SLABms    KSWAPD",
        "12:00:01      1.23         1",
        "12:00:02      2.47         2",
        "time      S-SLABms    KSWAPD",
        "12:00:03       3.7         3",
      ),
    );
  });
});

describe("what else there is to say", () => {
  const P = plan([groups([COMM], [COUNT])]);

  it("goes to stderr, and never moves a cursor", () => {
    const damaged: ResultEvent = { kind: "damaged", line: "\u001b[2J", why: "why" };
    const { out, err } = show(
      "table",
      P,
      [{ kind: "message", level: "error", text: "no" }, damaged, damaged, damaged, damaged],
      { lost: 2, damaged: 4 },
    );
    expect(out).toBe("");
    expect(err).toBe(
      lines(
        "error: no",
        ...Array.from(
          { length: 3 },
          () => "warning: the tracer printed a line that cannot be read (why): \\x1b[2J",
        ),
        "warning: 4 lines or names could not be read",
        "warning: 2 events were lost because they came too fast: filter with `where`, or count instead of `show`",
      ),
    );
  });

  it("has colours on a terminal that wants them", () => {
    const event: ResultEvent = {
      kind: "groups",
      result: 0,
      nsecs: 0,
      groups: [{ keys: ["a"], values: [1] }],
    };
    expect(show("table", P, [event], { terminal: true }).out).toBe(
      "\u001b[1mcomm\u001b[22m  \u001b[1mcount()\u001b[22m\na           1\n",
    );
    expect(show("table", P, [event], { terminal: true, environment: { NO_COLOR: "1" } }).out).toBe(
      "comm  count()\na           1\n",
    );
  });
});
