import { describe, expect, it } from "vitest";
import { comparisonPlan, differences, differencesEvent } from "../../src/compare/differences.js";
import { comparedKeys, Totals } from "../../src/compare/totals.js";
import type { Result } from "../../src/plan/plan.js";
import type { GroupsEvent, ResultEvent, RowEvent } from "../../src/results/events.js";
import { TIMESTAMP } from "../../src/types/types.js";
import { DifferenceChart } from "../../src/compare/difference-chart.js";
import { createView } from "../../src/view/view.js";
import {
  aggregate,
  BYTES,
  column,
  DURATION,
  groups,
  rows,
  STRING,
  UNSIGNED,
  USTACK,
} from "../runtime/build-script.js";
import { CLOCK, Memory, NAMES } from "../view/show.js";

type Data = ResultEvent & (RowEvent | GroupsEvent);

const batch = (...found: readonly (readonly [readonly (string | number)[], number | null])[]): Data => ({
  kind: "groups",
  result: 0,
  nsecs: 0,
  groups: found.map(([keys, value]) => ({ keys, values: [value] })),
});

/** Of each measure, its lines. */
function compareAll(
  result: Result,
  before: readonly Data[],
  after: readonly Data[],
  keys = comparedKeys(result),
): readonly unknown[][] {
  const [a, b] = [before, after].map((events) => {
    const totals = new Totals(result, keys);
    for (const event of events) totals.add(event);
    return totals;
  }) as [Totals, Totals];
  return differences(result, a, b).map((groups) => groups.map(({ keys: of, values }) => [...of, ...values]));
}

function compare(...what: Parameters<typeof compareAll>): unknown[] {
  const [only, ...others] = compareAll(...what);
  expect(others).toEqual([]);
  return only ?? [];
}

const BY_COMM = groups([column("comm", STRING), column("pid", UNSIGNED)], [aggregate("count", "count()")]);

describe("differences", () => {
  it("are of names where each machine has its own numbers", () => {
    const result = groups(
      [column("uid", { kind: "enum", of: "user", signed: false })],
      [aggregate("count", "count()")],
    );
    const [a, b] = [
      [new Map([["postgres", 999n]]), batch([[999], 3], [[1000], 1])] as const,
      [
        new Map([
          ["postgres", 105n],
          ["mysql", 999n],
        ]),
        batch([[105], 5], [[999], 7]),
      ] as const,
    ].map(([users, data]) => {
      const totals = new Totals(result, result.keys, (_, of) => (of === "user" ? users : undefined));
      totals.add(data);
      return totals;
    }) as [Totals, Totals];
    expect(differences(result, a, b)[0]?.map(({ keys, values }) => [...keys, ...values.slice(0, 2)])).toEqual(
      [
        ["mysql", 0, 7],
        ["postgres", 3, 5],
        ["1000", 1, 0],
      ],
    );
  });

  it("adds intervals up, and puts the largest change first, whichever way it goes", () => {
    const before = [batch([["a", 1], 10], [["b", 2], 5]), batch([["a", 1], 10])];
    const after = [batch([["b", 2], 50], [["a", 1], 21], [["c", 3], 1])];
    expect(compare(BY_COMM, before, after)).toEqual([
      ["b", 2, 5, 50, 45, 900],
      ["a", 1, 20, 21, 1, 5],
      ["c", 3, 0, 1, 1, null],
    ]);
  });

  it("puts together what is not compared", () => {
    const keys = BY_COMM.keys.slice(0, 1);
    expect(compare(BY_COMM, [batch([["a", 1], 10], [["a", 2], 5])], [batch([["a", 3], 20])], keys)).toEqual([
      ["a", 15, 20, 5, 33.3],
    ]);
  });

  it("takes stacks as one that differ only in their offsets", () => {
    const result = groups([column("ustack", USTACK)], [aggregate("sum", "sum(size)", BYTES)]);
    expect(
      compare(result, [batch([["f+1\nmain+2"], 10])], [batch([["f+9\nmain+0x30"], 4], [["f+8\nmain+1"], 1])]),
    ).toEqual([["f\nmain", 10, 5, -5, -50]]);
  });

  it("does not add up what cannot be", () => {
    const result = groups([column("comm", STRING)], [aggregate("avg", "avg(latency)", DURATION)]);
    expect(compare(result, [batch([["a"], 10]), batch([["a"], 20])], [batch([["a"], 30])])).toEqual([
      ["a", 20, 30, 10, 50],
    ]);
  });

  it("has no average of keys that are put together, nor of one that is not there", () => {
    const result = groups([...BY_COMM.keys], [aggregate("avg", "avg(latency)", DURATION)]);
    const [before, after] = [batch([["a", 1], 10], [["a", 2], 20]), batch([["a", 1], 30], [["b", 1], 5])];
    expect(compare(result, [before], [after], BY_COMM.keys.slice(0, 1))).toEqual([
      ["a", null, 30, null, null],
      ["b", null, 5, null, null],
    ]);
  });

  it("takes the smallest and the greatest of all intervals", () => {
    const of = (fn: "min" | "max"): Result =>
      groups([column("comm", STRING)], [aggregate(fn, `${fn}(latency)`, DURATION)]);
    const before = [batch([["a"], 10]), batch([["a"], 20]), batch()];
    expect(compare(of("min"), before, [batch([["a"], 4])])).toEqual([["a", 10, 4, -6, -60]]);
    expect(compare(of("max"), before, [batch([["a"], 4])])).toEqual([["a", 20, 4, -16, -80]]);
  });

  it("compares all that was measured: of a histogram the events and the bounds of its percentiles", () => {
    const result = groups([column("comm", STRING)], [aggregate("hist", "hist(latency)", { kind: "histogram", unit: "duration" }), aggregate("stats", "stats(latency)", { kind: "stats", unit: "duration" })]); // prettier-ignore
    const data = (min: number): Data => ({ kind: "groups", result: 0, nsecs: 0, groups: [{ keys: ["a"], values: [{ buckets: [{ min, max: 2 * min - 1, count: 99 }, { min: 2 * min, max: 4 * min - 1, count: 1 }] }, { count: 100, sum: 100 * min, avg: min }] }] }); // prettier-ignore
    expect(compareAll(result, [data(128), data(128)], [data(2048)])).toEqual([
      [["a", 200, 100, -100, -50]],
      [["a", 255, 4095, 3840, 1505.9]],
      [["a", 255, 4095, 3840, 1505.9]],
      [["a", 255, 4095, 3840, 1505.9]],
      [["a", 200, 100, -100, -50]],
      [["a", 128, 2048, 1920, 1500]],
      [["a", 25_600, 204_800, 179_200, 700]],
    ]);
    expect(comparisonPlan([result], [[]]).results.map(({ query }) => query.split(" · ")[0])).toEqual([
      "hist(latency) events",
      "hist(latency) p50 at most",
      "hist(latency) p90 at most",
      "hist(latency) p99 at most",
      "stats(latency) count",
      "stats(latency) avg",
      "stats(latency) sum",
    ]);
  });

  it("says of a sum that was below zero how far it went, and which way", () => {
    const result = groups([column("comm", STRING)], [aggregate("sum", "sum(change)", BYTES)]);
    expect(compare(result, [batch([["a"], -10])], [batch([["a"], 5])])).toEqual([["a", -10, 5, 15, 150]]);
  });

  it("counts single events by their names, not by their times or sizes, which are added up", () => {
    const result = rows([column("time", TIMESTAMP), column("comm", STRING), column("size", BYTES)]);
    const row = (...values: (string | number)[]): Data => ({ kind: "row", result: 0, values });
    expect(
      compareAll(result, [row(1, "a", 5), row(2, "a", 8)], [row(3, "a", 9), row(4, "b", 5), row(5, "b", 6)]),
    ).toEqual([
      [
        ["b", 0, 2, 2, null],
        ["a", 2, 1, -1, -50],
      ],
      [
        ["b", null, 5.5, null, null],
        ["a", 6.5, 9, 2.5, 38.5],
      ],
      [
        ["b", 0, 11, 11, null],
        ["a", 13, 9, -4, -30.8],
      ],
    ]);
    expect(comparisonPlan([result], [[]]).results.map(({ query }) => query.split(" · ")[0])).toEqual([
      "events",
      "size avg",
      "size sum",
    ]);
  });
});

