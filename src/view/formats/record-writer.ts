/** The common part of the formats for programs: an object for each row. */
import type { Group, GroupsEvent, RowEvent, Value } from "../../results/events.js";
import {
  asObject,
  batchTime,
  groupValues,
  groupWriter,
  partialMembers,
  rowWriter,
  toJson,
} from "./records.js";
import type { Note, ViewContext, ViewSummary, Writer } from "../types.js";

export abstract class RecordWriter implements Writer {
  protected readonly warnings: string[] = [];

  private readonly rowWriters: readonly ((values: readonly Value[]) => string)[];

  private readonly groupWriters: readonly (((group: Group) => string) | undefined)[];

  constructor(protected readonly context: ViewContext) {
    this.groupWriters = context.plan.results.map((result) => groupWriter(result, context));
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
    const head = { result: event.result, ...(time === undefined ? {} : { time }), ...partial };
    const write = this.groupWriters[event.result];
    const before = `${toJson(head).slice(0, -1)},"values":`;
    for (const group of event.groups) {
      if (write) this.writeRow(`${before}${write(group)}}`);
      else
        this.writeRow(
          toJson({ ...head, values: asObject(result, groupValues(group, result, this.context)) }),
        );
    }
  }

  note({ text }: Note): void {
    this.warnings.push(text);
  }
}
