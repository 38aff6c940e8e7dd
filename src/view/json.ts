/**
 * `--format json`: one document, written as the results come so that none of it is kept.
 *
 *     {"schema": "faultline/results/1",
 *      "results": [{"query", "columns": [{"name", "type", "unit"}]}],
 *      "rows": [{"result", "time", "values": {…}}],
 *      "summary": {"ended", "lost", "damaged", "warnings": […]}}
 *
 * Each line of a table is a row; `result` is its place in `results`, `time` the end of its interval. The schema
 * is `schemas/results.schema.json`; its number counts up when a reader must be changed.
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

export const RESULTS_SCHEMA = "faultline/results/1";

export class JsonWriter implements Writer {
  private rows = 0;
  private readonly warnings: string[] = [];

  constructor(private readonly context: ViewContext) {
    const results = context.plan.results.map(describeResult);
    context.write(`{"schema": "${RESULTS_SCHEMA}",\n"results": ${toJson(results)},\n"rows": [`);
  }

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
    for (const group of event.groups) {
      const values = asObject(result, groupValues(group, result, this.context));
      this.write({ result: event.result, ...(time === undefined ? {} : { time }), values });
    }
  }

  note({ text }: Note): void {
    this.warnings.push(text);
  }

  end(summary: ViewSummary): void {
    const plain = describeSummary(summary, this.warnings);
    this.context.write(`${this.rows === 0 ? "" : "\n"}],\n"summary": ${toJson(plain)}}\n`);
  }

  private write(row: Plain): void {
    this.context.write(`${this.rows === 0 ? "\n" : ",\n"}${toJson(row)}`);
    this.rows++;
  }
}