describe("a comparison", () => {
  function show(format: "table" | "svg", result: Result, before: Data, after: Data): string {
    const keys = comparedKeys(result);
    const [a, b] = [before, after].map((event) => {
      const totals = new Totals(result, keys);
      totals.add(event);
      return totals;
    }) as [Totals, Totals];
    const plan = comparisonPlan([result], [keys]);
    const out = new Memory();
    const view = createView(format, plan, { out, err: new Memory() }, NAMES, {
      clock: CLOCK,
      environment: {},
      chart: (of, context) => (of.kind === "groups" ? new DifferenceChart(of, context) : undefined),
    });
    for (const [i, list] of differences(result, a, b).entries()) void view.event(differencesEvent(i, list));
    view.end({ lost: 0, damaged: 0 });
    return out.text;
  }

  it("is a table in the unit of what is measured", () => {
    const result = groups([column("comm", STRING)], [aggregate("sum", "sum(size)", BYTES)]);
    expect(show("table", result, batch([["a"], 4096]), batch([["a"], 1024])).split("\n")).toEqual([
      "comm  sum(size) before  after  change  change %",
      "a                4 KiB  1 KiB  -3 KiB       -75",
      "",
    ]);
  });

  it("is a flame graph as wide as both, red where it grew and blue where it shrank", () => {
    const result = groups([column("ustack", USTACK)], [aggregate("count", "count()")]);
    const svg = show(
      "svg",
      result,
      batch([["f\nmain"], 10], [["gone\nmain"], 30], [["same\nmain"], 5]),
      batch([["f\nmain"], 20], [["new\nmain"], 10], [["same\nmain"], 5]),
    );
    const of = (name: string): string =>
      new RegExp(`<title>${name}\\n([^<]*)</title><rect class="(\\w+)"`).exec(svg)?.slice(1).join(" | ") ??
      "";
    expect(of("f")).toBe("before 10, after 20: +100.0% | grew2");
    expect(of("new")).toBe("before 0, after 10: new | grew4");
    expect(of("gone")).toBe("before 30, after 0: gone | shrank4");
    expect(of("same")).toBe("before 5, after 5: 0.0% | same");
    expect(of("main")).toBe("before 45, after 35: -22.2% | shrank2");
  });

  it("is bars where stacks have what cannot be added, by the innermost frame", () => {
    const result = groups([column("ustack", USTACK)], [aggregate("max", "max(size)", BYTES)]);
    const svg = show("svg", result, batch([["f\nmain"], 4096]), batch([["f\nmain"], 1024]));
    expect(svg).toContain(">f<");
    expect(svg).toContain(">4 KiB → 1 KiB<");
  });

  it("is bars to both sides where there is no stack", () => {
    const result = groups([column("comm", STRING)], [aggregate("count", "count()")]);
    const svg = show("svg", result, batch([["a"], 1], [["b"], 9]), batch([["a"], 5], [["b"], 8]));
    expect(svg).toContain(">1 → 5<");
    expect(svg.match(/fill:#d2453a/g)).toHaveLength(1);
    expect(svg.match(/fill:#3a78c9/g)).toHaveLength(1);
  });
});
