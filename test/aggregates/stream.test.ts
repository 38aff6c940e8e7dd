/** How what bpftrace prints of the aggregates becomes groups: of each version, as it was seen to print. */
import { describe, expect, it } from "vitest";
import type { ResultAggregate } from "../../src/plan/plan.js";
import type { Group, ResultEvent } from "../../src/results/events.js";
import { BatchTimes } from "../../src/results/batch-times.js";
import type { Type } from "../../src/types/types.js";
import { createDecoder } from "../../src/tracers/bpftrace/read/decode.js";
import { aggregate, BYTES, column, groups, INT, line, script, STRING } from "../runtime/build-script.js";

const COMM = column("comm", STRING);
const BOUNDS: Type = { kind: "bounds", unit: "bytes" };
const RATE: Type = { kind: "number", unit: "none", signed: false, per: "second" };
const DISTINCT: ResultAggregate = { ...aggregate("distinct", "distinct(size)"), map: "d", of: BYTES };
const P50: ResultAggregate = { ...aggregate("p50", "p50(size)", BOUNDS), map: "p" };
const P99: ResultAggregate = { ...aggregate("p99", "p99(size)", BOUNDS), map: "p" };

function read(
  of: Parameters<typeof createDecoder>[0],
  lines: readonly string[],
  { version = "0.17.0", attached = 1_000_000_000n }: { version?: string; attached?: bigint } = {},
): ResultEvent[] {
  const decoder = createDecoder(of, { version });
  decoder.attached(attached);
  return [...lines.flatMap((each) => decoder.line(each)), ...decoder.end(true)];
}

function groupsOf(events: readonly ResultEvent[]): Group[] {
  return events.flatMap((event) => (event.kind === "groups" ? [...event.groups] : []));
}

const map = (name: string, data: object): string => JSON.stringify({ type: "map", data: { [name]: data } });
const end = (nsecs: number): string => `{"type": "value", "data": [0, 0, ${nsecs}]}`;

describe("distinct", () => {
  const of = script([groups([COMM], [DISTINCT])], { "@d": [0, 0] });

  it("is how many entries a group has", () => {
    const events = read(of, [map("@d", { "a,8": 3, "a,16": 1, "b,8": 2 }), end(2e9)]);
    expect(groupsOf(events)).toEqual([
      { keys: ["a"], values: [2] },
      { keys: ["b"], values: [1] },
    ]);
  });

  it("has names with commas, of which the last part is the value", () => {
    const events = read(of, [map("@d", { "a,b,8": 1, "a,b,9": 1 }), end(2e9)]);
    expect(groupsOf(events)).toEqual([{ keys: ["a,b"], values: [2] }]);
  });

  it("has texts as values, exactly where tuples tell them", () => {
    const texts = script([groups([COMM], [{ ...DISTINCT, of: STRING }])], { "@d": [0, 0] });
    const key = (...parts: string[]): string =>
      `{"type": "value", "data": [-1, 0, [${parts.map((each) => JSON.stringify(each)).join(", ")}]]}`;
    const lines = [key("tmux: server", "a,b"), key("tmux: server", "c"), map("@d", { "tmux:server,a,b": 1, "tmux:server,c": 1 }), end(2e9)]; // prettier-ignore
    expect(groupsOf(read(texts, lines, { version: "0.27.1" }))).toEqual([
      { keys: ["tmux: server"], values: [2] },
    ]);
    // Without them it is not known where the name ends, and that is said.
    const events = read(texts, [map("@d", { "x,y,z": 1 }), end(2e9)]);
    expect(events.filter(({ kind }) => kind === "damaged")).toMatchObject([
      { why: "it is no entry of distinct(size)" },
    ]);
  });

  it("tells how many events its map did not take", () => {
    const counted = script(
      [groups([COMM], [aggregate("count", "count()"), DISTINCT])],
      { "@count()": [0, 0], "@d": [0, 1], "@seen0": { holds: "seen", result: 0, aggregate: 0 } },
      { environment: { BPFTRACE_MAP_KEYS_MAX: "2" } },
    );
    const events = read(counted, [
      map("@count()", { a: 9 }),
      map("@d", { "a,8": 3, "a,16": 1 }),
      end(2e9),
      JSON.stringify({ type: "map", data: { "@seen0": 9 } }),
    ]);
    expect(events.filter(({ kind }) => kind === "message").at(-1)).toMatchObject({
      text: "`faults`: 5 of 9 events are not in distinct(size), which is too low: its map was full (2 entries); try --max-entries 8",
      shortfall: { why: "map full", result: 0, count: 5 },
    });
  });

  it("of a line, has no group, and none where nothing came", () => {
    const lines = script([line([DISTINCT])], { "@d": [0, 0] });
    const events = read(lines, [map("@d", { "8": 3, "16": 1 }), end(2e9), end(3e9)]);
    expect(groupsOf(events).map(({ values }) => values)).toEqual([[2], [0]]);
  });
});

