/** How each format marks an interval that is cut short, and that none shows it as a fall. */
import { describe, expect, it } from "vitest";
import { comparedKeys, Totals } from "../../src/compare/totals.js";
import type { GroupsEvent } from "../../src/results/events.js";
import type { Format } from "../../src/view/formats.js";
import { LiveView } from "../../src/view/live/live.js";
import { createView } from "../../src/view/view.js";
import { aggregate, column, groups, line, plan, STRING, USTACK } from "../runtime/build-script.js";
import { CLOCK, Memory, NAMES, show } from "./show.js";

const COUNT = aggregate("count", "count()");
const RATE = aggregate("rate", "rate()");
const EVERY = { every: 1_000_000_000n };
const BY_COMM = plan([groups([column("comm", STRING)], [COUNT], EVERY)]);

const at = (second: number, value: number, more: Partial<GroupsEvent> = {}): GroupsEvent => ({
  kind: "groups",
  result: 0,
  nsecs: second * 1e9,
  groups: [{ keys: ["a"], values: [value] }],
  ...more,
});
const CUT = { final: true, partial: true, seconds: 0.4 } as const;
const EVENTS = [at(1, 100), at(2, 110), at(2.4, 7, CUT)];

const written = (format: Format, of = BY_COMM, events: readonly GroupsEvent[] = EVENTS): string =>
  show(format, of, events).out;

describe("a partial interval", () => {
  it("is marked above its table", () => {
    expect(written("table").match(/^12:00:0\d.*$/gm)).toEqual([
      "12:00:01",
      "12:00:02",
      "12:00:02 · partial, 400 ms",
    ]);
    expect(written("table", BY_COMM, [at(0, 7, { final: true, partial: true })])).toMatch(/^partial\n/);
  });

  it("is marked at the end of its line", () => {
    const of = plan([line([COUNT], EVERY)]);
    const events = EVENTS.map((event) => ({ ...event, groups: [{ keys: [], values: [3] }] }));
    expect(written("table", of, events).trimEnd().split("\n").slice(1)).toEqual([
      "12:00:01         3",
      "12:00:02         3",
      "12:00:02         3  partial, 400 ms",
    ]);
  });

  it("is marked in rows for programs", () => {
    const { rows } = JSON.parse(written("json")) as { rows: unknown[] };
    expect(rows[0]).not.toHaveProperty("partial");
    expect(rows[2]).toMatchObject({ partial: true, seconds: 0.4, values: { comm: "a" } });
    const lines = written("ndjson").trimEnd().split("\n");
    expect(lines.filter((each) => each.includes('"partial":true,"seconds":0.4'))).toHaveLength(1);
    expect(written("csv").trimEnd().split("\r\n")).toEqual([
      "time,comm,count(),partial",
      expect.stringMatching(/,a,100,$/),
      expect.stringMatching(/,a,110,$/),
      expect.stringMatching(/,a,7,true$/),
    ]);
  });

  it("is no point of a chart, which says so", () => {
    for (const format of ["svg", "html"] as const) {
      const text = written(format);
      expect(/<path d="(M[^"]*)" style/.exec(text)?.[1]?.split("L")).toHaveLength(2);
      expect(text).toContain("one interval is not drawn: partial, 400 ms");
    }
    expect(written("html")).toContain("Z · partial, 400 ms</td>");
    // Where there is no other, it is drawn.
    const only = written("svg", BY_COMM, EVENTS.slice(2));
    expect(only).toContain("<circle");
    expect(only).toContain("the interval is partial, 400 ms");
  });

  it("is an instant beside the counters of a timeline", () => {
    const { traceEvents } = JSON.parse(written("trace")) as {
      traceEvents: { ph: string; name: string; args: unknown }[];
    };
    expect(traceEvents.map(({ ph }) => ph)).toEqual(["C", "C", "i"]);
    expect(traceEvents[2]).toMatchObject({ name: expect.stringContaining("(partial, 400 ms)") as string, args: { a: 7 } }); // prettier-ignore
  });

  it("does not stand for the last whole one where values are of one interval", () => {
    const result = groups([column("ustack", USTACK)], [RATE], EVERY);
    const events = EVENTS.map((event) => ({
      ...event,
      groups: [{ keys: ["main\n_start"], values: event.groups.at(0)?.values ?? [] }],
    }));
    expect(written("svg", plan([result]), events)).toContain("110");
    const scope = JSON.parse(written("speedscope", plan([result]), events)) as { profiles: { weights: number[] }[] }; // prettier-ignore
    expect(scope.profiles[0]?.weights).toEqual([110]);
    const totals = new Totals(result, comparedKeys(result));
    for (const event of events) totals.add(event);
    expect([...totals.byKey.values()].map(({ values }) => values)).toEqual([[110]]);
    expect(totals.partial?.seconds).toBe(0.4);
    // Of the only one there is no other.
    const cut = new Totals(result, comparedKeys(result));
    for (const event of events.slice(2)) cut.add(event);
    expect([...cut.byKey.values()].map(({ values }) => values)).toEqual([[7]]);
  });

  it("does not replace the last whole table of the live view", () => {
    const shown = (events: readonly GroupsEvent[]): string => {
      const [out, err] = [new Memory({ columns: 70 }), new Memory()];
      const live = new LiveView({
        out: Object.assign(out, { rows: 20 }),
        err,
        onQuit: () => undefined,
        onStop: () => undefined,
      });
      const view = createView("table", BY_COMM, { out, err, live }, NAMES, {
        clock: CLOCK,
        environment: { NO_COLOR: "1" },
      });
      live.begin();
      for (const event of events) void view.event(event);
      view.end({ lost: 0, damaged: 0 });
      return out.text.split("\u001b[?1049l")[1] ?? "";
    };
    const last = shown(EVENTS);
    expect(last).toMatch(/^12:00:02\n(?:.*\n)a +110/);
    expect(last).toContain("the interval after it is not shown: partial, 400 ms, 1 row\n");
    expect(shown(EVENTS.slice(2))).toMatch(/^12:00:02 · partial, 400 ms\n(?:.*\n)a +7/);
    expect(shown([at(1, 5), at(1.1, 0, { ...CUT, groups: [] })])).not.toContain("not shown");
  });
});
