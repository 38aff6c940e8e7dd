/** Histograms over time as a picture: a column for each interval, a row for each bucket, darker where more events are. */
import { grouped } from "../../integers.js";
import { keyColumns } from "../../plan/columns.js";
import type { GroupsResult, LineResult, OpenResult } from "../../plan/plan.js";
import type { GroupsEvent } from "../../results/events.js";
import { greatest } from "../../lists.js";
import { HeatHistory } from "../heat-history.js";
import { histogramsOf } from "../table/columns.js";
import { boundsOf } from "../table/histogram.js";
import { intervalTime } from "../value/format-value.js";
import { escapeXml } from "../value/xml.js";
import type { ViewContext } from "../types.js";
import { heading } from "./bars.js";
import { CHARACTER, pixels, svgText, WIDTH, type Picture } from "./picture.js";
import { timeAxis } from "./time-axis.js";

const MOST_COLUMNS = 400;
const SIDE = 10;
const ROW = 17;
/** The least that a cell with an event is filled, so that one event among millions is seen. */
const FAINTEST = 0.12;

export class HeatMap {
  private readonly history: HeatHistory;

  constructor(
    private readonly result: GroupsResult | LineResult | OpenResult,
    private readonly context: ViewContext,
  ) {
    this.history = new HeatHistory(result, MOST_COLUMNS);
  }

  /** Adds a whole interval; its groups are added up. */
  add(event: GroupsEvent): void {
    this.history.add(event);
  }

  draw(title: string, notes: readonly string[]): readonly Picture[] {
    const { intervals, step } = this.history;
    if (intervals < 2) return [];
    const merged = step > 1 ? [`each column is the sum of ${step} intervals`] : [];
    return histogramsOf(this.result).map((_, i) =>
      this.panel(i, i === 0 ? title : "", i === 0 ? [...notes, ...merged] : []),
    );
  }

  private panel(index: number, title: string, notes: readonly string[]): Picture {
    const { column } = histogramsOf(this.result)[index] ?? {};
    const unit = column && "unit" in column.type ? column.type.unit : "none";
    const options = { unit, display: column?.display };
    const { times, step } = this.history;
    const { buckets, counts, most } = this.history.rows(index);
    const keyed = keyColumns(this.result).length > 0 ? ", all groups together" : "";
    const about = `${column?.label ?? ""} over time${keyed} · the darkest cell has ${grouped(most)} events`;
    const { head, y: top } = heading(title, notes, about);
    const labels = buckets.map((bucket) => boundsOf(bucket, options));
    const left =
      SIDE +
      8 +
      greatest(
        labels.map((each) => each.length * CHARACTER),
        60,
      );
    const room = WIDTH - left - SIDE - 20;
    const width = room / Math.max(1, times.length);
    const every = Number(this.result.every ?? 0n) * step;
    const cells = counts.map((row, r) => {
      const y = top + r * ROW;
      const drawn = row.map((count, at) => {
        if (count === 0) return "";
        const ends = intervalTime(times[at] ?? 0, this.context.clock, this.result.every);
        // The square root, so that the few beside the many are seen.
        const shade = FAINTEST + (1 - FAINTEST) * Math.sqrt(count / most);
        return (
          `<rect class="bar" x="${pixels(left + at * width)}" y="${y}" width="${pixels(Math.max(1, width - (width > 4 ? 1 : 0)))}" height="${ROW - 1}" style="fill-opacity:${shade.toFixed(2)}">` +
          `<title>${escapeXml(`${ends} ${labels[r] ?? ""}: ${grouped(count)} events`)}</title></rect>`
        );
      });
      return `${svgText(left - 8, y + 12, labels[r] ?? "", { anchor: "end" })}${drawn.join("")}\n`;
    });
    const bottom = top + buckets.length * ROW;
    const first = (times[0] ?? 0) - every / step;
    const last = (times.at(-1) ?? 0) + (every - every / step);
    const axis = timeAxis({ first, last, left, room, bottom }, this.context.clock);
    return { height: bottom + 34, body: head + cells.join("") + axis };
  }
}
