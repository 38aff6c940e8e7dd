/**
 * `--format ndjson`: one object a line, for programs that read while the trace runs. The first line describes the
 * columns, the last says how the run ended; each line between is a row. The schema of a line is
 * `schemas/lines.schema.json`.
 */
import { RecordWriter } from "./record-writer.js";
import { describeResult, describeSummary, toJson } from "./records.js";
import type { ViewContext, ViewSummary } from "../types.js";

export const LINES_SCHEMA = "faultline/lines/1";

export class NdjsonWriter extends RecordWriter {
  constructor(context: ViewContext) {
    super(context);
    this.writeRow(toJson({ schema: LINES_SCHEMA, results: context.plan.results.map(describeResult) }));
  }

  override end(summary: ViewSummary): void {
    this.writeRow(toJson({ summary: describeSummary(summary, this.warnings) }));
  }

  protected override writeRow(json: string): void {
    this.context.write(`${json}\n`);
  }
}
