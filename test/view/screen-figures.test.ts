/** Figures for eyes, on a terminal; what pipes and files get stays exact. */
import { expect, it } from "vitest";
import type { ResultEvent } from "../../src/results/events.js";
import { formatNumber, intervalTime } from "../../src/view/value/format-value.js";
import type { Type } from "../../src/types/types.js";
import {
  ADDRESS,
  aggregate,
  BYTES,
  column,
  groups,
  plan,
  rows,
  STRING,
  UNSIGNED,
} from "../runtime/build-script.js";
import { CLOCK, show } from "./show.js";

const MANY = plan([
  groups([column("comm", STRING), column("pid", UNSIGNED)], [aggregate("count", "count()")]),
]);
const ENTRIES: ResultEvent = {
  kind: "groups",
  result: 0,
  nsecs: 0,
  groups: Array.from({ length: 100 }, (_, i) => ({ keys: [`c${i}`, 123456], values: [1234567 - i] })),
};

it("separates thousands of amounts, and not of numbers that are names, and fits the screen", () => {
  const { out } = show("table", MANY, [ENTRIES], { terminal: true, environment: { NO_COLOR: "1" } });
  expect(out).toMatch(/^c0 +123456 +1,234,567 /m);
  expect(out.trimEnd().split("\n")).toHaveLength(21);
  expect(out).toMatch(/\n… 81 more, `--all`\n$/);
});

it("leaves what is piped exact and whole", () => {
  const { out } = show("table", MANY, [ENTRIES]);
  expect(out).toMatch(/^c0 +123456 +1234567$/m);
  expect(out.trimEnd().split("\n")).toHaveLength(101);
});

it("has a word for no address on a terminal", () => {
  const none = plan([groups([column("address", ADDRESS)], [aggregate("count", "count()")])]);
  const event: ResultEvent = { kind: "groups", result: 0, nsecs: 0, groups: [{ keys: [0], values: [1] }] };
  expect(show("table", none, [event], { terminal: true, environment: { NO_COLOR: "1" } }).out).toMatch(
    /^ *none +1$/m,
  );
  expect(show("table", none, [event]).out).toMatch(/^ *0x0 +1$/m);
});

it("shows an amount below 1 with its digits", () => {
  const milliseconds = { unit: "duration", spelling: "ms", factor: 1_000_000n } as const;
  const shown = (value: bigint): string => formatNumber(value, "duration", milliseconds, CLOCK);
  expect([4_000n, 4_123n, 123_456n, 1_234_567n, 0n, 1n].map(shown)).toEqual([
    "0.004",
    "0.00412",
    "0.123",
    "1.23",
    "0",
    "0.000001",
  ]);
});

it("shows times as fine as their interval", () => {
  expect(intervalTime(1_250_000_000, CLOCK, 250_000_000n)).toBe("12:00:01.250");
  expect(intervalTime(1_250_000_000, CLOCK, 2_000_000_000n)).toBe("12:00:01");
});

const TERMINAL = { terminal: true, environment: { NO_COLOR: "1" } };
const widest = (text: string): number => Math.max(...text.split("\n").map((each) => each.length));
const GFP: Type = { kind: "flags", of: "gfp_t" };
const LONG = "a-name-that-is-longer-than-the-screen-is-wide-by-far-and-then-some-more-of-it";

it("cuts the texts of lines to the screen, and no number; each column keeps its place", () => {
  const lines = plan([
    rows([column("comm", STRING), column("flags", GFP), column("file", STRING), column("size", BYTES)]),
  ]);
  const values = [
    ["dd", 0xcc0, "/short", 4096],
    ["a-comm-of-15-by", 0xcc2, LONG, 123_456_789],
  ] as const;
  const events = values.map((each): ResultEvent => ({ kind: "row", result: 0, values: each }));
  const { out } = show("table", lines, events, TERMINAL);
  const [head = "", first = "", second = "", last = ""] = out.split("\n");
  expect(widest(out)).toBeLessThanOrEqual(70);
  expect(second).toMatch(/ GFP_KERNEL\|GFP_HIGHMEM a-name-\S*… +118 MiB$/);
  expect(first.indexOf("/short")).toBe(second.indexOf("a-name"));
  expect(first.length).toBe(second.length);
  expect(head).toMatch(/size$/);
  expect(last).toContain("`--all`");
  const piped = show("table", lines, events).out;
  expect(piped).toContain(`GFP_KERNEL|GFP_HIGHMEM ${LONG}`);
  expect(piped).not.toContain("--all");
});

it("cuts the texts of groups to the screen, and leaves out bars before numbers", () => {
  const files = plan([groups([column("file", STRING)], [aggregate("count", "count()")])]);
  const event: ResultEvent = {
    kind: "groups",
    result: 0,
    nsecs: 0,
    groups: [LONG, "b"].map((file, i) => ({ keys: [file], values: [1_234_567 - i] })),
  };
  const { out } = show("table", files, [event], TERMINAL);
  expect(widest(out)).toBeLessThanOrEqual(70);
  expect(out).toMatch(/^a-name-that\S*… +1,234,567$/m);
  expect(show("table", files, [event]).out).toContain(LONG);
});

it("shows what the groups of `top` are of all", () => {
  const top = plan([
    groups([column("comm", STRING)], [aggregate("count", "count()"), aggregate("max", "max(size)")], {
      top: { count: 2n, by: 0 },
    }),
  ]);
  const event: ResultEvent = {
    kind: "groups",
    result: 0,
    nsecs: 0,
    groups: [
      { keys: ["a"], values: [5000, 1] },
      { keys: ["b"], values: [3000, 9] },
    ],
    whole: { groups: 1234, values: [10_000, null] },
  };
  const { out } = show("table", top, [event], TERMINAL);
  expect(out).toMatch(/^a +5,000 +50% +█/m);
  expect(out).toMatch(/\n2 of 1,234 groups: 80% of count\(\) \(10,000 in all\)\n$/);
  expect(show("table", top, [event]).out).not.toContain("%");
});
