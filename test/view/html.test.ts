import { describe, expect, it } from "vitest";
import type { ResultEvent } from "../../src/results/events.js";
import { createView } from "../../src/view/view.js";
import type { About } from "../../src/view/types.js";
import { aggregate, column, groups, plan, rows, STRING, UNSIGNED, USTACK } from "../runtime/build-script.js";
import { CLOCK, Memory, NAMES } from "./show.js";

function report(of: ReturnType<typeof plan>, events: readonly ResultEvent[], about?: About): string {
  const out = new Memory();
  const view = createView("html", of, { out, err: new Memory() }, NAMES, {
    clock: CLOCK,
    environment: {},
    ...(about ? { about } : {}),
  });
  for (const event of events) void view.event(event);
  view.end({ ended: "finished", events: 3, lost: 4, damaged: 0, elapsed: 2500 });
  return out.text;
}

const PLAN = plan([
  groups([column("comm", STRING), column("ustack", USTACK)], [aggregate("count", "count()")], {
    query: "faults by comm, ustack",
  }),
  rows([column("pid", UNSIGNED)], { query: "faults show pid" }),
]);

describe("a report", () => {
  it("tells the question, the facts, the pictures, the tables and the script", () => {
    const html = report(
      PLAN,
      [
        { kind: "message", level: "warning", text: "odd" },
        { kind: "groups", result: 0, nsecs: 0, groups: [{ keys: ["app", "f+1\ng+2"], values: [12] }] },
        { kind: "row", result: 1, values: [7] },
      ],
      {
        query: "faults",
        explanation: "counts page faults\nby process",
        script: "BEGIN { }\n",
        started: "2026-01-02T12:00:00Z",
        kernel: "6.1.0",
        tracer: "bpftrace 0.17.0",
      },
    );
    for (const text of [
      "<h1><code>faults</code></h1>",
      "counts page faults<br>by process",
      "6.1.0",
      "bpftrace 0.17.0",
      "2.5 s",
      "4 events were lost",
      "<li>odd</li>",
      "<pre>f+1\ng+2</pre>",
      '<td class="right">12</td>',
      "<pre>BEGIN { }\n</pre>",
      "<title>f\n12 events",
    ])
      expect(html).toContain(text);
    expect(html.match(/<svg /g)).toHaveLength(2);
  });

  it("loads nothing, and takes nothing for markup", () => {
    const hostile = `<img src=x onerror=alert(1)>"</pre></script>`;
    const html = report(
      plan([{ ...PLAN.results[0], query: hostile, doc: hostile } as (typeof PLAN.results)[number]]),
      [{ kind: "message", level: "warning", text: hostile }, { kind: "groups", result: 0, nsecs: 0, groups: [{ keys: [hostile, `${hostile}\n${hostile}`], values: [1] }] }],
      { query: hostile, explanation: hostile, script: hostile, started: hostile, kernel: hostile, tracer: hostile },
    ); // prettier-ignore
    expect(html).not.toContain("<img");
    expect(html.match(/<\/script>/g)).toHaveLength(1);
    expect(html.replaceAll("http://www.w3.org/", "")).not.toMatch(/https?:\/\//);
    expect(html).toContain("default-src 'none'");
  });

  it("keeps no more lines than can be read, and says so", () => {
    const events = Array.from({ length: 5000 }, (_, i): ResultEvent => ({
      kind: "row",
      result: 1,
      values: [i],
    }));
    const html = report(PLAN, events);
    expect(html).toContain("and 4,000 more lines");
    expect(html.length).toBeLessThan(200_000);
  });
});
