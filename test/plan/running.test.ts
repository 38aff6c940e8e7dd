import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { isRunning, lastStep, type RunningResult } from "../../src/plan/running.js";
import type { Plan } from "../../src/plan/plan.js";

function planOf(text: string): Plan {
  const { plan, diagnostics } = compile(text);
  if (!plan) throw new Error(JSON.stringify(diagnostics));
  return plan;
}

function runningOf(text: string): RunningResult["running"] | undefined {
  const [result] = planOf(text).results;
  return isRunning(result) ? result.running : undefined;
}

describe("open spans in groups", () => {
  it("are added up where all that is shown is known at the begin", () => {
    expect(runningOf("open allocation sum(size), count(), avg(size) by ustack")).toMatchObject({
      sums: [{ map: "allocation_count" }, { map: "allocation_sum_size" }],
      of: [1, 0, 1],
      owner: { state: "processes" },
    });
  });

  it.each(["max(size)", "hist(size)", "count() where age < 1s", "count() by age / 1s"])(
    "are read one by one for %s",
    (asked) => {
      expect(runningOf(`open allocation ${asked}`)).toBeUndefined();
      expect(
        planOf(`open allocation ${asked}`)
          .notes.map(({ text }) => text)
          .join(),
      ).toContain("every open one is read");
    },
  );

  it.each([
    ["age >= 10s every 5s", 10_000_000_000n, 1_250_000_000n, 5_000_000_000n],
    ["age > 500ms every 1s", 500_000_000n, 62_500_000n, 1_000_000_000n],
    // Between two readings, 64 steps at most are told apart.
    ["age >= 500ms every 5s", 500_000_000n, 62_500_000n, 2_500_000_000n],
    ["1ms <= age every 1s", 1_000_000n, 4_000_000n, 250_000_000n],
  ])("have steps of a part of the age: %s", (asked, least, step, readEvery) => {
    const [condition, every] = asked.split(" every ");
    const text = `open allocation count() where ${condition} every ${every}`;
    expect(runningOf(text)?.age).toMatchObject({ least, step, readEvery });
  });

  it("need no steps where any age will do", () => {
    expect(runningOf("open allocation count() where age >= 0s")?.age).toBeUndefined();
  });

  it("show nothing younger than they must be, and all that is a step older", () => {
    const age = runningOf("open allocation count() where age >= 800ms every 1s")?.age;
    if (!age) throw new Error("there is no age");
    const stepAt = (time: bigint): bigint => time / age.step + 1n;
    const now = 987_654_321_000n;
    for (let old = 0n; old < 2_000_000_000n; old += 7_654_321n) {
      const isShown = stepAt(now - old) <= lastStep(age, now);
      if (old < age.least) expect(isShown).toBe(false);
      if (old >= age.least + age.step) expect(isShown).toBe(true);
    }
  });

  it("end with their process, at its exit and when it executes another program", () => {
    const { probes } = planOf("open allocation count()");
    const steps = (point: string): unknown => probes.find((probe) => probe.point.parts[1] === point)?.steps;
    expect(steps("sched_process_exit")).toMatchObject([{ do: "remove", state: "processes" }]);
    expect(steps("sched_process_exec")).toMatchObject([{ do: "store", state: "processes" }]);
  });

  it("end with their thread, if they belong to one", () => {
    const { probes } = planOf("open direct_reclaim count()");
    const exit = probes.find(({ point }) => point.parts[1] === "sched_process_exit");
    expect(exit?.steps).toMatchObject([{ do: "change", by: -1 }, { do: "remove" }]);
    expect(probes.some(({ point }) => point.parts[1] === "sched_process_exec")).toBe(false);
  });
});

describe("a sample", () => {
  it("is scaled and marked", () => {
    const { results, notes } = planOf("open allocation sum(size) where hash(address) % 10 == 0");
    expect(results[0]).toMatchObject({ sample: 10n });
    expect(notes.map(({ text }) => text)).toContain(
      "one in 10 was looked at: counts and sums are multiplied by 10, and are estimates",
    );
  });

  it("is none by another test", () => {
    expect(planOf("open allocation sum(size) where address % 10 == 0").results[0]).not.toHaveProperty(
      "sample",
    );
  });
});
