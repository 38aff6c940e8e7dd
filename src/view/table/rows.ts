/**
 * One line for each event, in columns of fixed width, since later events are not known yet. On a screen a line is as wide
 * as that, and each column keeps its place.
 */
import { textWidth } from "./width.js";
import type { RowsResult } from "../../plan/plan.js";
import type { RowEvent } from "../../results/events.js";
import { usualWidth } from "../../plan/usual-width.js";
import { isRightAligned } from "./columns.js";
import { canCut, clip, fitWidths, lineRoom } from "./fit-widths.js";
import { escapeText } from "../value/escape.js";
import { formatValue } from "../value/format-value.js";
import type { ViewContext } from "../types.js";

const COMM_WIDTH = 15;

export class RowLines {
  private readonly columns: readonly RowColumn[];
  /** Undefined where lines may be longer than the screen. */
  private readonly room: number | undefined;
  private isFirst = true;
  /** Whether a line was cut. */
  hasCut = false;

  constructor(
    private readonly result: RowsResult,
    private readonly context: ViewContext,
  ) {
    const last = result.columns.length - 1;
    this.room = lineRoom(context);
    const columns = result.columns.map((column, i) => ({
      width: Math.max(usualWidth(column), textWidth(column.label)),
      canCut: this.room !== undefined && canCut(column.type),
      // The kernel's names of threads are no longer than usual.
      canGrow: canCut(column.type) && usualWidth(column) > COMM_WIDTH,
      isRight: isRightAligned(column.type),
      isLast: i === last,
    }));
    this.columns = this.room === undefined ? columns : fitted(columns, this.room - last);
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
      const { room = Infinity } = this;
      for (const frame of text.split("\n")) below += `${this.clipped(`    ${frame}`, room)}\n`;
      return "";
    });
    return `${this.header()}${this.line(cells)}\n${below}`;
  }

  private line(cells: readonly string[], style?: (text: string) => string): string {
    let line = "";
    for (const [i, { width, canCut: isText, isRight, isLast }] of this.columns.entries()) {
      const whole = cells[i] ?? "";
      const cell = isText ? this.clipped(whole, width) : whole;
      const space = width - textWidth(cell);
      const shown = style ? style(cell) : cell;
      line += space <= 0 ? shown : isRight ? " ".repeat(space) + shown : shown + " ".repeat(space);
      if (!isLast) line += " ";
    }
    return this.room === undefined ? line.trimEnd() : this.clipped(line.trimEnd(), this.room);
  }

  private clipped(text: string, width: number): string {
    const shown = clip(text, width);
    if (shown !== text) this.hasCut = true;
    return shown;
  }
}

/** What the screen has room for beyond what is usual, texts share. */
function fitted(columns: readonly RowColumn[], room: number): readonly RowColumn[] {
  const widths = fitWidths(columns, room);
  const spare = room - widths.reduce((a, b) => a + b, 0);
  const more = Math.floor(Math.max(0, spare) / columns.filter(({ canGrow }) => canGrow).length);
  return columns.map((column, i) => ({
    ...column,
    width: (widths[i] ?? 0) + (column.canGrow ? more : 0),
  }));
}

interface RowColumn {
  readonly width: number;
  readonly canCut: boolean;
  readonly canGrow: boolean;
  readonly isRight: boolean;
  readonly isLast: boolean;
}
