/** `--format ndjson`: an object a line, complete as soon as it is written, for what reads along. */
import type { GroupsEvent, RowEvent } from "../runtime/events.js";
import { asObject, batchTime, groupValues, rowValues, toJson } from "./records.js";
import type { ViewContext, Writer } from "./types.js";

export class NdjsonWriter implements Writer {
  constructor(private readonly context: ViewContext) {}

  row(event: RowEvent): void {
    const result = this.context.plan.results[event.result];
    if (!result) return;
    const values = asObject(result, rowValues(event.values, result, this.context));
    this.context.write(`${toJson({ result: event.result, values })}\n`);
  }

  groups(event: GroupsEvent): void {
    const result = this.context.plan.results[event.result];
    if (!result) return;
    const time = batchTime(event, result, this.context);
    for (const group of event.groups) {
      const values = asObject(result, groupValues(group, result, this.context));
      this.context.write(
        `${toJson({ result: event.result, ...(time === undefined ? {} : { time }), values })}\n`,
      );
    }
  }

  end(): void {
    // Nothing is open.
  }
}
