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
  private readonly columns: readonly RowColumn[];
  private isFirst = true;

  constructor(
    private readonly result: RowsResult,
    private readonly context: ViewContext,
  ) {
    const last = result.columns.length - 1;
    this.columns = result.columns.map((column, i) => ({
      width: Math.max(usualWidth(column), textWidth(column.label)),
      isRight: isRightAligned(column.type),
      isLast: i === last,
    }));
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
    let below = "";
    const cells = this.result.columns.map((column, i) => {
      const text = formatValue(event.values[i] ?? null, column, this.context);
      if (column.type.kind !== "stack") return text;
      below += `${text.replace(/^/gm, "    ")}\n`;
      return "";
    });
    return `${this.header()}${this.line(cells)}\n${below}`;
  }

  private line(cells: readonly string[], style?: (text: string) => string): string {
    let line = "";
    for (const [i, { width, isRight, isLast }] of this.columns.entries()) {
      const cell = cells[i] ?? "";
      const space = width - textWidth(cell);
      const shown = style ? style(cell) : cell;
      line += space <= 0 ? shown : isRight ? " ".repeat(space) + shown : shown + " ".repeat(space);
      if (!isLast) line += " ";
    }
    return line.trimEnd();
  }
}

interface RowColumn {
  readonly width: number;
  readonly isRight: boolean;
  readonly isLast: boolean;
}
