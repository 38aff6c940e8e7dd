/** What may be missing is told in every format. */
import { describe, expect, it } from "vitest";
import type { ResultEvent } from "../../src/results/events.js";
import { FORMAT_NAMES } from "../../src/view/formats.js";
import { createView } from "../../src/view/view.js";
import { aggregate, column, groups, plan, STRING } from "../runtime/build-script.js";
import { CLOCK, Memory, NAMES, show } from "./show.js";

const PLAN = plan([groups([column("comm", STRING)], [aggregate("count", "count()")])]);
const TEXT = "the map is full";
const EVENTS: readonly ResultEvent[] = [
  { kind: "groups", result: 0, nsecs: 1, final: true, groups: [{ keys: ["a"], values: [1] }] },
  { kind: "message", level: "warning", text: TEXT, shortfall: { why: "map full", result: 0 } },
  { kind: "message", level: "warning", text: TEXT, shortfall: { why: "map full", result: 0, count: 3 } },
];

describe("a figure that may be low", () => {
  it.each(FORMAT_NAMES)("is told beside %s", (format) => {
    expect(show(format, PLAN, EVENTS).err).toContain(TEXT);
  });

  it.each(["json", "ndjson", "html", "svg"] as const)("is told in %s itself", (format) => {
    expect(show(format, PLAN, EVENTS).out).toContain(TEXT);
    expect(show(format, PLAN, EVENTS.slice(0, 1)).out).not.toContain(TEXT);
  });

  it("stands below a table in a file, and only there", () => {
    const out = new Memory({ isFile: true });
    const view = createView("table", PLAN, { out, err: new Memory() }, NAMES, { clock: CLOCK });
    for (const event of EVENTS) void view.event(event);
    view.end({ lost: 2, damaged: 0, ended: "cut off" });
    const [head, row, empty, ...notes] = out.text.split("\n");
    expect([head, row, empty]).toEqual(["comm  count()", "a           1", ""]);
    expect(notes.slice(0, 2)).toEqual([
      expect.stringMatching(/^note: 2 events were lost/),
      expect.stringMatching(/^note: the recording is cut off/),
    ]);
    expect(notes).toContain(`note: ${TEXT}`);
    expect(show("table", PLAN, EVENTS).out).not.toContain(TEXT);
  });

  it("is what was lost or could not be read, too", () => {
    const { out } = show("ndjson", PLAN, [], { lost: 7, damaged: 2 });
    expect(JSON.parse(out.trim().split("\n").at(-1) ?? "")).toMatchObject({
      summary: {
        incomplete: [
          { why: "events lost", count: 7 },
          { why: "unreadable", count: 2 },
        ],
      },
    });
  });

  it("is an end that is missing, in a picture", () => {
    expect(show("svg", PLAN, EVENTS, { ended: "cut off" }).out).toContain("the recording is cut off");
  });

  it("is marked for programs, once a kind and result", () => {
    const { out } = show("json", PLAN, EVENTS);
    expect(JSON.parse(out)).toMatchObject({
      summary: { incomplete: [{ why: "map full", result: 0, count: 3 }] },
    });
    expect(JSON.parse(show("json", PLAN, EVENTS.slice(0, 1)).out)).not.toHaveProperty("summary.incomplete");
  });
});
