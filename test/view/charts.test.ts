import { describe, expect, it } from "vitest";
import { POWERS } from "../../src/aggregates/histograms.js";
import type { ResultEvent } from "../../src/results/events.js";
import { BYTES as BYTES_TYPE, TIMESTAMP, type Type } from "../../src/types/types.js";
import { ticks } from "../../src/view/chart/scale.js";
import {
  aggregate,
  BYTES,
  column,
  DURATION,
  groups,
  line,
  plan,
  rows,
  STRING,
  UNSIGNED,
} from "../runtime/build-script.js";
import { show } from "./show.js";

const HIST: Type = { kind: "histogram", unit: "duration" };

function texts(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text ?? "");
}

describe("svg of what has no stack", () => {
  it("draws groups as bars, in units, and says what is left out", () => {
    const of = plan([
      groups(
        [column("comm", STRING)],
        [aggregate("sum", "sum(size)", BYTES), aggregate("count", "count()")],
        { query: "malloc" },
      ),
    ]);
    const entries = Array.from({ length: 45 }, (_, i) => ({ keys: [`c${i}`], values: [(45 - i) * 1024, 1] }));
    const shown = texts(show("svg", of, [{ kind: "groups", result: 0, nsecs: 0, groups: entries }]).out);
    expect(shown).toEqual(
      expect.arrayContaining(["malloc", "sum(size)", "c0", "45 KiB", "c39", "and 5 more", "count()"]),
    );
    expect(shown).not.toContain("c40");
  });

  it("draws histograms with their bounds and shares, a panel a group", () => {
    const of = plan([groups([column("comm", STRING)], [aggregate("hist", "hist(latency)", HIST)])]);
    const histogram = { buckets: [{ min: 1024, max: 2047, count: 3 }, { min: 2048, max: 4095, count: 1 }] }; // prettier-ignore
    const svg = show("svg", of, [
      {
        kind: "groups",
        result: 0,
        nsecs: 0,
        groups: [
          { keys: ["a"], values: [histogram] },
          { keys: ["b"], values: [histogram] },
        ],
      },
    ]).out;
    expect(texts(svg)).toEqual(
      expect.arrayContaining([
        "a: hist(latency) · 4 events",
        "[1.02 µs, 2.05 µs)",
        "3  75.0%",
        "b: hist(latency) · 4 events",
      ]),
    );
  });

  it("draws intervals over time: a panel an aggregate, a line a group, nothing where nothing was counted", () => {
    const of = plan([
      groups(
        [column("comm", STRING)],
        [aggregate("count", "count()"), aggregate("sum", "sum(size)", BYTES)],
        { every: 1n },
      ),
    ]);
    const at = (nsecs: number, ...found: readonly [string, number][]): ResultEvent => ({
      kind: "groups",
      result: 0,
      nsecs,
      groups: found.map(([comm, n]) => ({ keys: [comm], values: [n, n * 1024] })),
    });
    const svg = show("svg", of, [at(1e9, ["a", 10]), at(2e9, ["b", 4]), at(3e9, ["a", 20])]).out;
    const lines = [...svg.matchAll(/<path d="(M[^"]*)"/g)].map(([, d]) => d?.split("L").length);
    expect(lines).toEqual([3, 3, 3, 3]);
    expect(texts(svg)).toEqual(
      expect.arrayContaining([
        "count()",
        "20",
        "sum(size)",
        "20 KiB",
        "12:00:01.000",
        "12:00:01.500",
        "12:00:03.000",
        "a",
        "b",
      ]),
    );
    // The group `b` was there only in the middle.
    const b = [...svg.matchAll(/<path d="(M[^"]*)" style="[^"]*"\/>/g)][1]?.[1]?.slice(1).split("L").map((each) => Number(each.split(" ")[1])); // prettier-ignore
    expect(b?.[0]).toBe(b?.[2]);
    expect(b?.[1]).toBeLessThan(b?.[0] ?? 0);
  });

  it("draws histograms of intervals as a heat map, with an axis of round times, and what they add up to", () => {
    const of = plan([groups([], [aggregate("hist", "hist(latency)", HIST)], { every: 1_000_000_000n })]);
    const at = (second: number, ...counts: readonly number[]): ResultEvent => ({
      kind: "groups",
      result: 0,
      nsecs: second * 1e9,
      groups: [
        {
          keys: [],
          values: [{ buckets: counts.map((count, i) => ({ ...POWERS.bounds(12 + i), count })) }],
        },
      ],
    });
    const events = Array.from({ length: 60 }, (_, i) => at(i + 1, 1, i === 30 ? 5000 : 0));
    const svg = show("svg", of, [...events, { ...at(61, 9), partial: true } as ResultEvent]).out;
    const cells = [...svg.matchAll(/fill-opacity:([\d.]+)"><title>([^<]*)/g)].map(([, shade, title]) => [
      title,
      shade,
    ]);
    // A cell a bucket and interval in which there was something; the part of an interval is not one.
    expect(cells).toHaveLength(61);
    expect(cells.filter(([, shade]) => shade === "1.00")).toEqual([
      ["12:00:31 [2.05 µs, 4.1 µs): 5,000 events", "1.00"],
    ]);
    expect(cells.at(-1)).toEqual(["12:01:00 [1.02 µs, 2.05 µs): 1 events", "0.13"]);
    expect(texts(svg)).toEqual(
      expect.arrayContaining([
        "one interval is not drawn: partial",
        "12:00:00",
        "12:00:10",
        "12:00:50",
        "hist(latency) · 5069 events",
      ]),
    );
    expect(show("html", of, events).out).toMatch(
      /<th>hist\(latency\): events<\/th><th>p50<\/th>[\s\S]*<td class="right">5001<\/td><td class="right">&lt; 4.1 µs<\/td>/,
    );
    // Of one interval there is nothing to compare.
    expect(show("svg", of, events.slice(0, 1)).out).not.toContain("fill-opacity");
  });

  it("stays small however long it runs", () => {
    const of = plan([line([aggregate("count", "count()")])]);
    const events = Array.from({ length: 20_000 }, (_, i): ResultEvent => ({
      kind: "groups",
      result: 0,
      nsecs: (i + 1) * 1e9,
      groups: [{ keys: [], values: [i === 7777 ? 500 : 1] }],
    }));
    const svg = show("svg", of, events).out;
    expect(svg.length).toBeLessThan(100_000);
    expect(texts(svg)).toEqual(expect.arrayContaining(["each point is the largest of 32 intervals", "500"]));
  });

  it("draws single events by what they measure, or by their names", () => {
    const measured = plan([
      rows([column("time", TIMESTAMP), column("comm", STRING), column("latency", DURATION)]),
    ]);
    const event = (...values: (string | number)[]): ResultEvent => ({ kind: "row", result: 0, values });
    expect(
      texts(show("svg", measured, [event(1, "a", 1500), event(2, "b", 1600), event(3, "b", 5000)]).out),
    ).toEqual(
      expect.arrayContaining(["latency · 3 events", "[1.02 µs, 2.05 µs)", "2  66.7%", "[2.05 µs, 4.1 µs)"]),
    );
    const named = plan([rows([column("pid", UNSIGNED), column("comm", STRING)])]);
    expect(texts(show("svg", named, [event(1, "a"), event(2, "b"), event(3, "b")]).out)).toEqual(
      expect.arrayContaining(["events by comm", "b", "2", "a", "1"]),
    );
  });

  it("says of a histogram that it is of nothing, where its group is there", () => {
    const all = plan([line([aggregate("hist", "hist(size)", HIST)])]);
    const event = { kind: "groups", result: 0, nsecs: 0, final: true, groups: [{ keys: [], values: [{ buckets: [] }] }] } as const; // prettier-ignore
    const histogram = plan([groups([], [aggregate("hist", "hist(size)", HIST)])]);
    expect(show("svg", histogram, [event]).out).toContain("hist(size) · no events");
    expect(show("svg", all, [event]).out).toContain("no events");
  });

  it("is a picture also of nothing", () => {
    const all = plan([
      groups([column("comm", STRING)], [aggregate("count", "count()")]),
      groups([column("comm", STRING)], [aggregate("hist", "h", HIST)]),
      rows([column("size", BYTES_TYPE)]),
      line([aggregate("count", "count()")]),
    ]);
    expect(show("svg", all, []).out.match(/no events/g)?.length).toBe(4);
  });
});

describe("ticks", () => {
  it.each<[number, boolean, number[]]>([
    [0, false, [0]],
    [3, false, [0, 1, 2, 3]],
    [7300, false, [0, 2000, 4000, 6000, 8000]],
    [5000, true, [0, 1024, 2048, 3072, 4096, 5120]],
    [3 * 1024 ** 2, true, [0, 1024 ** 2, 2 * 1024 ** 2, 3 * 1024 ** 2]],
  ])("to %d", (most, isBinary, expected) => {
    expect(ticks(most, isBinary)).toEqual(expected);
  });
});
