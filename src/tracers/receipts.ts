/** Compares what a script counted as sent or aggregated with what was received. */
import { definitionOf } from "../aggregates/aggregates.js";
import { aggregatesOf, countingAggregate, storedWith } from "../plan/columns.js";
import type { Result } from "../plan/plan.js";
import type { Message, ResultEvent } from "../results/events.js";
import { notInText, uncountedText } from "../results/shortfall.js";

export class Receipts {
  /** Received rows, by result. */
  private readonly received: number[];
  /** Events in the received groups, by result and aggregate. */
  private readonly counted: number[][];
  private readonly sent = new Map<number, number>();
  /** Aggregated events, by result and aggregate. */
  private readonly seen: Map<number, number>[];
  private readonly unsure = new Set<number>();
  /** Lost events that the tracer reported. */
  private reportedLost = 0;

  /** `limit`: the capacity of a map, in entries. */
  constructor(
    private readonly results: readonly Result[],
    private readonly limit: number,
  ) {
    this.received = results.map(() => 0);
    this.counted = results.map(() => []);
    this.seen = results.map(() => new Map());
  }

  line(result: number): void {
    this.received[result] = (this.received[result] ?? 0) + 1;
  }

  /** `events`: by aggregate. */
  groups(result: number, events: readonly number[]): void {
    const counted = this.counted[result] ?? [];
    for (const [i, count] of events.entries()) counted[i] = (counted[i] ?? 0) + count;
  }

  /** Called when some groups of a result could not be read, so that their events are unknown. */
  unreadable(result: number): void {
    this.unsure.add(result);
  }

  lost(count: number): void {
    this.reportedLost += count;
  }

  /** The script's count of the rows of a result. */
  sentBy(result: number, count: number): void {
    this.sent.set(result, count);
  }

  /** The script's count of the events that were added to an aggregate, by default the first that counts. */
  seenBy(result: number, aggregate: number | undefined, count: number): void {
    const found = this.results[result];
    if (found) this.seen[result]?.set(aggregate ?? countingAggregate(found), count);
  }

  /** Whether the number of events that a full map refused is known. */
  knowsRefused(): boolean {
    return this.results.some((_, i) => this.missing(i).length > 0);
  }

  /** `isFull`: whether a map of the result was full. The difference is a loss only if the run ended normally. */
  end(isFull: (result: number) => boolean): ResultEvent[] {
    const events: ResultEvent[] = this.results.flatMap((_, i) => this.missingMessages(i, isFull(i)));
    if (this.sent.size === 0) return events;
    const missing = [...this.sent].reduce((sum, [i, sent]) => sum + sent - (this.received[i] ?? 0), 0);
    // At its very end the tracer reports no losses; before that it also reports lost messages of other kinds.
    if (missing > this.reportedLost) events.push({ kind: "lost", count: missing - this.reportedLost });
    return events;
  }

  /** The aggregates that lack events, each of which has its own map. */
  private missing(index: number): readonly Missing[] {
    const result = this.results[index];
    const seen = this.seen[index];
    if (!result || !seen || this.unsure.has(index)) return [];
    const counting = countingAggregate(result);
    return aggregatesOf(result).flatMap((aggregate, i): Missing[] => {
      const of = seen.get(i) ?? (result.kind === "line" ? undefined : seen.get(counting));
      if (of === undefined || !definitionOf(aggregate.fn).events || storedWith(result, i) !== i) return [];
      const count = of - (this.counted[index]?.[i] ?? 0);
      const isGroup = i === counting && definitionOf(aggregate.fn).keptAs === undefined;
      return count > 0 ? [{ count, of, ...(isGroup ? {} : { label: aggregate.label }) }] : [];
    });
  }

  private missingMessages(result: number, isFull: boolean): Message[] {
    const missing = this.missing(result);
    const query = this.results[result]?.query ?? "";
    const why = isFull ? "map full" : "events lost";
    // Events that are in no group are in no aggregate either.
    const [first, ...others] = missing;
    const told = first ? [first, ...others.filter(({ count }) => count > first.count)] : [];
    return told.map(({ count, of, label }) => {
      const limit = isFull ? this.limit : undefined;
      const text =
        label === undefined
          ? uncountedText(query, count, of, limit)
          : notInText(query, label, count, of, limit);
      return { kind: "message", level: "warning", text, shortfall: { why, result, count } };
    });
  }
}

interface Missing {
  readonly count: number;
  readonly of: number;
  /** The aggregate; absent if the events are in no group. */
  readonly label?: string;
}
