/**
 * `--format json`: one document, written as results arrive, so that nothing is kept in memory.
 *
 *     {"schema": "faultline/results/1",
 *      "results": [{"query", "columns": [{"name", "type", "unit"}]}],
 *      "rows": [{"result", "time", "values": {…}}],
 *      "summary": {"ended", "lost", "damaged", "warnings": […],
 *                  "incomplete": [{"why", "result", "count"}]}}
 *
 * Each line of a table is a row; `result` is its index in `results`, `time` the end of its interval. The schema is
 * `schemas/results.schema.json`; its number increases with each incompatible change.
 */
import { RecordWriter } from "./record-writer.js";
import { describeResult, describeSummary, toJson } from "./records.js";
import type { ViewContext, ViewSummary } from "../types.js";

export const RESULTS_SCHEMA = "faultline/results/1";

export class JsonWriter extends RecordWriter {
  private rows = 0;

  constructor(context: ViewContext) {
    super(context);
    const results = context.plan.results.map(describeResult);
    context.write(`{"schema": "${RESULTS_SCHEMA}",\n"results": ${toJson(results)},\n"rows": [`);
  }

  override end(summary: ViewSummary): void {
    const plain = describeSummary(summary, this.warnings);
    this.context.write(`${this.rows === 0 ? "" : "\n"}],\n"summary": ${toJson(plain)}}\n`);
  }

  protected override writeRow(json: string): void {
    this.context.write((this.rows === 0 ? "\n" : ",\n") + json);
    this.rows++;
  }
}
