import { describe, expect, it } from "vitest";
import type { GroupsEvent } from "../../src/results/events.js";
import { FlameStacks } from "../../src/view/chart/flame-layout.js";
import { StackReader, weightOf } from "../../src/view/stacks.js";
import {
  aggregate,
  BYTES,
  column,
  DURATION,
  groups,
  KSTACK,
  plan,
  rows,
  STRING,
  USTACK,
} from "../runtime/build-script.js";
import { CLOCK, NAMES, show } from "./show.js";

const FORMATTING = { clock: CLOCK, names: NAMES };
const RESULT = groups(
  [column("comm", STRING), column("ustack", USTACK), column("kstack", KSTACK)],
  [aggregate("count", "count()")],
  { query: "faults by comm, ustack, kstack" },
);

function event(
  ...entries: readonly (readonly [comm: string, ustack: string, kstack: string, count: number])[]
): GroupsEvent {
  return {
    kind: "groups",
    result: 0,
    nsecs: 0,
    groups: entries.map(([a, b, c, count]) => ({ keys: [a, b, c], values: [count] })),
  };
}

describe("stacks", () => {
  it("puts the kernel's frames on the user's, and takes frames as one that differ only in their offset", () => {
    const reader = new StackReader(RESULT, FORMATTING);
    const read = (comm: string, user: string, kernel: string): string =>
      reader
        .read([comm, user, kernel])
        .map(({ name, kind }) => `${kind}:${name}`)
        .join(" ");
    expect(read("a+1", "malloc+3\nmain+0x1f", "do_fault+12")).toBe(
      "key:a+1 user:main user:malloc kernel:do_fault",
    );
    expect(read("c", "operator+(int)\n0x7f00\na+b\n+5\nx+0xg", "")).toBe(
      "key:c user:x+0xg user:+5 user:a+b user:0x7f00 user:operator+(int)",
    );
    expect(reader.read(["c", "main+1", ""])[1]).toBe(reader.read(["d", "main+22", ""])[1]);
  });

  it("weighs by what ranks, if that can be added up", () => {
    const aggregates = [
      aggregate("avg", "avg(size)", BYTES),
      aggregate("sum", "sum(size)", BYTES),
      aggregate("count", "count()"),
    ];
    const weight = (by?: number): string =>
      weightOf(groups([], aggregates, by === undefined ? {} : { top: { count: 1n, by } }), FORMATTING).column
        .label;
    expect([weight(), weight(0), weight(1), weight(2)]).toEqual([
      "sum(size)",
      "sum(size)",
      "sum(size)",
      "count()",
    ]);
    const stats = weightOf(
      groups([], [aggregate("stats", "stats(latency)", { kind: "stats", unit: "duration" })]),
      FORMATTING,
    );
    expect(stats.describe(stats.of({ keys: [], values: [{ count: 2, sum: 3_000_000, avg: 1 }] }))).toBe(
      "3 ms stats(latency)",
    );
    expect(weightOf(rows([column("t", DURATION)]), FORMATTING).describe(1)).toBe("1 event");
    expect(
      weightOf(groups([], [aggregate("sum", "net", BYTES)]), FORMATTING).of({ keys: [], values: [-5] }),
    ).toBe(0);
  });
});

describe("layout", () => {
  const reader = new StackReader(RESULT, FORMATTING);

  function layout(entries: readonly (readonly [string, number])[], least = 0): string[] {
    const stacks = new FlameStacks();
    for (const [stack, weight] of entries) stacks.add(reader.read(["c", stack, ""]), weight);
    const { frames, total, dropped } = stacks.layout(least);
    return [
      ...frames.map(
        ({ frame, depth, start, total: of }) => `${"  ".repeat(depth)}${frame.name} ${start}+${of}`,
      ),
      `${total} ${dropped}`,
    ];
  }

  it("puts equal beginnings together", () => {
    const expected = [
      "c 0+10",
      "  main 0+9",
      "    a 0+6",
      "      b 2+4",
      "    c 6+3",
      "  start 9+1",
      "    a 9+1",
      "10 0",
    ];
    const entries = [["c\nmain", 3], ["b\na\nmain", 4], ["a\nstart", 1], ["a\nmain", 2]] as const; // prettier-ignore
    expect(layout(entries)).toEqual(expected);
    expect(layout([...entries].reverse())).toEqual(expected);
  });

  it("adds up what comes again, and leaves out what is too narrow, with all that stands on it", () => {
    expect(layout([["a\nmain", 1], ["a\nmain", 98], ["x\nb\nmain", 1]], 0.02)).toEqual(["c 0+100", "  main 0+100", "    a 0+99", "100 2"]); // prettier-ignore
  });

  it("is nothing of nothing", () => {
    expect(layout([])).toEqual(["0 0"]);
    expect(layout([["a", 0]])).toEqual(["0 0"]);
  });
});

describe("svg", () => {
  const draw = (...events: readonly GroupsEvent[]): string =>
    show("svg", plan([RESULT]), events, { lost: 3 }).out;

  it("tells names, weights and shares, and colours user and kernel apart", () => {
    const svg = draw(event(["app", "malloc+1\nmain+2", "do_fault+3", 3], ["app", "main+9", "", 1]));
    expect(svg).toContain("<title>malloc\n3 events, 75.0%</title>");
    expect(svg).toMatch(/<title>do_fault\n[^<]*<\/title><rect class="kernel\d"/);
    expect(svg).toMatch(/<title>main\n4 events, 100%<\/title><rect class="user\d"/);
    expect(svg).toContain("4 events · 2 stacks");
    expect(svg).toContain("3 events were lost");
  });

  it("adds intervals up, but of what is open shows the last", () => {
    const two = [event(["a", "f", "", 2]), event(["a", "f", "", 3])];
    expect(draw(...two)).toContain("<title>f\n5 events");
    const open = plan([
      {
        ...RESULT,
        kind: "openGroups",
        state: "e",
        keys: RESULT.keys.map((key) => ({ ...key, value: { op: "local", name: "entry", type: STRING } })),
      },
    ]);
    expect(show("svg", open, two).out).toContain("<title>f\n3 events");
  });

  it("never lets a name be more than a name", () => {
    const hostile = `</title><script>alert(1)</script>]]>"'&\u0000\ufffe\u202e`;
    const svg = draw(event([hostile, hostile, hostile, 1]));
    expect(svg).not.toContain("<script>alert");
    expect(svg.match(/<script>/g)).toHaveLength(1);
    expect(svg).toContain(
      "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;&quot;&#39;&amp;\\x00\\u{fffe}\\u{202e}",
    );
    expect(svg).not.toMatch(/[\u0000-\u0008\ufffe\u202e]/);
  });

  it("says what is too narrow to be drawn", () => {
    const svg = draw(event(["a", "wide", "", 1_000_000], ["a", "narrow", "", 1]));
    expect(svg).toContain("1 frames narrower than 0.1 px are left out");
    expect(svg).not.toContain(">narrow");
  });

  it("is a picture also of no events", () => {
    expect(draw()).toContain("no events");
  });
});
