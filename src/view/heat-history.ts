/** Histograms over time, as counts by interval and bucket, for pictures and screens. */
import type { Bucket } from "../aggregates/values.js";
import type { Result } from "../plan/plan.js";
import type { GroupsEvent } from "../results/events.js";
import { greatest } from "../lists.js";
import { histogramAt, histogramsOf } from "./table/columns.js";

/** What was counted in one column, by the lower bound of the bucket. */
type Counts = Map<string, number>;

export interface HeatRows {
  /** The largest first. */
  readonly buckets: readonly Bucket[];
  /** By bucket, then by column. */
  readonly counts: readonly (readonly number[])[];
  readonly most: number;
}

export class HeatHistory {
  /** When the first interval of each column was printed. */
  times: number[] = [];
  /** The number of intervals that a column stands for. */
  step = 1;
  intervals = 0;
  /** By aggregate, then by column. */
  private readonly counts: Counts[][];
  private readonly buckets: Map<string, Bucket>[];

  /** More columns than `mostColumns` are merged in pairs. */
  constructor(
    private readonly result: Result,
    private readonly mostColumns: number,
  ) {
    this.counts = histogramsOf(result).map(() => []);
    this.buckets = histogramsOf(result).map(() => new Map());
  }

  /** Adds a whole interval; its groups are added up. */
  add(event: GroupsEvent): void {
    if (this.intervals++ % this.step === 0) {
      this.times.push(Number(event.nsecs));
      for (const columns of this.counts) columns.push(new Map());
    }
    for (const group of event.groups)
      for (const [i, { index }] of histogramsOf(this.result).entries())
        for (const bucket of histogramAt(group, index).buckets) {
          const key = String(bucket.min);
          this.buckets[i]?.set(key, bucket);
          const column = this.counts[i]?.at(-1);
          column?.set(key, (column.get(key) ?? 0) + Number(bucket.count));
        }
    if (this.times.length > this.mostColumns) this.merge();
  }

  /** `index`: of the histograms of the result. */
  rows(index: number): HeatRows {
    const buckets = [...(this.buckets[index]?.values() ?? [])].sort((a, b) => lowest(b) - lowest(a));
    const columns = this.counts[index] ?? [];
    const counts = buckets.map(({ min }) => columns.map((each) => each.get(String(min)) ?? 0));
    return { buckets, counts, most: greatest(counts.flat(), 1) };
  }

  private merge(): void {
    this.step *= 2;
    this.times = this.times.filter((_, i) => i % 2 === 0);
    for (const columns of this.counts) {
      const merged = columns.flatMap((column, i) => {
        if (i % 2 === 1) return [];
        const both = new Map(column);
        for (const [key, count] of columns[i + 1] ?? []) both.set(key, (both.get(key) ?? 0) + count);
        return [both];
      });
      columns.length = 0;
      for (const each of merged) columns.push(each);
    }
  }
}

function lowest({ min, max }: Bucket): number {
  return min === null ? Number(max ?? 0) - 1 : Number(min);
}
