/**
 * `--format ndjson`: one object a line, for programs that read while the trace runs. The first line describes the
 * columns, the last says how the run ended; each line between is a row. The schema of a line is
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
