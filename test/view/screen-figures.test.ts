/** Figures for eyes, on a terminal; what pipes and files get stays exact. */
import { expect, it } from "vitest";
import type { ResultEvent } from "../../src/results/events.js";
import { formatNumber, intervalTime } from "../../src/view/value/format-value.js";
import { ADDRESS, aggregate, column, groups, plan, STRING, UNSIGNED } from "../runtime/build-script.js";
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
