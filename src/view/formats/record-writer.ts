/** The common part of the formats for programs: an object for each row. */
import type { GroupsEvent, RowEvent } from "../../results/events.js";
import { asObject, batchTime, groupValues, partialMembers, rowValues, type Plain } from "./records.js";
import type { Note, ViewContext, ViewSummary, Writer } from "../types.js";

export abstract class RecordWriter implements Writer {
  protected readonly warnings: string[] = [];

  constructor(protected readonly context: ViewContext) {}

  protected abstract write(row: Plain): void;
  abstract end(summary: ViewSummary): void;

  row(event: RowEvent): void {
    const result = this.context.plan.results[event.result];
    if (!result) return;
    this.write({
      result: event.result,
      values: asObject(result, rowValues(event.values, result, this.context)),
    });
  }

  groups(event: GroupsEvent): void {
    const result = this.context.plan.results[event.result];
    if (!result) return;
    const time = batchTime(event, result, this.context);
    const partial = partialMembers(event);
    for (const group of event.groups) {
      const values = asObject(result, groupValues(group, result, this.context));
      this.write({ result: event.result, ...(time === undefined ? {} : { time }), ...partial, values });
    }
  }

  note({ text }: Note): void {
    this.warnings.push(text);
  }
}
