/** Charts the difference between two runs: a flame graph in which red is growth and blue is decline, or a bar chart. */
import { andMore } from "../few.js";
import { definitionOf } from "../aggregates/aggregates.js";
import type { AggregateValue } from "../aggregates/values.js";
import { PLACES } from "./differences.js";
import type { GroupsResult, ResultColumn } from "../plan/plan.js";
import type { Group, GroupList, GroupsEvent, RowEvent } from "../results/events.js";
import { keyColumns } from "../plan/columns.js";
import { formatValue } from "../view/value/format-value.js";
import { hasStack, StackReader } from "../view/stacks.js";
import type { ViewContext } from "../view/types.js";
import { heading } from "../view/chart/bars.js";
import type { Chart } from "../view/chart/chart.js";
import { FlameStacks } from "../view/chart/flame-layout.js";
import { flamePicture, NARROWEST } from "../view/chart/flame-svg.js";
import { CHARACTER, pixels, svgText, WIDTH, type Picture } from "../view/chart/picture.js";
import { greatest } from "../lists.js";

const MOST = 40;
const ROW = 18;
const SIDE = 10;

export class DifferenceChart implements Chart {
  private groupList: GroupList = [];

  constructor(
    private readonly result: GroupsResult,
    private readonly context: ViewContext,
  ) {}

  row(_event: RowEvent): void {
    // A comparison has no time axis.
  }

  groups(event: GroupsEvent): void {
    this.groupList = event.groups;
  }

  draw(notes: readonly string[]): readonly Picture[] {
    const fn = this.result.aggregates[PLACES.before]?.fn;
    const adds = fn !== undefined && definitionOf(fn).isAdditive;
    return [hasStack(this.result) && adds ? this.flame(notes) : this.bars(notes)];
  }

  /** Its width is that of both runs together, so that what disappeared is visible too. */
  private flame(notes: readonly string[]): Picture {
    const stacks = new FlameStacks();
    const reader = new StackReader(this.result, this.context);
    for (const group of this.groupList) {
      const { before, after } = amounts(group);
      stacks.add(reader.read(group.keys), before + after, after - before);
    }
    return flamePicture(stacks.layout(NARROWEST / WIDTH), {
      title: this.result.query,
      notes,
      describe: (both) => `${this.text(both)} before and after together`,
      compare: ({ total, change }) => {
        const [before, after] = [(total - change) / 2, (total + change) / 2];
        const share =
          before === 0 ? "new" : after === 0 ? "gone" : `${signed(((after - before) / before) * 100)}%`;
        return `before ${this.text(before)}, after ${this.text(after)}: ${share}`;
      },
    });
  }

  private bars(notes: readonly string[]): Picture {
    const { head, y: top } = heading(this.result.query, notes, this.result.doc ?? "");
    const shown = this.groupList.slice(0, MOST);
    const keys = keyColumns(this.result);
    // The innermost frame of a stack.
    const labels = shown.map(
      (group) =>
        keys
          .map((key, i) => formatValue(group.keys[i] ?? null, key, this.context).split("\n")[0])
          .join(", ") || "all",
    );
    const labelRoom = Math.min(
      400,
      greatest(
        labels.map((label) => label.length * CHARACTER),
        40,
      ),
    );
    const most = greatest(
      shown.map((group) => Math.abs(amounts(group).after - amounts(group).before)),
      1,
    );
    const textRoom = 260;
    const half = (WIDTH - 2 * SIDE - labelRoom - textRoom - 20) / 2;
    const middle = SIDE + labelRoom + 10 + half;
    const rows = shown.map((group, i) => {
      const { before, after } = amounts(group);
      const y = top + i * ROW;
      const width = (Math.abs(after - before) / most) * half;
      return (
        `<g>${svgText(SIDE + labelRoom, y + 12, labels[i] ?? "", { anchor: "end", room: labelRoom })}` +
        `<rect style="fill:${after > before ? "#d2453a" : "#3a78c9"}" x="${pixels(after > before ? middle : middle - width)}" y="${y + 1}" width="${pixels(width)}" height="${ROW - 4}"/>` +
        `${svgText(WIDTH - SIDE - textRoom, y + 12, `${this.text(group.values[PLACES.before])} → ${this.text(group.values[PLACES.after])}`)}</g>\n`
      );
    });
    const left = this.groupList.length - shown.length;
    const rest =
      left > 0 ? svgText(SIDE, top + shown.length * ROW + 14, andMore(left), { className: "faint" }) : "";
    const rule = `<path class="rule" d="M${pixels(middle)} ${top}v${shown.length * ROW}"/>`;
    return { height: top + shown.length * ROW + 30, body: head + rule + rows.join("") + rest };
  }

  private text(amount: AggregateValue | undefined): string {
    return formatValue(
      typeof amount === "number" ? amount : null,
      this.result.aggregates[PLACES.after] as ResultColumn,
      this.context,
    );
  }
}

function amounts({ values }: Group): { readonly before: number; readonly after: number } {
  return { before: Number(values[PLACES.before] ?? 0), after: Number(values[PLACES.after] ?? 0) };
}

function signed(percent: number): string {
  return `${percent > 0 ? "+" : ""}${percent.toFixed(1)}`;
}
