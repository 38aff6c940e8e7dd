/** What an event costs: the probe, and what its program does. */
import { describe, expect, it } from "vitest";
import { ORIGINS } from "../../src/costs/cost.js";
import { KNOWN_COSTS } from "../../src/costs/known.js";
import { eventCost, type EventCost } from "../../src/explain/event-cost.js";
import { costLines, originLines } from "../../src/explain/render-cost.js";
import { explained, planOf } from "./helpers.js";

function costOf(query: string, first?: "emulated" | "stepped"): EventCost {
  const plan = planOf(query);
  const [probe] = plan.probes;
  if (!probe) throw new Error("no probe");
  return eventCost(probe, plan, { costs: KNOWN_COSTS, ...(first ? { firstInstruction: () => first } : {}) });
}

const whats = ({ parts }: EventCost): string[] => parts.map(({ what }) => what);

describe("the cost of an event", () => {
  it("is the sum of its parts, the probe first", () => {
    const cost = costOf("faults sum(address) by comm via tracepoint");
    expect(whats(cost)[0]).toBe("the probe itself");
    expect(cost.least).toBeCloseTo(cost.parts.reduce((sum, { least }) => sum + least, 0));
    expect(cost.most).toBeCloseTo(cost.parts.reduce((sum, { most }) => sum + most, 0));
  });

  it("is at least the probe alone where a test may let nothing through", () => {
    const all = costOf("faults by comm");
    const some = costOf('faults by comm where comm == "x"');
    expect(some.least).toBeLessThanOrEqual(all.least);
    expect(some.least).toBeGreaterThanOrEqual(KNOWN_COSTS.probes.software.least);
  });

  it("has the frames of a stack by its depth", () => {
    const [whole, three] = [costOf("faults by ustack"), costOf("faults by ustack(3)")];
    expect(whats(whole)).toContain("4 to 127 frames");
    expect(whats(three)).toContain("3 frames");
    expect(whole.most).toBeGreaterThan(three.most);
  });

  it("counts what a program reads twice once", () => {
    expect(whats(costOf("faults show comm, comm as again"))).toContain("1 name of the thread read");
  });

  it("has a step where the kernel cannot emulate the first instruction", () => {
    const query = "uprobe:libc:free";
    expect(whats(costOf(query, "emulated")).join()).not.toContain("step");
    expect(costOf(query, "stepped").least).toBeGreaterThan(costOf(query, "emulated").least);
    const either = costOf(query);
    expect(either.least).toBe(costOf(query, "emulated").least);
    expect(either.most).toBe(costOf(query, "stepped").most);
  });
});

it("every figure has a range the right way round, an origin and a source", () => {
  for (const cost of [
    ...Object.values(KNOWN_COSTS.probes),
    ...Object.values(KNOWN_COSTS.operations),
    KNOWN_COSTS.frame,
    KNOWN_COSTS.step,
  ]) {
    expect(cost.least).toBeGreaterThan(0);
    expect(cost.most).toBeGreaterThanOrEqual(cost.least);
    expect(ORIGINS).toContain(cost.origin);
    expect(cost.source).not.toBe("");
  }
});

it("names what was measured, what was published, and what is assumed", () => {
  const { probes } = explained("faults by file");
  const lines = originLines(probes.map(({ cost }) => cost));
  expect(lines.join("\n")).toMatch(/^Measured \(.*reads of memory.*\): a virtual machine/m);
  expect(lines.join("\n")).toMatch(/^Published \(the probe itself\): Linux commit 4eaf0b5c5e04 \(2020\)\.$/m);
  expect(costLines(explained("faults").probes[0] as never)[0]).toMatch(/^costs: \d+ to \d+ ns an event: /);
});
