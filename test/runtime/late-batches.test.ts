import { expect, it } from "vitest";
import type { GroupsEvent } from "../../src/results/events.js";
import { LateBatches } from "../../src/run/late-batches.js";
import { aggregate, groups, openGroups, plan } from "./build-script.js";

const SECOND = 1_000_000_000n;
const batch = (nsecs: bigint, more: Partial<GroupsEvent> = {}): GroupsEvent => ({ kind: "groups", result: 0, nsecs, groups: [], ...more }); // prettier-ignore

it("reports batches that arrive more than an interval after their end", () => {
  const query = groups([], [aggregate("count", "count()")], { query: "faults every 1s", every: SECOND });
  const late = new LateBatches(plan([query]));
  late.add(batch(5n * SECOND), 6n * SECOND);
  expect(late.warnings()).toEqual([]);
  late.add(batch(6n * SECOND), 7n * SECOND + 1n);
  expect(late.warnings()).toEqual(["`faults every 1s`: an interval was printed late, and may have events of later intervals"]); // prettier-ignore
  late.add(batch(7n * SECOND), 9n * SECOND);
  expect(late.warnings()[0]).toContain("2 intervals were printed late");
});

it("does not count the last batch, one at an unknown time, or what is of no interval", () => {
  const late = new LateBatches(
    plan([groups([], [], { every: SECOND }), groups([], []), openGroups({ every: SECOND })]),
  );
  late.add(batch(SECOND, { final: true }), 9n * SECOND);
  late.add(batch(0n), 9n * SECOND);
  late.add(batch(SECOND, { result: 1 }), 9n * SECOND);
  late.add(batch(SECOND, { result: 2 }), 9n * SECOND);
  expect(late.warnings()).toEqual([]);
});