describe("percentiles", () => {
  const of = script([groups([COMM], [P50, P99])], { "@p": [0, 0] });
  const expected = [{ keys: ["a"], values: [{ min: 128, max: 135 }, { min: 4096, max: 4351 }] }]; // prettier-ignore

  it("come of one map, whose keys have the bucket before 0.20", () => {
    const events = read(of, [map("@p", { "a,128": 98, "a,4096": 2 }), end(2e9)]);
    expect(groupsOf(events)).toEqual(expected);
  });

  it("come of a histogram from then on", () => {
    const buckets = [
      { min: 128, max: 135, count: 98 },
      { min: 136, max: 143, count: 0 },
      { min: 4096, max: 4351, count: 2 },
    ];
    const printed = JSON.stringify({ type: "hist", data: { "@p": { a: buckets } } });
    expect(groupsOf(read(of, [printed, end(2e9)], { version: "0.23.0" }))).toEqual(expected);
  });

  it("of negative values are below zero", () => {
    const keyless = script([groups([], [P50])], { "@p": [0, 0] });
    expect(groupsOf(read(keyless, [map("@p", { "-1": 3, "5": 1 }), end(2e9)]))).toEqual([
      { keys: [], values: [{ min: null, max: -1 }] },
    ]);
  });
});

describe("rate", () => {
  const rate = { ...aggregate("rate", "rate()", RATE), map: "r" };
  const of = script([groups([], [rate], { every: 1_000_000_000n })], { "@r": [0, 0] });
  const rates = (lines: readonly string[], attached?: bigint): unknown[] =>
    groupsOf(read(of, lines, attached === undefined ? {} : { attached })).map(({ values }) => values[0]);
  const count = (n: number): string => JSON.stringify({ type: "map", data: { "@r": n } });

  it("is of the time between two stamps, and not of the interval that was asked for", () => {
    const lines = [count(100), end(1.5e9), count(100), end(3.5e9), count(1), end(3.75e9)];
    expect(rates(lines).slice(0, 3)).toEqual([200, 50, 4]);
  });

  it("is 0 of nothing, and not known where the time is not", () => {
    expect(rates([end(2e9)])[0]).toBe(0);
    expect(rates([count(5), end(0)])[0]).toBeNull();
    // It ended before it began: the clock cannot be trusted.
    expect(rates([count(5), end(2e9)], 3_000_000_000n)[0]).toBeNull();
  });
});

describe("the times of batches", () => {
  it("are of each result on its own", () => {
    const times = new BatchTimes();
    expect(times.next(0, 5).seconds).toBeUndefined();
    times.begin(1_000_000_000n);
    times.begin(9_000_000_000n);
    expect(times.next(1, 2_000_000_000).seconds).toBe(1);
    expect(times.next(1, 2_500_000_000n).seconds).toBe(0.5);
    expect(times.next(2, 3_000_000_000).seconds).toBe(2);
  });
});

it("reads a number of values by group where they are signed", () => {
  const of = script([groups([], [{ ...DISTINCT, of: INT }])], { "@d": [0, 0] });
  expect(groupsOf(read(of, [map("@d", { "-3": 1, "3": 4 }), end(2e9)]))).toEqual([{ keys: [], values: [2] }]);
});
