import { describe, expect, it } from "vitest";
import { createClock } from "../../src/results/clock.js";

const NOON = Date.UTC(2026, 0, 2, 12);
const HOUR = 3600n * 1_000_000_000n;

describe("the clock", () => {
  it("is exact where the machine never slept", () => {
    const clock = createClock({
      now: () => NOON,
      monotonic: () => HOUR + 1_234_567n,
      uptime: () => "3600.00 1.0",
    });
    expect(clock.wallClock(HOUR + 1_234_567n)).toBeCloseTo(NOON, 2);
    expect(clock.wallClock(1_234_567)).toBeCloseTo(NOON - 3_600_000, 2);
  });

  it("counts the time the machine slept", () => {
    const clock = createClock({ now: () => NOON, monotonic: () => HOUR, uptime: () => "7200.50 1.0" });
    expect(clock.wallClock(2n * HOUR + 500_000_000n)).toBe(NOON);
  });

  it("tells when the wall clock was set meanwhile, and keeps its own time", () => {
    let [now, monotonic, uptime] = [NOON, HOUR, "3600.00 1.0"];
    const clock = createClock({ now: () => now, monotonic: () => monotonic, uptime: () => uptime });
    // Ten seconds, and an hour's sleep, of which the monotonic clock knows nothing.
    [now, monotonic, uptime] = [NOON + 3_610_000, HOUR + 10_000_000_000n, "7210.01 1.0"];
    expect(clock.setBy()).toBe(0);
    now -= 7_200_000;
    expect(clock.setBy()).toBeCloseTo(-7_200_000, -2);
    expect(clock.wallClock(HOUR)).toBe(NOON);
  });

  it("does without an uptime", () => {
    const uptime = (): string => {
      throw new Error("no /proc");
    };
    expect(createClock({ now: () => NOON, monotonic: () => HOUR, uptime }).wallClock(HOUR)).toBe(NOON);
  });
});
