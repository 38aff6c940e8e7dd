/** One line for each event, in columns of fixed width, since later events are not known yet. */
import { textWidth } from "./width.js";
import type { RowsResult } from "../../plan/plan.js";
import type { RowEvent } from "../../results/events.js";
import { usualWidth } from "../../plan/usual-width.js";
import { isRightAligned } from "./columns.js";
import { escapeText } from "../value/escape.js";
import { formatValue } from "../value/format-value.js";
import type { ViewContext } from "../types.js";

export class RowLines {
  private readonly widths: readonly number[];
  private isFirst = true;

  constructor(
    private readonly result: RowsResult,
    private readonly context: ViewContext,
  ) {
    this.widths = result.columns.map((column) => Math.max(usualWidth(column), textWidth(column.label)));
  }

  /** Returns the names of the columns the first time, then an empty text. */
  header(): string {
    if (!this.isFirst) return "";
    this.isFirst = false;
    const names = this.result.columns.map(({ label }) => escapeText(label));
    return `${this.line(names, this.context.colors.bold)}\n`;
  }

  /** Formats an event, with the names of the columns before the first one. */
  text(event: RowEvent): string {
    const below: string[] = [];
    const cells = this.result.columns.map((column, i) => {
      const text = formatValue(event.values[i] ?? null, column, this.context);
      if (column.type.kind !== "stack") return text;
      below.push(text.replace(/^/gm, "    "));
      return "";
    });
    return `${this.header()}${[this.line(cells, (each) => each), ...below].join("\n")}\n`;
  }

  private line(cells: readonly string[], style: (text: string) => string): string {
    const padded = cells.map((cell, i) => {
      const type = this.result.columns[i]?.type;
      const space = " ".repeat(Math.max(0, (this.widths[i] ?? 0) - textWidth(cell)));
      return type && isRightAligned(type) ? space + style(cell) : style(cell) + space;
    });
    return padded.join(" ").trimEnd();
  }
}
