/** What a script counted that it sent, or added to groups, against what came of it. */
import type { Result } from "../plan/plan.js";
import type { Message, ResultEvent } from "../results/events.js";
import { uncountedText } from "../results/shortfall.js";

export class Receipts {
  /** By result: lines that came, and events that the groups which came are of. */
  private readonly received: number[];
  private readonly counted: number[];
  private readonly sent = new Map<number, number>();
  private readonly seen = new Map<number, number>();
  private readonly unsure = new Set<number>();
  /** Lost events, as the tracer told of them meanwhile. */
  private told = 0;

  /** `limit`: how many entries a map has. */
  constructor(
    private readonly results: readonly Result[],
    private readonly limit: number,
  ) {
    this.received = results.map(() => 0);
    this.counted = results.map(() => 0);
  }

  line(result: number): void {
    this.received[result] = (this.received[result] ?? 0) + 1;
  }

  groups(result: number, events: number): void {
    this.counted[result] = (this.counted[result] ?? 0) + events;
  }

  /** Some of a result's groups could not be read, so that what they are of is not known. */
  unreadable(result: number): void {
    this.unsure.add(result);
  }

  lost(count: number): void {
    this.told += count;
  }

  /** The script's own count of a result. */
  count(of: "sent" | "seen", result: number, count: number): void {
    this[of].set(result, count);
  }

  /** Whether events are known by number that a full map refused. */
  knowsRefused(): boolean {
    return this.results.some((_, i) => this.uncounted(i) > 0);
  }

  /** `isFull`: whether a map of the result was seen full. Only of a run that ended in order is the difference a loss. */
  end(isFull: (result: number) => boolean): ResultEvent[] {
    const events: ResultEvent[] = this.results.flatMap((_, i) => this.uncountedMessage(i, isFull(i)));
    if (this.sent.size === 0) return events;
    const missing = [...this.sent].reduce((sum, [i, sent]) => sum + sent - (this.received[i] ?? 0), 0);
    // At its very end the tracer tells of none; and before, of its other messages too, which are a loss as well.
    if (missing > this.told) events.push({ kind: "lost", count: missing - this.told });
    return events;
  }

  private uncounted(result: number): number {
    return this.unsure.has(result) ? 0 : (this.seen.get(result) ?? 0) - (this.counted[result] ?? 0);
  }

  private uncountedMessage(result: number, isFull: boolean): Message[] {
    const count = this.uncounted(result);
    if (count <= 0) return [];
    const query = this.results[result]?.query ?? "";
    const text = uncountedText(query, count, this.seen.get(result) ?? 0, isFull ? this.limit : undefined);
    const why = isFull ? "map full" : "events lost";
    return [{ kind: "message", level: "warning", text, shortfall: { why, result, count } }];
  }
}
