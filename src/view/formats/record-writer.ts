/** The common part of the formats for programs: an object for each row. */
import type { GroupsEvent, RowEvent, Value } from "../../results/events.js";
import { asObject, batchTime, groupValues, partialMembers, rowWriter, toJson } from "./records.js";
import type { Note, ViewContext, ViewSummary, Writer } from "../types.js";

export abstract class RecordWriter implements Writer {
  protected readonly warnings: string[] = [];

  private readonly rowWriters: readonly ((values: readonly Value[]) => string)[];

  constructor(protected readonly context: ViewContext) {
    this.rowWriters = context.plan.results.map((result, index) => rowWriter(result, index, context));
  }

  /** Writes a row as JSON. */
  protected abstract writeRow(json: string): void;
  abstract end(summary: ViewSummary): void;

  row(event: RowEvent): void {
    const write = this.rowWriters[event.result];
    if (write) this.writeRow(write(event.values));
  }

  groups(event: GroupsEvent): void {
    const result = this.context.plan.results[event.result];
    if (!result) return;
    const time = batchTime(event, result, this.context);
    const partial = partialMembers(event);
    for (const group of event.groups) {
      const values = asObject(result, groupValues(group, result, this.context));
      const row = { result: event.result, ...(time === undefined ? {} : { time }), ...partial, values };
      this.writeRow(toJson(row));
    }
  }

  note({ text }: Note): void {
    this.warnings.push(text);
  }
}
