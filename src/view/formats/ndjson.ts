/**
 * `--format ndjson`: an object a line, complete as soon as it is written, for what reads along. The first line tells
 * what the columns are, the last how it ended; each between is a line of a table. The schema of a line is
 * `schemas/lines.schema.json`.
 */
import { RecordWriter } from "./record-writer.js";
import { describeResult, describeSummary, toJson, type Plain } from "./records.js";
import type { ViewContext, ViewSummary } from "../types.js";

export const LINES_SCHEMA = "faultline/lines/1";

export class NdjsonWriter extends RecordWriter {
  constructor(context: ViewContext) {
    super(context);
    this.write({ schema: LINES_SCHEMA, results: context.plan.results.map(describeResult) });
  }

  override end(summary: ViewSummary): void {
    this.write({ summary: describeSummary(summary, this.warnings) });
  }

  protected override write(object: Plain): void {
    this.context.write(`${toJson(object)}\n`);
  }
}
