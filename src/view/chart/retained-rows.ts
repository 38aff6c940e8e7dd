/**
 * The rows of a result to show where its picture cannot be drawn or written: the first events, or the last intervals,
 * so that memory does not grow with the run.
 */
import type { GroupsEvent, RowEvent } from "../../results/events.js";

const MOST_ROWS = 1_000;

export class RetainedRows {
  private readonly rows: RowEvent[] = [];
  private readonly batches: GroupsEvent[] = [];
  private size = 0;
  /** The number of rows that were not retained. */
  missing = 0;

  row(event: RowEvent): void {
    if (this.rows.length < MOST_ROWS) this.rows.push(event);
    else this.missing++;
  }

  groups(event: GroupsEvent): void {
    this.batches.push(event);
    this.size += event.groups.length;
    // The last batch is always retained whole.
    while (this.size > MOST_ROWS && this.batches.length > 1) {
      const rows = this.batches.shift()?.groups.length ?? 0;
      this.size -= rows;
      this.missing += rows;
    }
  }

  writeTo(writer: { row(event: RowEvent): void; groups(event: GroupsEvent): void }): void {
    for (const row of this.rows) writer.row(row);
    for (const batch of this.batches) writer.groups(batch);
  }
}
