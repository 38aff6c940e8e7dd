/** A bar chart of groups, the largest first, with a panel for each aggregate. */
import { andMore } from "../../few.js";
import { keyColumns } from "../../plan/columns.js";
import type { ResultColumn } from "../../plan/plan.js";
import type { GroupsEvent, RowEvent } from "../../results/events.js";
import { scalarColumns, type ShownColumn } from "../table/columns.js";
import { formatValue, type Formatting } from "../value/format-value.js";
import type { GroupsResult, OpenResult } from "../../plan/plan.js";
import type { ViewContext } from "../types.js";
import type { Chart } from "./chart.js";
import { CHARACTER, pixels, svgText, WIDTH, type Picture } from "./picture.js";
import { greatest } from "../../lists.js";

/** The most bars of a panel; the number of others is noted. */
const MOST = 40;
export const SIDE = 10;
const ROW = 18;

export class BarChart implements Chart {
  private last: GroupsEvent["groups"] = [];
  private readonly keys: readonly ShownColumn[];
  private readonly counted: readonly ShownColumn[];

  constructor(
    private readonly result: GroupsResult | OpenResult,
    private readonly context: ViewContext,
  ) {
    const columns = scalarColumns(result);
    const keys = keyColumns(result).length;
    this.keys = columns.slice(0, keys);
    this.counted = columns.slice(keys);
  }

  row(_event: RowEvent): void {
    // A result of this kind has no rows.
  }

  groups(event: GroupsEvent): void {
    this.last = event.groups;
  }

  draw(notes: readonly string[]): readonly Picture[] {
    const { context, last } = this;
    // Rows of `open … show` have no aggregate: each counts as one.
    if (this.counted.length === 0)
      return [
        barPicture(
          {
            title: this.result.query,
            notes,
            column: { label: "entries", type: { kind: "number", unit: "none", signed: false } },
          },
          [{ label: "entries", value: last.length }],
          context,
        ),
      ];
    return this.counted.map((column, i) =>
      barPicture(
        { title: i === 0 ? this.result.query : "", notes: i === 0 ? notes : [], column },
        last.map((group) => ({
          label: this.keys.map((key) => formatValue(key.of(group), key, context)).join(", ") || "all",
          value: Number(column.of(group) ?? 0),
        })),
        context,
      ),
    );
  }
}

export interface Bar {
  readonly label: string;
  readonly value: number;
}

export interface BarText {
  readonly title: string;
  readonly notes: readonly string[];
  readonly column: ResultColumn;
}

export function barPicture(text: BarText, bars: readonly Bar[], formatting: Formatting): Picture {
  const { head, y: top } = heading(
    text.title,
    [...text.notes],
    bars.length === 0 ? `${text.column.label}: no events` : text.column.label,
  );
  const shown = bars.slice(0, MOST);
  const values = shown.map(({ value }) => formatValue(value, text.column, formatting));
  const labelRoom = Math.min(
    500,
    greatest(
      shown.map(({ label }) => label.length * CHARACTER),
      40,
    ),
  );
  const valueRoom = greatest(
    values.map((each) => each.length * CHARACTER),
    0,
  );
  const room = WIDTH - 2 * SIDE - labelRoom - valueRoom - 20;
  const most =
    greatest(
      shown.map(({ value }) => value),
      0,
    ) || 1;
  const rows = shown.map(({ label, value }, i) => {
    const y = top + i * ROW;
    const width = Math.max(value > 0 ? 1 : 0, (value / most) * room);
    return (
      `<g>${svgText(SIDE + labelRoom, y + 12, label, { anchor: "end", room: labelRoom })}` +
      `<rect class="bar" x="${pixels(SIDE + labelRoom + 8)}" y="${y + 1}" width="${pixels(width)}" height="${ROW - 4}"/>` +
      `${svgText(SIDE + labelRoom + 14 + width, y + 12, values[i] ?? "")}</g>\n`
    );
  });
  const left = bars.length - shown.length;
  const rest =
    left > 0 ? svgText(SIDE, top + shown.length * ROW + 14, andMore(left), { className: "faint" }) : "";
  return { height: top + shown.length * ROW + (left > 0 ? 20 : 0) + 12, body: head + rows.join("") + rest };
}

/** Returns the title, the notes below it and the caption, with the y coordinate where the picture begins. */
export function heading(
  title: string,
  notes: readonly string[],
  about: string,
): { readonly head: string; readonly y: number } {
  const lines: string[] = [];
  let y = 6;
  if (title !== "")
    lines.push(svgText(SIDE, (y += 18), title, { className: "title", room: (WIDTH - 2 * SIDE) * 0.73 }));
  for (const note of notes)
    lines.push(svgText(SIDE, (y += 16), note, { className: "note", room: WIDTH - 2 * SIDE }));
  if (about !== "")
    lines.push(svgText(SIDE, (y += 16), about, { className: "faint", room: WIDTH - 2 * SIDE }));
  return { head: lines.join(""), y: y + 10 };
}
