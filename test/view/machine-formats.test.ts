import { describe, expect, it, vi } from "vitest";
import type { ResultEvent } from "../../src/results/events.js";
import { TIMESTAMP, type Type } from "../../src/types/types.js";
import {
  ADDRESS,
  aggregate,
  BYTES,
  column,
  DURATION,
  groups,
  KSTACK,
  plan,
  rows,
  STRING,
  UNSIGNED,
  USTACK,
} from "../runtime/build-script.js";
import { jsonDocument } from "../../src/view/value/escape.js";
import { CLOCK, Memory, NAMES, show } from "./show.js";
import { FORMAT_NAMES } from "../../src/view/formats.js";
import { createView } from "../../src/view/view.js";

const MS = { unit: "duration", spelling: "ms", factor: 1_000_000n } as const;
const HIST: Type = { kind: "histogram", unit: "bytes" };
const STATS: Type = { kind: "stats", unit: "duration" };
const PLAN = plan([
  groups(
    [column("comm", STRING), column("address", ADDRESS)],
    [
      aggregate("count", "count()"),
      aggregate("sum", "sum(latency) (ms)", DURATION, MS),
      aggregate("hist", "hist(size)", HIST),
      aggregate("stats", "stats(latency)", STATS),
    ],
    { query: "q1", every: 1n },
  ),
  rows([column("comm", STRING), column("size", BYTES)], { query: "q2" }),
]);
const EVENTS: readonly ResultEvent[] = [
  {
    kind: "groups",
    result: 0,
    nsecs: 1_000_000_000,
    groups: [
      {
        keys: ['a,"b"\n', 0xffffffff81234567n],
        values: [
          2n ** 60n,
          1_500_000,
          {
            buckets: [
              { min: 4, max: 7, count: 3 },
              { min: 8, max: null, count: 1 },
            ],
          },
          { count: 2, sum: 10, avg: 5 },
        ],
      },
      { keys: ["=1+1", 0], values: [1, null, { buckets: [] }, null] },
    ],
  },
  { kind: "row", result: 1, values: ["c\u001b", 4096] },
];
const TIME = new Date(2026, 0, 2, 12, 0, 1).toISOString();

const NAMED = plan([rows([column("name", STRING)])]);
const TIMED = plan([rows([column("name", STRING), column("time", TIMESTAMP)])]);
/** A title, a screen that is cleared by an 8-bit control, a line turned around. */
const HOSTILE = "\u0000\u001b]0;x\u0007\u009b2J\u007f\u202e";

describe.each(["json", "ndjson", "trace", "folded"] as const)("%s", (format) => {
  it("has nothing in it that a terminal would obey", () => {
    const { out } = show(format, format === "trace" ? TIMED : NAMED, [
      { kind: "row", result: 0, values: [HOSTILE, 5] },
    ]);
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(out).toContain(
      format === "folded" ? "\\x1b]0:x\\x07\\u{9b}2J\\x7f" : "\\u001b]0;x\\u0007\\u009b2J\\u007f",
    );
    // A reader has the name as it was.
    if (format === "json")
      expect(JSON.parse(out)).toMatchObject({ rows: [{ result: 0, values: { name: HOSTILE } }] });
  });
});

