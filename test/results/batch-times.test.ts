import { describe, expect, it } from "vitest";
import { BatchTimes } from "../../src/results/batch-times.js";

const SECOND = 1_000_000_000n;

/** Attached one second after boot. */
function times(): BatchTimes {
  const each = new BatchTimes();
  each.begin(SECOND);
  return each;
}

describe("the time of a batch", () => {
  it("is from when the probes were attached, then from batch to batch, for each result by itself", () => {
    const each = times();
    expect(each.secondsTo(0, 3n * SECOND)).toBe(2);
    expect(each.secondsTo(0, 4n * SECOND)).toBe(1);
    expect(each.secondsTo(1, 4n * SECOND)).toBe(3);
  });

  it("ends with what is traced, although the tracer is waited for", () => {
    const each = times();
    each.end(2n * SECOND);
    expect(each.secondsTo(0, 9n * SECOND)).toBe(1);
  });

  it("ends with what is traced in the interval in which that was", () => {
    const each = times();
    expect(each.secondsTo(0, 3n * SECOND)).toBe(2);
    each.end(3n * SECOND + SECOND / 2n);
    expect(each.secondsTo(0, 4n * SECOND)).toBe(0.5);
    expect(each.secondsTo(0, 5n * SECOND)).toBe(1);
  });

  it("is not known before the probes are attached, or of no time at all", () => {
    expect(new BatchTimes().secondsTo(0, SECOND)).toBeUndefined();
    expect(times().secondsTo(0, SECOND)).toBeUndefined();
  });
});
