/** Rates, bounds and numbers of values in each format. */
import { describe, expect, it } from "vitest";
import { Totals } from "../../src/compare/totals.js";
import { differences } from "../../src/compare/differences.js";
import type { Group, GroupsEvent, ResultEvent } from "../../src/results/events.js";
import type { Type } from "../../src/types/types.js";
import { FORMAT_NAMES } from "../../src/view/formats.js";
import { aggregate, column, groups, plan, STRING, USTACK } from "../runtime/build-script.js";
import { show } from "../view/show.js";

const COMM = column("comm", STRING);
const BYTES_PER_SECOND: Type = { kind: "number", unit: "bytes", signed: true, per: "second" };
const PER_SECOND: Type = { kind: "number", unit: "none", signed: false, per: "second" };
const BOUNDS: Type = { kind: "bounds", unit: "duration" };
const MB = { unit: "bytes", spelling: "MB", factor: 1024n ** 2n } as const;
const RESULT = groups(
  [COMM],
  [
    aggregate("rate", "rate()", PER_SECOND),
    aggregate("rate", "rate(size)", BYTES_PER_SECOND),
    aggregate("rate", "rate(size) (MB/s)", BYTES_PER_SECOND, MB),
    aggregate("p99", "p99(latency)", BOUNDS),
    aggregate("distinct", "distinct(size)"),
  ],
  { every: 1n },
);
const PLAN = plan([RESULT]);

function batch(...groupsOf: readonly Group[]): ResultEvent & GroupsEvent {
  return { kind: "groups", result: 0, nsecs: 1_000_000_000, groups: groupsOf };
}

const EVENT = batch(
  { keys: ["a"], values: [39981.7325, 1.5 * 1024 ** 2, 1.5 * 1024 ** 2, { min: 8192, max: 8703 }, 12] },
  { keys: ["b"], values: [0.00123456, 0.25, 0.25, { min: 5, max: 5 }, 1] },
  { keys: ["c"], values: [null, null, null, null, 0] },
  { keys: ["d"], values: [0, 0, 0, { min: null, max: -1 }, 0] },
);

describe("tables", () => {
  it("show a rate in three digits, and bounds in one cell", () => {
    const { out } = show("table", PLAN, [EVENT]);
    expect(out.split("\n").slice(1)).toEqual([
      "comm     rate()  rate(size)  rate(size) (MB/s)  p99(latency)  distinct(size)",
      "a       39982/s   1.5 MiB/s                1.5  8.19..8.7 µs              12",
      "b     0.00123/s    0.25 B/s            2.38e-7          5 ns               1",
      "c             -           -                  -             -               0",
      "d           0/s       0 B/s                  0      <= -1 ns               0",
      "",
    ]);
  });
});

describe("formats for programs", () => {
  it("have rates as numbers, and bounds as two", () => {
    const { results, rows } = JSON.parse(show("json", PLAN, [EVENT]).out) as {
      results: { columns: object[] }[];
      rows: { values: object }[];
    };
    expect(results[0]?.columns).toEqual([
      { name: "comm", type: "string" },
      { name: "rate()", type: "int/second", unit: "1/s" },
      { name: "rate(size)", type: "bytes/second", unit: "B/s" },
      { name: "rate(size) (MB/s)", type: "bytes/second", unit: "MB/s" },
      { name: "p99(latency)", type: "bounds", unit: "ns" },
      { name: "distinct(size)", type: "int" },
    ]);
    expect(rows.slice(0, 3).map(({ values }) => values)).toEqual([
      { comm: "a", "rate()": 39981.7325, "rate(size)": 1572864, "rate(size) (MB/s)": 1.5, "p99(latency)": { min: 8192, max: 8703 }, "distinct(size)": 12 },
      { comm: "b", "rate()": 0.00123456, "rate(size)": 0.25, "rate(size) (MB/s)": 0.25 / 1024 ** 2, "p99(latency)": { min: 5, max: 5 }, "distinct(size)": 1 },
      { comm: "c", "rate()": null, "rate(size)": null, "rate(size) (MB/s)": null, "p99(latency)": null, "distinct(size)": 0 },
    ]); // prettier-ignore
  });

  it("have a cell for each bound in CSV", () => {
    const [head, first, , third] = show("csv", PLAN, [EVENT]).out.split("\r\n");
    expect(head).toContain("p99(latency) min,p99(latency) max,distinct(size)");
    expect(first).toMatch(/,a,39981\.7325,1572864,1\.5,8192,8703,12,$/);
    expect(third).toMatch(/,c,,,,,,0,$/);
  });

  it("are written by every format that can", () => {
    for (const format of FORMAT_NAMES) {
      const { out } = show(format, plan([{ ...RESULT, keys: [COMM, column("ustack", USTACK)] }]), [
        batch({ keys: ["a", "f\nmain"], values: [0.25, 0.25, 0.25, { min: 8192, max: 8703 }, 12] }),
      ]);
      expect(out, format).not.toContain("[object");
      expect(out, format).not.toContain("NaN");
      expect(out.length, format).toBeGreaterThan(0);
    }
  });

  it("do not lose a rate below one as the weight of a stack, and do not add up intervals", () => {
    const rates = plan([groups([COMM], [aggregate("rate", "rate()", PER_SECOND)], { every: 1n })]);
    const events = [0.25, 0.5].map((value) => batch({ keys: ["a"], values: [value] }));
    expect(show("folded", rates, events).out).toBe("a 1\na 1\n");
    const { profiles } = JSON.parse(show("speedscope", rates, events).out) as {
      profiles: { unit: string; weights: number[] }[];
    };
    expect(profiles).toMatchObject([{ unit: "none", weights: [0.5] }]);
  });
});

describe("comparisons", () => {
  it("are of rates, upper bounds and numbers of values, of the last interval", () => {
    const totals = (...events: (ResultEvent & GroupsEvent)[]): Totals => {
      const all = new Totals(RESULT, [COMM]);
      for (const event of events) all.add(event);
      return all;
    };
    const before = totals(batch({ keys: ["a"], values: [10, 1, 1, { min: 1, max: 2 }, 3] }));
    const after = totals(
      batch({ keys: ["a"], values: [99, 9, 9, { min: 5, max: 9 }, 9] }),
      batch({ keys: ["a"], values: [15, 2, 2, { min: 3, max: 4 }, 6] }),
    );
    const changes = differences(RESULT, before, after).map(([first]) => first?.values);
    expect(changes).toEqual([[10, 15, 5, 50], [1, 2, 1, 100], [1, 2, 1, 100], [2, 4, 2, 100], [3, 6, 3, 100]]); // prettier-ignore
  });
});
