/** A chart of results over time: a panel for each aggregate, a line for each group. */
import type { GroupsResult, LineResult, OpenResult } from "../../plan/plan.js";
import type { Group, GroupsEvent, RowEvent } from "../../results/events.js";
import { histogramsOf, scalarColumns, type ShownColumn } from "../table/columns.js";
import { formatValue } from "../value/format-value.js";
import { keyColumns } from "../../plan/columns.js";
import { partialText } from "../partial.js";
import type { ViewContext } from "../types.js";
import { heading } from "./bars.js";
import type { Chart } from "./chart.js";
import { HistogramChart } from "./histograms.js";
import { CHARACTER, pixels, svgText, WIDTH, type Picture } from "./picture.js";
import { HeatMap } from "./heat-map.js";
import { timeAxis } from "./time-axis.js";
import { isBinary, tickLabel, ticks } from "./scale.js";

/** The most lines that can be allNotes apart; the others are only counted. */
const MOST = 8;
/** The most groups retained during the run; a query with more needs `top`. */
const MOST_KEPT = 2_000;
/** More points than pixels are not visible: pairs of points are then merged. */
const MOST_POINTS = WIDTH;
const SIDE = 10;
const LEFT = 90;
const HEIGHT = 160;

interface Series {
  readonly label: string;
  /** By column, then by interval; undefined where nothing was counted. */
  readonly points: (number | undefined)[][];
}

export class TimeChart implements Chart {
  private readonly columns: readonly ShownColumn[];
  private readonly keys: readonly ShownColumn[];
  private readonly series = new Map<string, Series>();
  private readonly histograms: HistogramChart | undefined;
  private readonly heat: HeatMap;
  private times: number[] = [];
  /** The number of intervals that one point stands for. */
  private step = 1;
  private intervals = 0;
  private left = new Set<string>();
  /** The last batch that is not drawn since it does not cover a whole interval, and the number of them. */
  private partial: GroupsEvent | undefined;
  private partials = 0;

  constructor(
    private readonly result: GroupsResult | LineResult | OpenResult,
    private readonly context: ViewContext,
  ) {
    const columns = scalarColumns(result);
    const keys = keyColumns(result).length;
    this.keys = columns.slice(0, keys);
    this.columns = columns.slice(keys);
    this.histograms = histogramsOf(result).length > 0 ? new HistogramChart(result, context) : undefined;
    this.heat = new HeatMap(result, context);
  }

  row(_event: RowEvent): void {
    // A result of this kind has no rows.
  }

  groups(event: GroupsEvent): void {
    this.histograms?.groups(event);
    if (event.partial === true) {
      this.partial = event;
      this.partials++;
    } else this.add(event);
  }

  private add(event: GroupsEvent): void {
    this.heat.add(event);
    if (this.intervals++ % this.step === 0) this.times.push(Number(event.nsecs));
    const at = this.times.length - 1;
    for (const group of event.groups) {
      const series = this.seriesOf(group);
      if (!series) continue;
      for (const [i, column] of this.columns.entries()) {
        const points = (series.points[i] ??= []);
        const value = Number(column.of(group) ?? 0);
        points[at] = Math.max(points[at] ?? 0, value);
      }
    }
    if (this.times.length > MOST_POINTS) this.thin();
  }

  /** Merges pairs of points, keeping the larger value. */
  private thin(): void {
    const half = <T>(values: readonly T[], join: (a: T, b: T | undefined) => T): T[] =>
      Array.from({ length: Math.ceil(values.length / 2) }, (_, i) =>
        join(values[2 * i] as T, values[2 * i + 1]),
      );
    this.step *= 2;
    this.times = half(this.times, (a) => a);
    for (const { points } of this.series.values())
      for (const [i, each] of points.entries())
        points[i] = half(each, (a, b) => (a === undefined ? b : b === undefined ? a : Math.max(a, b)));
  }

  private seriesOf(group: Group): Series | undefined {
    const label = this.keys.map((key) => formatValue(key.of(group), key, this.context)).join(", ");
    const known = this.series.get(label);
    if (known) return known;
    if (this.series.size >= MOST_KEPT) {
      if (this.left.size < MOST_KEPT) this.left.add(label);
      return undefined;
    }
    const series: Series = { label, points: [] };
    this.series.set(label, series);
    return series;
  }

