/**
 * Lays out cells in columns. Not a library's job, because a table may have thousands of stacks in its cells, and
 * table libraries spend seconds on each, looking for colours and emoji.
 */
import { textWidth } from "./width.js";
import { greatest } from "../../lists.js";

export interface LayoutColumn {
  readonly label: string;
  readonly right: boolean;
  /** Applied to the cells. */
  readonly style?: (text: string) => string;
}

const GAP = "  ";

/** Lays out a table. Cells of several lines are aligned at the top. `style` is applied to the column names. */
export function layOut(
  columns: readonly LayoutColumn[],
  rows: readonly (readonly string[])[],
  style: (text: string) => string,
): string {
  const split = rows.map((row) => row.map((cell) => cell.split("\n")));
  const widths = columns.map(({ label }) => textWidth(label));
  for (const row of split)
    for (const [i, cell] of row.entries())
      for (const line of cell) widths[i] = Math.max(widths[i] ?? 0, textWidth(line));
  const last = columns.length - 1;
  const place = (text: string, i: number, shown: string): string => {
    const space = " ".repeat(Math.max(0, (widths[i] ?? 0) - textWidth(text)));
    if (columns[i]?.right) return space + shown;
    // The last column needs no padding.
    return i === last ? shown : shown + space;
  };
  const styled = (text: string, i: number): string => {
    const paint = columns[i]?.style;
    return place(text, i, text !== "" && paint ? paint(text) : text);
  };
  const lines = [columns.map(({ label }, i) => place(label, i, style(label))).join(GAP)];
  for (const row of split) {
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
