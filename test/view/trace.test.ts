import { describe, expect, it } from "vitest";
import type { ResultEvent } from "../../src/results/events.js";
import { TIMESTAMP } from "../../src/types/types.js";
import { formatGap, formatOfFile } from "../../src/view/formats.js";
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
  USTACK,
} from "../runtime/build-script.js";
import { show } from "./show.js";

interface Trace {
  readonly traceEvents: readonly Record<string, unknown>[];
  readonly otherData: { readonly notes: readonly string[] };
}

const trace = (of: ReturnType<typeof plan>, events: readonly ResultEvent[]): Trace =>
  JSON.parse(show("trace", of, events, { lost: 2 }).out) as Trace;
const row = (...values: (string | number)[]): ResultEvent => ({ kind: "row", result: 0, values });

describe("trace", () => {
  const span = [
    column("pid", UNSIGNED),
    column("tid", UNSIGNED),
    column("comm", STRING),
    column("latency", DURATION),
  ];

  it("has a slice for each span, which ends at its time, on a track called as its process", () => {
    const of = plan([rows([column("time", TIMESTAMP), ...span], { query: "direct_reclaim show time, …" })]);
    const { traceEvents, otherData } = trace(of, [
      row(93_000_000_001_500, 7, 8, "nginx", 1500),
      row(93_000_000_009_000, 7, 8, "nginx", 500),
    ]);
    expect(traceEvents.slice(0, 2)).toEqual([
      { name: "process_name", ph: "M", pid: 7, tid: 8, args: { name: "nginx" } },
      { name: "thread_name", ph: "M", pid: 7, tid: 8, args: { name: "nginx" } },
    ]);
    expect(traceEvents.slice(2)).toMatchObject([
      {
        name: "direct_reclaim",
        ph: "X",
        pid: 7,
        tid: 8,
        ts: 93_000_000_000,
        dur: 1.5,
        args: { comm: "nginx", latency: 1500 },
      },
      { name: "direct_reclaim", ph: "X", ts: 93_000_000_008.5, dur: 0.5 },
    ]);
    expect(otherData.notes[0]).toContain("2 events were lost");
  });

  it("begins a slice at the time of a span's begin", () => {
    const of = plan([rows([column("begin.time", TIMESTAMP), ...span])]);
    expect(trace(of, [row(5000, 1, 1, "a", 2000)]).traceEvents.at(-1)).toMatchObject({
      ph: "X",
      ts: 5,
      dur: 2,
    });
  });

  it("has an instant for an event that lasts no time, and a counter for what comes at an interval", () => {
    const of = plan([
      rows([column("time", TIMESTAMP), column("pid", UNSIGNED)], { query: "oomkill show time, pid" }),
      groups([column("comm", STRING)], [aggregate("sum", "sum(size)", BYTES)], {
        query: "malloc sum(size) by comm every 1s",
        every: 1n,
      }),
      line([aggregate("count", "n")]),
    ]);
    const { traceEvents } = trace(of, [
      row(1000, 3),
      { kind: "groups", result: 1, nsecs: 2000, groups: [{ keys: ["a"], values: [10] }, { keys: ["b"], values: [null] }] },
      { kind: "groups", result: 2, nsecs: 3000, groups: [{ keys: [], values: [4] }] },
    ]); // prettier-ignore
    expect(traceEvents).toMatchObject([
      { name: "oomkill", ph: "i", s: "t", ts: 1, pid: 3 },
      { name: "malloc sum(size)", ph: "C", ts: 2, args: { a: 10, b: 0 } },
      { ph: "C", ts: 3, args: { n: 4 } },
    ]);
  });

  it("is a document also of nothing", () => {
    expect(trace(plan([]), []).traceEvents).toEqual([]);
  });

  it("says beforehand what has no place in time", () => {
    expect(
      formatGap("trace", plan([rows([column("pid", UNSIGNED)], { query: "faults show pid" })])),
    ).toContain("`faults show pid` does not say when");
    expect(formatGap("trace", plan([groups([], [])]))).toContain("every 1s");
    expect(formatGap("trace", plan([rows([column("time", TIMESTAMP)]), line([])]))).toBeUndefined();
    expect(formatGap("csv", plan([groups([], [])]))).toBeUndefined();
  });
});

describe("speedscope", () => {
  it("has each frame once, and stacks with their weights from the outermost frame", () => {
    const of = plan([
      groups([column("comm", STRING), column("ustack", USTACK)], [aggregate("sum", "sum(size)", BYTES)], {
        query: "q",
      }),
      groups([column("ustack", USTACK)], [aggregate("count", "count()")]),
    ]);
    const group = (
      result: number,
      ...of: readonly (readonly [readonly string[], number])[]
    ): ResultEvent => ({
      kind: "groups",
      result,
      nsecs: 0,
      groups: of.map(([keys, n]) => ({ keys, values: [n] })),
    });
    const file = JSON.parse(
      show("speedscope", of, [
        group(0, [["a", "malloc+1\nmain+1"], 10], [["a", "malloc+2\nmain+1"], 5], [["a", "main+1"], 0]),
        group(1, [["main+1"], 3]),
      ]).out,
    ) as unknown;
    expect(file).toMatchObject({
      $schema: "https://www.speedscope.app/file-format-schema.json",
      shared: { frames: [{ name: "a" }, { name: "main" }, { name: "malloc" }] },
      profiles: [
        {
          type: "sampled",
          name: "q",
          unit: "bytes",
          startValue: 0,
          endValue: 15,
          samples: [[0, 1, 2]],
          weights: [15],
        },
        { type: "sampled", unit: "none", endValue: 3, samples: [[1]], weights: [3] },
      ],
    });
  });
});

describe("the format of a file", () => {
  it.each([
    ["x.svg", "svg"],
    ["x.HTML", "html"],
    ["x.json", "json"],
    ["x.ndjson", "ndjson"],
    ["x.csv", "csv"],
    ["x.folded", "folded"],
    ["x.speedscope.json", "speedscope"],
    ["x.trace.json", "trace"],
    ["x.txt", "table"],
    ["svg", undefined],
    ["x.png", undefined],
  ])("%s is %s", (path, format) => {
    expect(formatOfFile(path)).toBe(format);
  });
});
