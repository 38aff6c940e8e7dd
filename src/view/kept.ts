/**
 * What is left of a result where a picture of it cannot be drawn or written. Of an interval the rows of the last are
 * kept, and of single events the first, so that it does not grow with the run.
 */
import type { GroupsEvent, RowEvent } from "../runtime/events.js";
import type { Writer } from "./types.js";

const MOST_ROWS = 1_000;

export class Kept {
  private readonly rows: RowEvent[] = [];
  private last: GroupsEvent | undefined;

  row(event: RowEvent): void {
    if (this.rows.length < MOST_ROWS) this.rows.push(event);
  }

  groups(event: GroupsEvent): void {
    this.last = event;
  }

  giveTo(writer: Writer): void {
    for (const row of this.rows) writer.row(row);
    if (this.last) writer.groups(this.last);
  }
}
