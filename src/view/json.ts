/**
 * `--format json`: one document, written as the results come so that none of it is kept.
 *
 *     {"results": [{"query", "columns": [{"name", "type", "unit"}]}],
 *      "rows": [{"result", "time", "values": {…}}],
 *      "summary": {"ended", "lost", "damaged"}}
 *
 * Each line of a table is a row; `result` is its place in `results`, `time` the end of its interval.
 */
import type { GroupsEvent, RowEvent } from "../runtime/events.js";
import {
  asObject,
  batchTime,
  describeColumn,
  groupValues,
  recordColumns,
  rowValues,
  toJson,
  type Plain,
} from "./records.js";
import type { ViewContext, ViewSummary, Writer } from "./types.js";

export class JsonWriter implements Writer {
  private rows = 0;

  constructor(private readonly context: ViewContext) {
    const results = context.plan.results.map((result) => ({
      query: result.query,
      columns: recordColumns(result).map(describeColumn),
    }));
    context.write(`{"results": ${toJson(results)},\n"rows": [`);
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

  end(summary: ViewSummary): void {
    const { ended, lost, damaged } = summary;
    const plain = { ...(ended === undefined ? {} : { ended }), lost, damaged };
    this.context.write(`${this.rows === 0 ? "" : "\n"}],\n"summary": ${toJson(plain)}}\n`);
  }

  private write(row: Plain): void {
    this.context.write(`${this.rows === 0 ? "\n" : ",\n"}${toJson(row)}`);
    this.rows++;
  }
}
