import { describe, expect, it } from "vitest";
import type { Result } from "../../src/plan/plan.js";
import { BatchTimes, coverage } from "../../src/results/batch-times.js";
import { aggregate, groups, openGroups } from "../runtime/build-script.js";

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
    expect(each.next(0, 3n * SECOND).seconds).toBe(2);
    expect(each.next(0, 4n * SECOND).seconds).toBe(1);
    expect(each.next(1, 4n * SECOND).seconds).toBe(3);
  });

  it("ends with what is traced, although the tracer is waited for", () => {
    const each = times();
    each.end(2n * SECOND);
    expect(each.next(0, 9n * SECOND).seconds).toBe(1);
  });

  it("ends with what is traced in the interval in which that was", () => {
    const each = times();
    expect(each.next(0, 3n * SECOND).seconds).toBe(2);
    each.end(3n * SECOND + SECOND / 2n);
    expect(each.next(0, 4n * SECOND).seconds).toBe(0.5);
    expect(each.next(0, 5n * SECOND).seconds).toBe(1);
  });

  it("is not known before the probes are attached, or of no time at all", () => {
    expect(new BatchTimes().next(0, SECOND).seconds).toBeUndefined();
    expect(times().next(0, SECOND).seconds).toBeUndefined();
  });
});

describe("a batch", () => {
  const every = (seconds: bigint): Result =>
    groups([], [aggregate("count", "count()")], { every: seconds * SECOND });
  const of = (each: BatchTimes, nsecs: bigint, isFinal = false, result = every(1n)) =>
    coverage(each.next(0, nsecs), result, isFinal);

  it("is partial at the end of a run, by the time that it covers", () => {
    const each = times();
    expect(of(each, 2n * SECOND)).toEqual({});
    expect(of(each, 3n * SECOND)).toEqual({});
    expect(of(each, 3n * SECOND + SECOND / 4n, true)).toEqual({ partial: true, seconds: 0.25 });
    // At an unknown time too.
    expect(of(times(), 0n, true)).toEqual({ partial: true });
    // A timer that was late left more than an interval to the end.
    expect(of(times(), 3n * SECOND, true)).toEqual({});
  });

  it("is partial when the traced command has ended in it, or before it", () => {
    const each = times();
    of(each, 2n * SECOND);
    each.end(2n * SECOND + SECOND / 2n);
    expect(of(each, 3n * SECOND)).toEqual({ partial: true, seconds: 0.5 });
    expect(of(each, 4n * SECOND)).toMatchObject({ partial: true });
    expect(of(each, 4n * SECOND + 1n, true)).toMatchObject({ partial: true });
  });

  it("is partial at the beginning where it began before the probes were attached", () => {
    const late = new BatchTimes();
    late.begin(5n * SECOND);
    expect(of(late, 4n * SECOND)).toEqual({ partial: true });
    expect(of(late, 5n * SECOND + SECOND / 2n)).toEqual({ partial: true, seconds: 0.5 });
    expect(of(late, 6n * SECOND + SECOND / 2n)).toEqual({});
    // That they are attached is known a little later than it is so.
    const each = times();
    expect(of(each, 2n * SECOND - 90_000_000n)).toEqual({});
  });

  it("is partial after one that came late", () => {
    const each = times();
    of(each, 2n * SECOND + SECOND / 2n);
    expect(of(each, 3n * SECOND)).toEqual({ partial: true, seconds: 0.5 });
    expect(of(each, 4n * SECOND - 50_000_000n)).toEqual({});
  });

  it("is of no interval where it is all of a run, or what is open", () => {
    expect(of(times(), 2n * SECOND, true, groups([], [], {}))).toEqual({});
    expect(of(times(), 0n, true, openGroups({ every: SECOND }))).toEqual({});
  });
});
