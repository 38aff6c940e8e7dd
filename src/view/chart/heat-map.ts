/** Histograms over time: a column for each interval, a row for each bucket, darker where more events are. */
import { grouped } from "../../integers.js";
import { keyColumns } from "../../plan/columns.js";
import type { GroupsResult, LineResult, OpenResult } from "../../plan/plan.js";
import type { Bucket } from "../../aggregates/values.js";
import type { GroupsEvent } from "../../results/events.js";
import { greatest } from "../../lists.js";
import { histogramAt, histogramsOf } from "../table/columns.js";
import { boundsOf } from "../table/histogram.js";
import { intervalTime } from "../value/format-value.js";
import { escapeXml } from "../value/xml.js";
import type { ViewContext } from "../types.js";
import { heading } from "./bars.js";
import { CHARACTER, pixels, svgText, WIDTH, type Picture } from "./picture.js";
import { timeAxis } from "./time-axis.js";

/** More columns than these are merged in pairs. */
const MOST_COLUMNS = 400;
const SIDE = 10;
const ROW = 17;
/** The least that a cell with an event is filled, so that one event among millions is seen. */
const FAINTEST = 0.12;

/** What was counted in one column, by the lower bound of the bucket. */
type Counts = Map<string, number>;

export class HeatMap {
  private times: number[] = [];
  /** The number of intervals that a column stands for. */
  private step = 1;
  private intervals = 0;
  /** By aggregate, then by column. */
  private readonly counts: Counts[][];
  private readonly buckets: Map<string, Bucket>[];

  constructor(
    private readonly result: GroupsResult | LineResult | OpenResult,
    private readonly context: ViewContext,
  ) {
    this.counts = histogramsOf(result).map(() => []);
    this.buckets = histogramsOf(result).map(() => new Map());
  }

  /** Adds a whole interval; its groups are added up. */
  add(event: GroupsEvent): void {
    if (this.intervals++ % this.step === 0) {
      this.times.push(Number(event.nsecs));
      for (const columns of this.counts) columns.push(new Map());
    }
    for (const group of event.groups)
      for (const [i, { index }] of histogramsOf(this.result).entries())
        for (const bucket of histogramAt(group, index).buckets) {
          const key = String(bucket.min);
          this.buckets[i]?.set(key, bucket);
          const column = this.counts[i]?.at(-1);
          column?.set(key, (column.get(key) ?? 0) + Number(bucket.count));
        }
    if (this.times.length > MOST_COLUMNS) this.merge();
  }

  private merge(): void {
    this.step *= 2;
    this.times = this.times.filter((_, i) => i % 2 === 0);
    for (const columns of this.counts) {
      const merged = columns.flatMap((column, i) => {
        if (i % 2 === 1) return [];
        const both = new Map(column);
        for (const [key, count] of columns[i + 1] ?? []) both.set(key, (both.get(key) ?? 0) + count);
        return [both];
      });
      columns.length = 0;
      for (const each of merged) columns.push(each);
    }
  }

  draw(title: string, notes: readonly string[]): readonly Picture[] {
    if (this.intervals < 2) return [];
    const merged = this.step > 1 ? [`each column is the sum of ${this.step} intervals`] : [];
    return histogramsOf(this.result).map((_, i) =>
      this.panel(i, i === 0 ? title : "", i === 0 ? [...notes, ...merged] : []),
    );
  }

  private panel(index: number, title: string, notes: readonly string[]): Picture {
    const { column } = histogramsOf(this.result)[index] ?? {};
    const unit = column && "unit" in column.type ? column.type.unit : "none";
    const options = { unit, display: column?.display };
    // The largest on top.
    const rows = [...(this.buckets[index]?.values() ?? [])].sort((a, b) => lowest(b) - lowest(a));
    const columns = this.counts[index] ?? [];
    const most = greatest(
      columns.flatMap((each) => [...each.values()]),
      1,
    );
    const keyed = keyColumns(this.result).length > 0 ? ", all groups together" : "";
    const about = `${column?.label ?? ""} over time${keyed} · the darkest cell has ${grouped(most)} events`;
    const { head, y: top } = heading(title, notes, about);
    const labels = rows.map((bucket) => boundsOf(bucket, options));
    const left =
      SIDE +
      8 +
      greatest(
        labels.map((each) => each.length * CHARACTER),
        60,
      );
    const room = WIDTH - left - SIDE - 20;
    const width = room / Math.max(1, columns.length);
    const every = Number(this.result.every ?? 0n) * this.step;
    const cells = rows.map((bucket, r) => {
      const y = top + r * ROW;
      const drawn = columns.map((counts, at) => {
        const count = counts.get(String(bucket.min)) ?? 0;
        if (count === 0) return "";
        const ends = intervalTime(this.times[at] ?? 0, this.context.clock, this.result.every);
        // The square root, so that the few beside the many are seen.
        const shade = FAINTEST + (1 - FAINTEST) * Math.sqrt(count / most);
        return (
          `<rect class="bar" x="${pixels(left + at * width)}" y="${y}" width="${pixels(Math.max(1, width - (width > 4 ? 1 : 0)))}" height="${ROW - 1}" style="fill-opacity:${shade.toFixed(2)}">` +
          `<title>${escapeXml(`${ends} ${labels[r] ?? ""}: ${grouped(count)} events`)}</title></rect>`
        );
      });
      return `${svgText(left - 8, y + 12, labels[r] ?? "", { anchor: "end" })}${drawn.join("")}\n`;
    });
    const bottom = top + rows.length * ROW;
    const first = (this.times[0] ?? 0) - every / this.step;
    const last = (this.times.at(-1) ?? 0) + (every - every / this.step);
    const axis = timeAxis({ first, last, left, room, bottom }, this.context.clock);
    return { height: bottom + 34, body: head + cells.join("") + axis };
  }
}

function lowest({ min, max }: Bucket): number {
  return min === null ? Number(max ?? 0) - 1 : Number(min);
}