describe("json", () => {
  it.each(["json", "ndjson"] as const)("%s has a name's bytes as a query has them", (format) => {
    const { out } = show(format, NAMED, [{ kind: "row", result: 0, values: ["bad\udcff\\xfe😀"] }]);
    expect(out).toContain(String.raw`"name":"bad\\xff\\\\xfe😀"`);
  });

  it("has nothing that a terminal would obey where it is written with line breaks", () => {
    const text = jsonDocument({ comm: HOSTILE });
    expect(text).toContain("\\u009b2J\\u007f\\u202e");
    expect(JSON.parse(text)).toEqual({ comm: HOSTILE });
  });

  it("is one document", () => {
    const { out } = show("json", PLAN, EVENTS, { lost: 1 });
    expect(JSON.parse(out)).toEqual({
      schema: "faultline/results/1",
      results: [
        {
          query: "q1",
          columns: [
            { name: "comm", type: "string" },
            { name: "address", type: "addr" },
            { name: "count()", type: "int" },
            { name: "sum(latency) (ms)", type: "duration", unit: "ms" },
            { name: "hist(size)", type: "histogram", unit: "B" },
            { name: "stats(latency)", type: "stats", unit: "ns" },
          ],
        },
        {
          query: "q2",
          columns: [
            { name: "comm", type: "string" },
            { name: "size", type: "bytes", unit: "B" },
          ],
        },
      ],
      rows: [
        {
          result: 0,
          time: TIME,
          values: {
            comm: 'a,"b"\n',
            address: "0xffffffff81234567",
            "count()": "1152921504606846976",
            "sum(latency) (ms)": 1.5,
            "hist(size)": [
              { min: 4, max: 7, count: 3 },
              { min: 8, max: null, count: 1 },
            ],
            "stats(latency)": { count: 2, sum: 10, avg: 5 },
          },
        },
        {
          result: 0,
          time: TIME,
          values: {
            comm: "=1+1",
            address: "0x0",
            "count()": 1,
            "sum(latency) (ms)": null,
            "hist(size)": [],
            "stats(latency)": null,
          },
        },
        { result: 1, values: { comm: "c\u001b", size: 4096 } },
      ],
      summary: {
        ended: "finished",
        lost: 1,
        damaged: 0,
        warnings: [],
        incomplete: [{ why: "events lost", count: 1 }],
      },
    });
  });

  it("is a document also of nothing", () => {
    expect(JSON.parse(show("json", plan([]), []).out)).toEqual({
      schema: "faultline/results/1",
      results: [],
      rows: [],
      summary: { ended: "finished", lost: 0, damaged: 0, warnings: [] },
    });
  });

  it("keeps nothing: what comes together is written before anything else is done", async () => {
    const out = new Memory();
    const view = createView("json", PLAN, { out, err: new Memory() }, NAMES, { clock: CLOCK });
    for (const event of EVENTS) void view.event(event);
    await new Promise((resolve) => setImmediate(resolve));
    expect(out.text).toContain("4096");
  });
});

describe("ndjson", () => {
  it("has an object a line", () => {
    const objects = show("ndjson", PLAN, EVENTS)
      .out.trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { result: number });
    expect(objects.map(({ result }) => result)).toEqual([undefined, 0, 0, 1, undefined]);
    expect(objects[0]).toMatchObject({
      schema: "faultline/lines/1",
      results: [{ query: "q1" }, { query: "q2" }],
    });
    expect(objects.at(-1)).toEqual({ summary: { ended: "finished", lost: 0, damaged: 0, warnings: [] } });
  });
});

describe("csv", () => {
  const HEADER =
    "time,comm,address,count(),sum(latency) (ms),hist(size),stats(latency) count,stats(latency) avg,stats(latency) sum,partial";

  it("is what RFC 4180 says, a table a result", () => {
    expect(show("csv", PLAN, EVENTS).out).toBe(
      [
        HEADER,
        `${TIME},"a,""b""\n",0xffffffff81234567,1152921504606846976,1.5,"[4,7]=3 [8,]=1",2,5,10,`,
        `${TIME},=1+1,0x0,1,,,,,,`,
        "",
        "comm,size",
        "c\\x1b,4096",
        "",
      ].join("\r\n"),
    );
  });

  it.each([false, true])(
    "does not tell a terminal what to do, now or when it is shown later (%s)",
    (terminal) => {
      const said = (name: string): string =>
        show("csv", NAMED, [{ kind: "row", result: 0, values: [name] }], { terminal }).out.slice(
          "name\r\n".length,
        );
      expect(said(HOSTILE)).toBe("\\x00\\x1b]0;x\\x07\\u{9b}2J\\x7f\\u{202e}\r\n");
      expect(said("over\rwritten")).toBe("over\\x0dwritten\r\n");
      expect(said('a\tb\nc "d"')).toBe('"a\tb\nc ""d"""\r\n');
      expect(said("naïve 名")).toBe("naïve 名\r\n");
      expect(said("bad\udcff\\xfe.so")).toBe("bad\\xff\\\\xfe.so\r\n");
    },
  );

  it("has the names of the columns of what never came", () => {
    expect(show("csv", PLAN, []).out).toBe(`${HEADER}\r\n\r\ncomm,size\r\n`);
    expect(show("csv", PLAN, EVENTS.slice(1)).out).toBe(`comm,size\r\nc\\x1b,4096\r\n\r\n${HEADER}\r\n`);
  });
});

