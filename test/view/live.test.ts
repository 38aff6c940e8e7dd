import { describe, expect, it } from "vitest";
import type { Histogram } from "../../src/aggregates/values.js";
import type { GroupsEvent } from "../../src/results/events.js";
import type { Type } from "../../src/types/types.js";
import { bar, barWidth } from "../../src/view/table/bar.js";
import { cut } from "../../src/view/table/cut-line.js";
import { canRedraw, LiveView } from "../../src/view/live/live.js";
import { inOrder } from "../../src/view/table/order.js";
import { percentilesText } from "../../src/view/value/percentiles.js";
import { scalarColumns } from "../../src/view/table/columns.js";
import { createView } from "../../src/view/view.js";
import { aggregate, column, groups, line, plan, rows, STRING, USTACK } from "../runtime/build-script.js";
import { CLOCK, Memory, NAMES } from "./show.js";

const COUNT = aggregate("count", "count()");

class Terminal extends Memory {
  constructor(
    columns: number,
    public rows: number,
  ) {
    super({ columns });
  }
}

describe("a cut line", () => {
  it("keeps its colours, and ends them", () => {
    expect(cut("abc", 3)).toBe("abc");
    expect(cut("\u001b[1mabcdef\u001b[22m g", 4)).toBe("\u001b[1mabcd\u001b[0m");
    expect(cut("\u001b[1mab\u001b[22m", 2)).toBe("\u001b[1mab\u001b[22m");
  });

  it("counts columns, not letters", () => {
    expect(cut("漢字x", 3)).toBe("漢");
    expect(cut("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301e\u0301");
    expect(cut("abc", 0)).toBe("");
  });
});

describe("bars", () => {
  it("are as long as their share, in eighths", () => {
    expect(bar(1, 4)).toBe("████");
    expect(bar(0.5, 4)).toBe("██");
    expect(bar(0.53125, 4)).toBe("██▏");
    expect(bar(1e-9, 4)).toBe("▏");
    expect([bar(0, 4), bar(NaN, 4), barWidth(20)]).toEqual(["", "", 0]);
  });
});

describe("percentiles", () => {
  const of = (...buckets: Histogram["buckets"]): string | undefined =>
    percentilesText({ buckets }, { unit: "bytes" });

  it("are bounds of the buckets", () => {
    expect(
      of(
        { min: 0, max: 0, count: 50 },
        { min: 4096, max: 8191, count: 49 },
        { min: 8192, max: null, count: 1n },
      ),
    ).toBe("p50 = 0 B  p90 < 8 KiB  p99 < 8 KiB");
    expect(of({ min: 8192, max: null, count: 3 })).toBe("p50 >= 8 KiB  p90 >= 8 KiB  p99 >= 8 KiB");
    expect(of({ min: 0, max: 7, count: 0 })).toBeUndefined();
  });
});

describe("another order", () => {
  it("has what is not known last", () => {
    const result = groups([column("comm", STRING)], [COUNT]);
    const [comm, count] = scalarColumns(result);
    const all = [
      { keys: ["b"], values: [2] },
      { keys: ["a"], values: [10n] },
      { keys: [null], values: [null] },
    ];
    const names = (by: typeof comm, up: boolean): unknown[] =>
      by ? inOrder(all, by, up).map(({ keys }) => keys[0]) : [];
    expect(names(comm, true)).toEqual(["a", "b", null]);
    expect(names(count, false)).toEqual(["a", "b", null]);
    expect(names(count, true)).toEqual(["b", "a", null]);
  });
});

describe("the live view", () => {
  const every = { every: 1n };

  it("is for tables of an interval", () => {
    expect(canRedraw(plan([groups([], [COUNT], every)]))).toBe(true);
    expect(canRedraw(plan([groups([], [COUNT])]))).toBe(false);
    expect(canRedraw(plan([groups([], [COUNT], every), rows([column("comm", STRING)])]))).toBe(false);
    expect(canRedraw(plan([line([COUNT])]))).toBe(false);
  });

  const shown = async (
    rowsOf: number,
    events: readonly GroupsEvent[],
    showsAll = false,
    query = plan([groups([column("ustack", USTACK)], [COUNT], every)]),
  ): Promise<{ frame: string[]; rest: string; err: string }> => {
    const out = new Terminal(70, rowsOf);
    const err = new Memory({ columns: 70 });
    const live = new LiveView({ out, err, onQuit: () => undefined, onStop: () => undefined });
    const view = createView("table", query, { out, err, live }, NAMES, {
      clock: CLOCK,
      environment: { NO_COLOR: "1" },
      showsAll,
    });
    live.begin();
    for (const event of events) void view.event(event);
    void view.event({ kind: "message", level: "warning", text: "a \u001b[2Jwarning" });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(err.text).toBe("");
    view.end({ lost: 0, damaged: 0 });
    const [drawn = "", rest = ""] = out.text.split("\u001b[?25h\u001b[?1049l");
    const frame = (drawn.split("\u001b[H").at(-1) ?? "").replaceAll("\u001b[K", "").replace("\u001b[J", "");
    return { frame: frame.split("\r\n"), rest, err: err.text };
  };
  const stack = Array.from({ length: 30 }, (_, i) => `frame${i}`).join("\n");
  const batch = (more: Partial<GroupsEvent> = {}): GroupsEvent => ({
    kind: "groups",
    result: 0,
    nsecs: 0,
    groups: [9, 8, 7, 6, 5].map((count) => ({ keys: [stack], values: [count] })),
    ...more,
  });

  it("folds stacks and groups that do not fit, at the end too, and writes them whole where all is asked for", async () => {
    const { frame, rest } = await shown(16, [batch()]);
    expect(frame).toHaveLength(16);
    expect(frame[0]).toBe("a \\x1b[2Jwarning");
    expect(frame.join("\n")).toMatch(/ 9 +.*frame0\n +frame1\n +… 28 more frames\n/);
    expect(frame.join("\n")).toMatch(/\n… [1-4] more\n/);
    expect(rest).toMatch(/… [1-4] more, `--all`\n$/);
    expect((await shown(16, [batch()], true)).rest.match(/frame29/g)).toHaveLength(5);
  });

  it("shows a histogram of each interval as a heat map, of all whole ones, there and at the end", async () => {
    const HIST: Type = { kind: "histogram", unit: "bytes" };
    const query = plan([groups([], [aggregate("hist", "hist(size)", HIST)], every)]);
    const interval = (counts: readonly number[], more: Partial<GroupsEvent> = {}): GroupsEvent => {
      const buckets = counts.map((count, i) => ({ min: 1024 << i, max: (2048 << i) - 1, count }));
      return batch({ groups: [{ keys: [], values: [{ buckets }] }], ...more });
    };
    const events = [
      interval([100, 0]),
      interval([1, 25]),
      interval([100, 100], { final: true, partial: true }),
    ];
    const { frame, rest } = await shown(20, events, false, query);
    const HEAT =
      /hist\(size\) since 12:00:00\.?\d*; █ is up to 100\n\[2 \S+, 4 \S+\) +▒\n\[1 \S+, 2 \S+\) █·\n/;
    expect(frame.join("\n")).toMatch(HEAT);
    expect(rest).toMatch(HEAT);
    expect((await shown(20, events.slice(0, 1), false, query)).rest).not.toContain("since");
    expect((await shown(8, events, false, query)).frame.join("\n")).not.toContain("since");
  });

  it("keeps messages for when the screen is free", async () => {
    const { err } = await shown(16, [batch()]);
    expect(err).toBe("warning: a \\x1b[2Jwarning\n");
  });

  it("keeps the last interval in which something happened", async () => {
    const { rest } = await shown(16, [batch(), batch({ groups: [], final: true })]);
    expect(rest).toContain("frame1\n");
  });

  it("says how full the map is", async () => {
    const most = plan([groups([column("ustack", USTACK)], [COUNT], every)]).maxEntries;
    const { frame } = await shown(10, [batch({ entries: Math.ceil(most * 0.83) })]);
    expect(frame.at(-1)).toContain("map 83 % full");
    // Not where it is not known, however many there are.
    const many = Array.from({ length: most }, (_, i) => ({ keys: [`f${i}`], values: [1] }));
    expect((await shown(10, [batch({ groups: many })])).frame.at(-1)).not.toContain("full");
  });
});
