import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  AGGREGATE_NAMES,
  definitionOf,
  finished,
  mergeKept,
  type AggregateFunction,
} from "../../src/aggregates/aggregates.js";
import { fineBucketOf, fineHistogram } from "../../src/aggregates/histograms.js";
import { isBounds, type AggregateValue } from "../../src/aggregates/values.js";

function computed(fn: AggregateFunction, values: readonly bigint[], seconds?: number): AggregateValue {
  return finished(fn, definitionOf(fn).compute(values, undefined), seconds);
}

/** Small numbers that look random, and are the same each time. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) yield (state = (state * 48271) % 2147483647);
}

describe("fine buckets", () => {
  it("hold what is in them, and are at most 1/16 as wide as that", () => {
    const random = numbers(7);
    const values = Array.from({ length: 2000 }, (_, i) => BigInt(random.next().value) << BigInt(i % 30));
    for (const value of [0n, 1n, 31n, 32n, 33n, 63n, 64n, 2n ** 40n - 1n, 2n ** 62n, ...values]) {
      const [bucket] = fineHistogram([[fineBucketOf(value), 1]]).buckets;
      const [min, max] = [BigInt(bucket?.min ?? -1), BigInt(bucket?.max ?? -1)];
      expect(min <= value && value <= max, `${value} in ${min}..${max}`).toBe(true);
      expect((max - min + 1n) * 16n <= min || max === min, `${min}..${max}`).toBe(true);
      if (value < 32n) expect([min, max]).toEqual([value, value]);
    }
    expect(fineHistogram([[fineBucketOf(-5n), 1]]).buckets).toEqual([{ min: null, max: -1, count: 1 }]);
  });

  it("are as bpftrace's `hist(value, 4)` has them", () => {
    const bounds = [18n, 32n, 35n, 116n, 130n, 230n].map((value) => {
      const [bucket] = fineHistogram([[fineBucketOf(value), 1]]).buckets;
      return [bucket?.min, bucket?.max];
    });
    expect(bounds).toEqual([[18, 18], [32, 33], [34, 35], [116, 119], [128, 135], [224, 231]]); // prettier-ignore
  });
});

describe("percentiles", () => {
  it("lie between their bounds, whatever the values", () => {
    const random = numbers(42);
    for (let run = 0; run < 50; run++) {
      const shift = run % 40;
      const values = Array.from(
        { length: 1 + (run % 300) },
        () => BigInt(random.next().value) >> BigInt(shift),
      );
      const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      for (const [fn, percent] of [["p50", 50], ["p90", 90], ["p95", 95], ["p99", 99]] as const) {
        const exact = sorted[Math.ceil((values.length * percent) / 100) - 1] ?? 0n;
        const value = computed(fn, values);
        if (!isBounds(value)) throw new Error("no bounds");
        expect(BigInt(value.min ?? -1) <= exact && exact <= BigInt(value.max ?? -1)).toBe(true);
      } // prettier-ignore
    }
  });

  it("are nothing of no values, and below zero of negative ones", () => {
    expect(computed("p99", [])).toBeNull();
    expect(computed("p50", [-7n, -1n, 3n])).toEqual({ min: null, max: -1 });
  });
});

describe("rate", () => {
  it("is by the seconds in which it was counted", () => {
    expect(finished("rate", 3, 2)).toBe(1.5);
    expect(finished("rate", 2n ** 60n, 0.5)).toBe(2305843010000000000);
    expect(finished("rate", 1, 3600)).toBe(0.000277777778);
    expect(finished("rate", -12, 3)).toBe(-4);
  });

  it("is not known where the time is not", () => {
    expect(finished("rate", 3, undefined)).toBeNull();
    expect(finished("rate", 3, 0)).toBeNull();
  });

  it("adds up, in whole numbers or not", () => {
    expect(mergeKept("rate", 0.5, 2)).toBe(2.5);
    expect(mergeKept("rate", 2n ** 60n, 1)).toBe(2n ** 60n + 1n);
  });
});

describe("distinct", () => {
  it("counts each value once, and two parts together", () => {
    const [a, b] = [
      [1n, 2n, 2n],
      [2n, 3n],
    ].map((values) => definitionOf("distinct").compute(values, undefined));
    expect(finished("distinct", a ?? null, undefined)).toBe(2);
    const both = mergeKept("distinct", a ?? null, b ?? null);
    expect(finished("distinct", both ?? null, undefined)).toBe(3);
    expect(definitionOf("distinct").events?.(both ?? null)).toBe(5);
  });
});

describe("each aggregate", () => {
  it("is in the schema of recordings", () => {
    const schema = readFileSync(new URL("../../schemas/recording.schema.json", import.meta.url), "utf8");
    for (const name of AGGREGATE_NAMES) expect(schema).toContain(`"${name}"`);
  });

  it.each(AGGREGATE_NAMES)("%s is put together of parts as it is of the whole", (fn) => {
    const range = { min: 0n, max: 100n, step: 10n };
    const { compute } = definitionOf(fn);
    const [all, left, right] = [
      [5n, 7n, 90n, 7n],
      [5n, 7n],
      [90n, 7n],
    ].map((each) => compute(each, range));
    const merged = mergeKept(fn, left ?? null, right ?? null);
    // How many events an average is of is not known: it is kept as a summary where it must be put together.
    if (fn === "avg") expect(merged).toBeUndefined();
    else if (fn === "hist" || fn === "lhist") {
      const used = (value: unknown): unknown =>
        (value as { buckets: { count: number }[] }).buckets.filter(({ count }) => count > 0);
      expect(used(merged)).toEqual(used(all));
    } else expect(finished(fn, merged ?? null, 2)).toEqual(finished(fn, all ?? null, 2));
  });
});
