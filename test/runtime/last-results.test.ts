/** What comes when the tracer has ended: the last maps, and the script's own counts of what it sent. */
import { describe, expect, it } from "vitest";
import type { MapRole } from "../../src/tracers/script.js";
import { createDecoder } from "../../src/tracers/bpftrace/read/decode.js";
import type { ResultEvent } from "../../src/results/events.js";
import { Shortfalls, warningOf } from "../../src/results/shortfall.js";
import { aggregate, column, groups, openGroups, rows, script, STRING, UNSIGNED } from "./build-script.js";

const EVERY = 1_000_000_000n;
const COUNT = aggregate("count", "count()");
const COMM = column("comm", STRING);
const COUNTED = groups([COMM], [COUNT]);
const TURN: Record<string, MapRole> = {
  "@c": { holds: "aggregate", result: 0, aggregate: 0 },
  "@c_in_turn": { holds: "aggregate", result: 0, aggregate: 0, set: "turn" },
  "@seen0": { holds: "seen", result: 0 },
};

function map(name: string, contents: unknown): string {
  return JSON.stringify({ type: "map", data: { [name]: contents } });
}

function value(...parts: readonly (number | string)[]): string {
  return JSON.stringify({ type: "value", data: parts });
}

function decode(of: Parameters<typeof script>, lines: readonly string[], isWhole = true): ResultEvent[] {
  const [results, maps, more] = of;
  const decoder = createDecoder(
    script(results, maps, { ...more, endsWithMaps: true, environment: { BPFTRACE_MAP_KEYS_MAX: "4" } }),
    { version: "0.17.0" },
  );
  return [...lines.flatMap((line) => decoder.line(line)), ...decoder.end(isWhole)];
}

const grouped = (events: readonly ResultEvent[]): unknown[] =>
  events.flatMap((event) =>
    event.kind === "groups" ? [event.groups.map(({ keys, values }) => [...keys, ...values])] : [],
  );

describe("the last batch", () => {
  it("is what the tracer prints when it has ended", () => {
    const events = decode([[COUNTED], TURN], [value(-6, 0, 77, 0), map("@c", { cat: 3 }), map("@seen0", 3)]);
    expect(events).toMatchObject([{ kind: "groups", nsecs: 77, final: true }]);
    expect(grouped(events)).toEqual([[["cat", 3]]]);
  });

  it("of no events is one, where the tracer ended in order", () => {
    expect(grouped(decode([[COUNTED], TURN], [value(-6, 0, 77, 0)]))).toEqual([[]]);
  });

  it("that was not received is told, and is not one of no events", () => {
    const events = decode([[COUNTED, rows([COMM])], TURN], [], false);
    expect(events).toMatchObject([
      { text: "`faults`: its last results were not received", shortfall: { why: "not received", result: 0 } },
      {
        text: "`faults show`: its last results were not received",
        shortfall: { why: "not received", result: 1 },
      },
    ]);
  });

  it("that came whole before the tracer was killed is shown", () => {
    const events = decode([[COUNTED], TURN], [map("@c", { cat: 3 })], false);
    expect(grouped(events)).toEqual([[["cat", 3]]]);
    expect(events).toContainEqual(expect.objectContaining({ shortfall: { why: "not received", result: 0 } }));
  });

  it("is in the maps that were written to last", () => {
    const every = groups([COMM], [COUNT], { every: EVERY });
    const lines = [map("@c", { cat: 3 }), value(0, 0, 50), value(-6, 0, 77, 1)];
    // The others may not be emptied yet, where that was lost on a way that was full.
    const events = decode([[every], TURN], [...lines, map("@c", { cat: 3 }), map("@c_in_turn", { dog: 2 })]);
    expect(grouped(events)).toEqual([[["cat", 3]], [["dog", 2]]]);
  });

  it("has what an interval could not print, too", () => {
    const every = groups([COMM], [COUNT], { every: EVERY });
    // The interval that would have printed the other set was lost.
    const lines = [map("@c", { cat: 3 }), value(0, 0, 50), value(-6, 0, 77, 0)];
    const events = decode(
      [[every], TURN],
      [...lines, map("@c", { cat: 1 }), map("@c_in_turn", { cat: 2, dog: 2 })],
    );
    expect(grouped(events)).toEqual([
      [["cat", 3]],
      [
        ["cat", 3],
        ["dog", 2],
      ],
    ]);
  });

  it("whose end was lost on a way that was full is told, and is not added to what was shown before", () => {
    const every = groups([COMM], [COUNT], { every: EVERY });
    const lines = [
      map("@c", { cat: 3 }),
      value(0, 0, 50),
      map("@c", { cat: 3 }),
      map("@c_in_turn", { dog: 2 }),
    ];
    const events = decode([[every], TURN], lines);
    expect(grouped(events)).toEqual([[["cat", 3]], [["dog", 2]]]);
    expect(events).toContainEqual(expect.objectContaining({ shortfall: { why: "not received", result: 0 } }));
  });

  it("of what is open is not added to what was open at an interval", () => {
    const counted = openGroups({ keys: [{ ...COMM, value: { op: "local", name: "x", type: STRING } as never }], aggregates: [COUNT], every: EVERY }); // prettier-ignore
    const maps: Record<string, MapRole> = {
      ...TURN,
      "@c_at_end": { holds: "aggregate", result: 0, aggregate: 0, set: "end" },
    };
    const lines = [
      value(-6, 0, 77, 1),
      map("@c", { cat: 9 }),
      map("@c_in_turn", { cat: 9 }),
      map("@c_at_end", { cat: 2 }),
    ];
    expect(grouped(decode([[counted], maps], lines))).toEqual([[["cat", 2]]]);
  });
});

