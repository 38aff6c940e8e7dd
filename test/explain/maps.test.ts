import { describe, expect, it } from "vitest";
import { storageOf } from "../../src/tracers/bpftrace/map-memory.js";
import { commonType } from "../../src/semantics/source/probe-scope.js";
import type { BuiltinField, Typed } from "../../src/semantics/typed.js";
import { explained } from "./helpers.js";

function common(name: BuiltinField): Typed {
  return { op: "common", name, type: commonType(name) };
}

describe("what a map takes", () => {
  // `memlock` of /proc/PID/fdinfo/MAP on a machine with two CPUs, for 4096 entries.
  const MEASURED = [
    ["0.17.0", "count", ["comm"], 426_880],
    ["0.17.0", "count", ["comm", "ustack"], 459_648],
    ["0.17.0", "hist", ["comm"], 459_648],
    ["0.17.0", "avg", ["comm"], 459_648],
    ["0.17.0", "sum", ["tid"], 394_112],
    ["0.23.2", "count", ["comm", "ustack"], 525_184],
    ["0.23.2", "avg", ["comm"], 492_416],
    ["0.23.2", "min", ["comm"], 492_416],
    ["0.27.1", "count", ["comm", "ustack"], 4_653_952],
  ] as const;

  it.each(MEASURED)("bpftrace %s: %s by %s", (version, fn, keys, bytes) => {
    const layout = storageOf({ results: [], probes: [], states: [], maxEntries: 4096 }, version).aggregate(
      fn,
      keys.map(common),
      undefined,
    );
    expect(layout.bytes(2) / bytes).toBeGreaterThan(0.98);
    expect(layout.bytes(2) / bytes).toBeLessThan(1.02);
  });

  it.each([["0.17.0", 328_720], ["0.27.1", 328_720]] as const)("bpftrace %s: a time by tid", (version, bytes) => {
    const layout = storageOf({ results: [], probes: [], states: [], maxEntries: 4096 }, version).state([common("tid")], [common("time")]);
    expect(layout.bytes(2) / bytes).toBeGreaterThan(0.98);
    expect(layout.bytes(2) / bytes).toBeLessThan(1.02);
    expect(layout.bytes(64)).toBe(layout.bytes(2));
  }); // prettier-ignore

  it("grows with the CPUs where each has a value", () => {
    const layout = storageOf({ results: [], probes: [], states: [], maxEntries: 4096 }, "0.23.2").aggregate(
      "count",
      [common("pid")],
      undefined,
    );
    expect(layout.bytes(64) - layout.bytes(2)).toBe(4096 * 62 * 8);
  });
});

it("has a buffer of what is printed, which old versions have for each CPU", () => {
  expect(explained("faults by comm").buffer).toEqual({ bytes: 16 * 1024 * 1024, perCpu: false });
  expect(explained("faults by comm", "debian12").buffer).toEqual({ bytes: 1024 * 1024, perCpu: true });
});

describe("maps", () => {
  it("names keys and values, and says what happens when one is full", () => {
    const { maps } = explained("malloc sum(size) by comm");
    expect(maps).toEqual([
      expect.objectContaining({
        name: "@malloc_sum_size",
        holds: "sum(size)",
        keys: [{ name: "comm", type: "string" }],
        value: "a sum",
        perCpu: true,
        entries: 16_384,
        whenFull: "a new key is not counted, and nothing reports it; those that are there go on",
      }),
    ]);
    expect(explained("malloc sum(size) by comm", "sid").maps[0]?.whenFull).toContain("bpftrace warns of it");
    expect(explained("malloc sum(size)").maps[0]?.whenFull).toContain("never");
  });

  it("counts a histogram's buckets as keys", () => {
    expect(explained("malloc hist(size) by comm").maps[0]?.keys.map(({ name }) => name)).toEqual([
      "comm",
      "bucket",
    ]);
  });

  it("shows what a span keeps", () => {
    const { maps } = explained("direct_reclaim show latency, order");
    expect(maps.map(({ name, keys, value, perCpu }) => [name, keys[0]?.name, value, perCpu])).toEqual([
      ["@direct_reclaim_begun", "tid", "time (timestamp), order (int)", false],
    ]);
    expect(maps[0]?.whenFull).toContain("the result lacks it");
  });

  it("tells of the table of stacks where a tracer has one", () => {
    const names = (kernel: "debian12" | "debian13" | "sid"): string[] =>
      explained("brk by ustack", kernel).maps.map(({ name }) => name);
    expect(names("debian12")).toEqual(["@brk", "stacks"]);
    expect(names("debian13")).toEqual(["@brk", "stacks"]);
    expect(names("sid")).toEqual(["@brk"]);
  });

  it("leaves out those that the runner keeps", () => {
    const query = "open allocation max(size) by pid every 5s";
    const has = (kernel: "debian12" | "debian13"): boolean =>
      explained(query, kernel).maps.some(({ name }) => name === "@allocation_max_size");
    expect(has("debian12")).toBe(false);
    expect(has("debian13")).toBe(true);
  });

  it("has none where each event is shown", () => {
    expect(explained("oomkill show victim").maps).toEqual([]);
  });
});
