/** One line for each interval, like vmstat: the time first, and the column names repeated at times. */
import { textWidth } from "./width.js";
import type { LineResult } from "../../plan/plan.js";
import type { GroupsEvent } from "../../results/events.js";
import { cellText, histogramAt, histogramsOf, scalarColumns, type ShownColumn } from "./columns.js";
import { escapeText } from "../value/escape.js";
import { intervalTime } from "../value/format-value.js";
import { histogramLines } from "./histogram.js";
import { partialText } from "../partial.js";
import type { ViewContext } from "../types.js";
import { append } from "../../lists.js";

const TIME = "time";
const NARROWEST = 8;

export class IntervalLines {
  private readonly columns: readonly ShownColumn[];
  private lines = 0;

  constructor(
    private readonly result: LineResult,
    private readonly context: ViewContext,
  ) {
    this.columns = scalarColumns(result);
  }

  text(event: GroupsEvent): string {
    const group = event.groups.at(0);
    if (!group) return "";
    const { header } = this.result;
    const needsHeader =
      header === undefined || header <= 0n ? this.lines === 0 : this.lines % Number(header) === 0;
    this.lines++;
    const time =
      BigInt(event.nsecs) === 0n ? "" : intervalTime(event.nsecs, this.context.clock, this.result.every);
    const cells = this.columns.map((column) => cellText(column, group, this.context));
    const lines = [[this.line(time, cells), partialText(event) ?? []].flat().join("  ")];
    if (needsHeader)
      lines.unshift(
        this.context.colors.bold(
          this.line(
            TIME,
            this.columns.map(({ label }) => escapeText(label)),
          ),
        ),
      );
    for (const { column, index } of histogramsOf(this.result)) {
      const histogram = histogramAt(group, index);
      if (!("unit" in column.type)) continue;
      const { unit } = column.type;
      append(lines, [
        escapeText(column.label),
        ...histogramLines(histogram, { unit, display: column.display, width: this.context.width }),
      ]);
    }
    return `${lines.join("\n")}\n`;
  }

  private line(time: string, cells: readonly string[]): string {
    const padded = cells.map((cell, i) => {
      const width = Math.max(NARROWEST, textWidth(this.columns[i]?.label ?? ""));
      return " ".repeat(Math.max(0, width - textWidth(cell))) + cell;
    });
    const width = intervalTime(0, this.context.clock, this.result.every).length;
    return [time.padEnd(width), ...padded].join("  ");
  }
}
