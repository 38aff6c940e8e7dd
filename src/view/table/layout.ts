/**
 * Lays out cells in columns. Not a library's job, because a table may have thousands of stacks in its cells, and
 * table libraries spend seconds on each, looking for colours and emoji.
 */
import { clip, fitWidths } from "./fit-widths.js";
import { textWidth } from "./width.js";
import { greatest } from "../../lists.js";

export interface LayoutColumn {
  readonly label: string;
  readonly right: boolean;
  /** Applied to the cells. */
  readonly style?: (text: string) => string;
  /** Whether its cells are cut where a line has no room for them. */
  readonly canCut?: boolean;
}

const GAP = "  ";

/** The width of the widest line of a table. */
export function tableWidth(columns: readonly LayoutColumn[], rows: readonly (readonly string[])[]): number {
  return lineWidth(cellWidths(columns, rows));
}

/** Lays out a table. Cells of several lines are aligned at the top. `style` is applied to the column names. */
export function layOut(
  columns: readonly LayoutColumn[],
  rows: readonly (readonly string[])[],
  style: (text: string) => string,
  /** What a line has room for. */
  room = Infinity,
): string {
  const wanted = cellWidths(columns, rows);
  const widths =
    lineWidth(wanted) <= room
      ? wanted
      : fitWidths(
          columns.map(({ canCut = false }, i) => ({ width: wanted[i] ?? 0, canCut })),
          room - GAP.length * (columns.length - 1),
        );
  const last = columns.length - 1;
  const place = (text: string, i: number, shown: string): string => {
    const space = " ".repeat(Math.max(0, (widths[i] ?? 0) - textWidth(text)));
    if (columns[i]?.right) return space + shown;
    // The last column needs no padding.
    return i === last ? shown : shown + space;
  };
  const styled = (whole: string, i: number): string => {
    const text = (widths[i] ?? 0) < (wanted[i] ?? 0) ? clip(whole, widths[i] ?? 0) : whole;
    const paint = columns[i]?.style;
    return place(text, i, text !== "" && paint ? paint(text) : text);
  };
  const named = columns.map(({ label }, i) => {
    const name = clip(label, widths[i] ?? 0);
    return place(name, i, style(name));
  });
  const lines = [named.join(GAP)];
  for (const row of rows.map((each) => each.map((cell) => cell.split("\n")))) {
    const height = greatest(row.map((cell) => cell.length));
    for (let at = 0; at < height; at++)
      lines.push(
        row
          .map((cell, i) => styled(cell[at] ?? "", i))
          .join(GAP)
          .trimEnd(),
      );
  }
  return `${lines.join("\n")}\n`;
}

function cellWidths(columns: readonly LayoutColumn[], rows: readonly (readonly string[])[]): number[] {
  const widths = columns.map(({ label }) => textWidth(label));
  for (const row of rows)
    for (const [i, cell] of row.entries())
      for (const line of cell.split("\n")) widths[i] = Math.max(widths[i] ?? 0, textWidth(line));
  return widths;
}

function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
}
