/**
 * `--format ndjson`: an object a line, complete as soon as it is written, for what reads along. The first line tells
 * what the columns are, the last how it ended; each between is a line of a table. The schema of a line is
 * `schemas/lines.schema.json`.
 */
import type { GroupsEvent, RowEvent } from "../runtime/events.js";
import {
  asObject,
  batchTime,
  describeResult,
  describeSummary,
  groupValues,
  rowValues,
  toJson,
  type Plain,
} from "./records.js";
import type { Note, ViewContext, ViewSummary, Writer } from "./types.js";

export const LINES_SCHEMA = "faultline/lines/1";

export class NdjsonWriter implements Writer {
  private readonly warnings: string[] = [];

  constructor(private readonly context: ViewContext) {
    this.write({ schema: LINES_SCHEMA, results: context.plan.results.map(describeResult) });
  }

  row(event: RowEvent): void {
    const result = this.context.plan.results[event.result];
    if (!result) return;
    const values = asObject(result, rowValues(event.values, result, this.context));
    this.write({ result: event.result, values });
  }

  groups(event: GroupsEvent): void {
    const result = this.context.plan.results[event.result];
    if (!result) return;
    const time = batchTime(event, result, this.context);
    for (const group of event.groups) {
      const values = asObject(result, groupValues(group, result, this.context));
      this.write({ result: event.result, ...(time === undefined ? {} : { time }), values });
    }
  }

  note({ text }: Note): void {
    this.warnings.push(text);
  }

  end(summary: ViewSummary): void {
    this.write({ summary: describeSummary(summary, this.warnings) });
  }

  private write(object: Plain): void {
    this.context.write(`${toJson(object)}\n`);
  }
}