describe("folded", () => {
  it("has the outermost frame first, and no offsets", () => {
    const stacks = plan([
      groups(
        [column("kstack", KSTACK), column("ustack", USTACK), column("comm", STRING)],
        [aggregate("sum", "sum(size)", BYTES)],
      ),
    ]);
    const { out } = show("folded", stacks, [
      {
        kind: "groups",
        result: 0,
        nsecs: 0,
        groups: [
          { keys: ["do_fault+1\nentry+2", "malloc+3\nmain+4", "a;b"], values: [10] },
          { keys: ["do_fault+9\nentry+2", "malloc+3\nmain+4", "a;b"], values: [5] },
          { keys: ["", "operator new(unsigned long)+5", "c"], values: [1] },
        ],
      },
    ]);
    expect(out).toBe("a:b;main;malloc;entry;do_fault 15\nc;operator new(unsigned long) 1\n");
  });

  it("takes what has no stack too", () => {
    expect(
      show("folded", plan([groups([column("pid", UNSIGNED)], [aggregate("count", "count()")])]), [
        { kind: "groups", result: 0, nsecs: 0, groups: [{ keys: [7], values: [2] }] },
      ]).out,
    ).toBe("7 2\n");
  });
});

describe("speedscope", () => {
  it("leaves the stacks where the document cannot be made", () => {
    const stacks = plan([groups([column("ustack", USTACK)], [aggregate("count", "count()")])]);
    const out = new Memory();
    const view = createView("speedscope", stacks, { out, err: new Memory() }, NAMES, { clock: CLOCK });
    void view.event({
      kind: "groups",
      result: 0,
      nsecs: 0,
      groups: [{ keys: ["malloc+3\nmain+4"], values: [3] }],
    });
    const stringify = vi.spyOn(JSON, "stringify").mockImplementation(() => {
      throw new RangeError("Invalid string length");
    });
    try {
      expect(() => view.end({ lost: 0, damaged: 0 })).toThrow("Invalid string length");
    } finally {
      stringify.mockRestore();
    }
    expect(out.text).toBe("main;malloc 3\n");
  });
});

/** What cannot be written before everything is known; and a trace, in which events without a time have no place. */
const WRITTEN_AT_THE_END: ReadonlySet<string> = new Set(["svg", "html", "speedscope", "trace"]);

describe("any format", () => {
  it.each(FORMAT_NAMES.filter((name) => !WRITTEN_AT_THE_END.has(name)))(
    "%s survives a reader that goes away, and holds back for one that is slow",
    async (format) => {
      const out = new Memory();
      const view = createView(format, PLAN, { out, err: new Memory() }, NAMES, { clock: CLOCK });
      out.cork();
      let held: void | Promise<void> = undefined;
      for (let i = 0; i < 10_000 && !held; i++) held = view.event(EVENTS[1] as ResultEvent);
      expect(held).toBeInstanceOf(Promise);
      out.uncork();
      await held;
      out.destroy(Object.assign(new Error("gone"), { code: "EPIPE" }));
      await view.event(EVENTS[1] as ResultEvent);
      expect(() => view.end({ lost: 0, damaged: 0 })).not.toThrow();
    },
  );
});
