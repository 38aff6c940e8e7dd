/** What may be missing is told in every format. */
import { describe, expect, it } from "vitest";
import type { ResultEvent } from "../../src/runtime/events.js";
import { FORMAT_NAMES } from "../../src/view/view.js";
import { aggregate, column, groups, plan, STRING } from "../runtime/build-script.js";
import { show } from "./show.js";

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

  it("is marked for programs, once a kind and result", () => {
    const { out } = show("json", PLAN, EVENTS);
    expect(JSON.parse(out)).toMatchObject({
      summary: { incomplete: [{ why: "map full", result: 0, count: 3 }] },
    });
    expect(JSON.parse(show("json", PLAN, EVENTS.slice(0, 1)).out)).not.toHaveProperty("summary.incomplete");
  });
});