describe("the script's own counts", () => {
  const SENT: Record<string, MapRole> = { "@sent0": { holds: "sent", result: 0 } };
  const SHOWN = rows([column("pid", UNSIGNED)]);
  const lost = (events: readonly ResultEvent[]): number =>
    events.reduce((sum, event) => sum + (event.kind === "lost" ? event.count : 0), 0);

  it("tell exactly how many lines did not come, whatever the tracer says", () => {
    const two = [value(1, 7), value(1, 8)];
    expect(lost(decode([[SHOWN], SENT], [...two, map("@sent0", 2)]))).toBe(0);
    expect(lost(decode([[SHOWN], SENT], [...two, map("@sent0", 5)]))).toBe(3);
    const told = JSON.stringify({ type: "lost_events", data: { events: 1 } });
    expect(lost(decode([[SHOWN], SENT], [...two, told, map("@sent0", 5)]))).toBe(3);
    // What it lost of its other messages is a loss as well.
    expect(lost(decode([[SHOWN], SENT], [...two, told, map("@sent0", 2)]))).toBe(1);
    // A line that cannot be read came all the same.
    const odd = decode([[SHOWN], SENT], [value(1, "no number"), map("@sent0", 1)]);
    expect(odd).toMatchObject([{ kind: "damaged" }]);
  });

  it("are no loss where the tracer was killed before it told them", () => {
    expect(lost(decode([[SHOWN], SENT], [value(1, 7)], false))).toBe(0);
  });

  it("tell exactly how many events a full map refused", () => {
    const full = map("@c", { a: 1, b: 2, c: 3, d: 4 });
    const events = decode([[COUNTED], TURN], [value(-6, 0, 77, 0), full, map("@seen0", 17)]);
    expect(events.at(-1)).toMatchObject({
      text: "`faults`: 7 of 17 events are in no group: its map was full (4 entries); try --max-entries 16",
      shortfall: { why: "map full", result: 0, count: 7 },
    });
  });

  it("count what `top` leaves out", () => {
    const top = groups([COMM], [COUNT], { top: { count: 1n, by: 0 } });
    const events = decode([[top], TURN], [value(-6, 0, 77, 0), map("@c", { a: 1, b: 2 }), map("@seen0", 3)]);
    expect(grouped(events)).toEqual([[["b", 2]]]);
    expect(events).toHaveLength(1);
  });
});

describe("shortfalls", () => {
  it("are added up, and said by number where there is one", () => {
    const shortfalls = new Shortfalls();
    for (const text of [
      "7 events of new groups were not counted: a table is full",
      "5 events of new groups were not counted: a table is full",
    ])
      // prettier-ignore
      shortfalls.add(warningOf(text).shortfall ?? { why: "clock" });
    shortfalls.add({ why: "map full" });
    expect(shortfalls.all).toEqual([{ why: "map full", count: 12 }]);
    expect(shortfalls.isMissing(3)).toBe(true);
    shortfalls.add({ why: "map full", result: 1 });
    expect(shortfalls.all).toContainEqual({ why: "map full", result: 1 });
  });
});
