/** A chart that retains rows: where drawing fails, they are shown instead, as CSV. */
import type { GroupsEvent, RowEvent } from "../../results/events.js";
import { CsvWriter } from "../formats/csv.js";
import { RetainedRows } from "./retained-rows.js";
import type { ViewContext } from "../types.js";
import type { Chart } from "./chart.js";
import { heading, SIDE } from "./bars.js";
import { svgText, type Picture } from "./picture.js";
import { append } from "../../lists.js";

const LINE = 14;

export class SafeChart implements Chart {
  readonly retained = new RetainedRows();
  /** The error that drawing failed with. */
  fault: Error | undefined;

  constructor(
    private readonly chart: Chart,
    private readonly query: string,
    private readonly context: ViewContext,
  ) {}

  row(event: RowEvent): void {
    this.retained.row(event);
    this.chart.row(event);
  }

  groups(event: GroupsEvent): void {
    this.retained.groups(event);
    this.chart.groups(event);
  }

  draw(notes: readonly string[]): readonly Picture[] {
    try {
      return this.chart.draw(notes);
    } catch (error) {
      this.fault = error instanceof Error ? error : new Error(String(error));
      return [this.instead([`this picture could not be drawn: ${this.fault.message}`, ...notes])];
    }
  }

  private instead(notes: readonly string[]): Picture {
    const lines: string[] = [];
    const csv = new CsvWriter({ ...this.context, write: (text) => append(lines, text.split(/\r?\n/)) });
    this.retained.writeTo(csv);
    const shown = lines.filter((line) => line !== "");
    const { head, y } = heading(this.query, notes, "the rows, as CSV");
    const texts = shown.map((line, i) => svgText(SIDE, y + (i + 1) * LINE, line));
    return { height: y + (shown.length + 2) * LINE, body: head + texts.join("\n") };
  }
}
