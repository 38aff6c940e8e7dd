/**
 * What is left of a result where a picture of it cannot be drawn or written: of single events the first, of intervals
 * the last, so that it does not grow with the run.
 */
import type { GroupsEvent, RowEvent } from "../../results/events.js";

const MOST_ROWS = 1_000;

export class Kept {
  private readonly rows: RowEvent[] = [];
  private readonly batches: GroupsEvent[] = [];
  private size = 0;
  /** Rows that there were, too. */
  missing = 0;

  row(event: RowEvent): void {
    if (this.rows.length < MOST_ROWS) this.rows.push(event);
    else this.missing++;
  }

  groups(event: GroupsEvent): void {
    this.batches.push(event);
    this.size += event.groups.length;
    // The last is kept whole.
    while (this.size > MOST_ROWS && this.batches.length > 1) {
      const rows = this.batches.shift()?.groups.length ?? 0;
      this.size -= rows;
      this.missing += rows;
    }
  }

  giveTo(writer: { row(event: RowEvent): void; groups(event: GroupsEvent): void }): void {
    for (const row of this.rows) writer.row(row);
    for (const batch of this.batches) writer.groups(batch);
  }
}