  draw(notes: readonly string[]): readonly Picture[] {
    const allNotes = [
      ...notes,
      ...(this.step > 1 ? [`each point is the largest of ${this.step} intervals`] : []),
      ...this.partialNote(),
    ];
    const panels = this.columns.map((column, i) => {
      const sized = [...this.series.values()]
        .map(({ label, points }) => {
          const of = points[i] ?? [];
          return { label, points: of, size: of.reduce<number>((sum, each) => sum + (each ?? 0), 0) };
        })
        .sort((a, b) => b.size - a.size);
      return this.panel(i === 0 ? this.result.query : "", i === 0 ? allNotes : [], column, sized);
    });
    const isFirst = panels.length === 0;
    const heat = this.heat.draw(isFirst ? this.result.query : "", isFirst ? allNotes : []);
    const isAlone = isFirst && heat.length === 0;
    return [...panels, ...heat, ...(this.histograms?.draw(isAlone ? allNotes : [], isAlone) ?? [])];
  }

  /** A short interval beside whole ones looks like a fall. */
  private partialNote(): readonly string[] {
    const text = this.partial && partialText(this.partial);
    if (!this.partial || text === undefined) return [];
    if (this.intervals > 0)
      return [
        this.partials === 1
          ? `one interval is not drawn: ${text}`
          : `${this.partials} intervals are not drawn: partial`,
      ];
    this.add(this.partial);
    return [`the interval is ${text}`];
  }

  private panel(
    title: string,
    notes: readonly string[],
    column: ShownColumn,
    all: readonly { readonly label: string; readonly points: readonly (number | undefined)[] }[],
  ): Picture {
    const left = Math.max(0, all.length - MOST) + this.left.size;
    const about = `${column.label}${all.length === 0 ? ": no events" : ""}${left > 0 ? ` · ${left} smaller groups are not drawn` : ""}`;
    const { head, y: top } = heading(title, notes, about);
    const shown = all.slice(0, MOST);
    const most = shown.reduce(
      (sum, { points }) => points.reduce<number>((a, b) => Math.max(a, b ?? 0), sum),
      0,
    );
    const marks = ticks(most, isBinary(column));
    const ceiling = marks.at(-1) || 1;
    const room = WIDTH - LEFT - SIDE - 20;
    const first = this.times[0] ?? 0;
    const span = Math.max(1, (this.times.at(-1) ?? 0) - first);
    const x = (i: number): number =>
      LEFT + (this.times.length < 2 ? room / 2 : (((this.times[i] ?? 0) - first) / span) * room);
    const y = (value: number): number => top + HEIGHT - (value / ceiling) * HEIGHT;
    const grid = marks.map(
      (mark) =>
        `<path class="rule" d="M${LEFT} ${pixels(y(mark))}h${room}"/>` +
        svgText(LEFT - 6, y(mark) + 4, tickLabel(mark, column, this.context), {
          anchor: "end",
          className: "faint",
        }),
    );
    const lines = shown.map(({ label, points }, n) => {
      // An interval without the group counts as 0.
      const at = this.times.map((_, i) => `${pixels(x(i))} ${pixels(y(points[i] ?? 0))}`);
      const hue = COLOURS[n % COLOURS.length];
      const dots =
        this.times.length === 1
          ? `<circle cx="${pixels(x(0))}" cy="${pixels(y(points[0] ?? 0))}" r="3" style="fill:${hue}"/>`
          : "";
      return (
        `<path d="M${at.join("L")}" style="fill:none;stroke:${hue};stroke-width:1.6"/>${dots}` +
        this.key(n, label, hue ?? "", top)
      );
    });
    const axis = timeAxis(
      { first, last: this.times.at(-1) ?? 0, left: LEFT, room, bottom: top + HEIGHT },
      this.context.clock,
    );
    const keys = shown.length > 1 || shown[0]?.label ? Math.ceil(shown.length / 2) * 16 : 0;
    return { height: top + HEIGHT + 30 + keys, body: head + grid.join("") + lines.join("") + axis };
  }

  /** Draws the key below the picture, in two columns. */
  private key(n: number, label: string, hue: string, top: number): string {
    if (label === "") return "";
    const x = LEFT + (n % 2) * 520;
    const y = top + HEIGHT + 34 + Math.floor(n / 2) * 16;
    return `<rect x="${x}" y="${y - 9}" width="10" height="10" style="fill:${hue}"/>${svgText(x + 14, y, label, { room: 500 - CHARACTER })}`;
  }
}

/** Colours that colour-blind readers can tell apart. */
const COLOURS = ["#3f7cb8", "#d9822b", "#2a9d74", "#b4509e", "#8a6d1f", "#5bb7d5", "#c94f4f", "#7a7f87"];
