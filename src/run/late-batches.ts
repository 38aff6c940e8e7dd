/**
 * Counts batches that arrive more than an interval after their end. The tracer prints a set of maps when it gets to it:
 * by then events of the next interval but one may have been added to the same set.
 */
import type { Plan } from "../plan/plan.js";
import type { GroupsEvent } from "../results/events.js";
import { hasIntervals } from "../results/batch-times.js";

export class LateBatches {
  private readonly counts = new Map<number, number>();

  constructor(private readonly plan: Plan) {}

  /** `now`: when it arrived, in nanoseconds since boot. The maps of a last batch are printed when no more is added. */
  add({ result: index, nsecs, final }: GroupsEvent, now: bigint): void {
    const result = this.plan.results[index];
    if (!result?.every || !hasIntervals(result) || final === true || BigInt(nsecs) === 0n) return;
    if (now - BigInt(nsecs) > result.every) this.counts.set(index, (this.counts.get(index) ?? 0) + 1);
  }

  /** A warning for each result that has such batches. */
  warnings(): string[] {
    return [...this.counts].map(([index, count]) => {
      const intervals = count === 1 ? "an interval was" : `${count} intervals were`;
      return `\`${this.plan.results[index]?.query ?? ""}\`: ${intervals} printed late, and may have events of later intervals`;
    });
  }
}
