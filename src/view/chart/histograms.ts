/** A chart of histograms, with a panel for each group and aggregate. */
import { isOpen } from "../../plan/columns.js";
import type { GroupsResult, LineResult, OpenResult, ResultColumn } from "../../plan/plan.js";
import { mergeHistograms } from "../../aggregates/histograms.js";
import { isHistogram, type AggregateValue, type Histogram } from "../../aggregates/values.js";
import type { Group, GroupsEvent, RowEvent } from "../../results/events.js";
import { histogramAt, histogramsOf, scalarColumns } from "../table/columns.js";
import { formatValue } from "../value/format-value.js";
import { boundsOf } from "../table/histogram.js";
import type { ViewContext } from "../types.js";
import { escapeXml } from "../value/xml.js";
import { heading } from "./bars.js";
import type { Chart } from "./chart.js";
import { CHARACTER, pixels, svgText, WIDTH, type Picture } from "./picture.js";
import { greatest } from "../../lists.js";

/** The most groups drawn, the largest first; the number of others is noted. */
const MOST = 12;

export class HistogramChart implements Chart {
  /** By the group's keys; intervals are added up. */
  private readonly merged = new Map<string, { readonly group: Group; readonly values: AggregateValue[] }>();

  constructor(
    private readonly result: GroupsResult | OpenResult | LineResult,
    private readonly context: ViewContext,
  ) {}

  row(_event: RowEvent): void {
    // A result of this kind has no rows.
  }

  groups(event: GroupsEvent): void {
    if (isOpen(this.result)) this.merged.clear();
    for (const group of event.groups) {
      const name = this.nameOf(group);
      const known = this.merged.get(name);
      if (!known) {
        this.merged.set(name, { group, values: [...group.values] });
        continue;
      }
      for (const { index } of histogramsOf(this.result))
        known.values[index] = mergeHistograms(
          histogramAt({ ...known.group, values: known.values }, index),
          histogramAt(group, index),
        );
    }
  }

  /** `isFirst`: nothing with the title is above it. */
  draw(notes: readonly string[], isFirst = true): readonly Picture[] {
    const entries = [...this.merged];
    const left = entries.length - MOST;
    const allNotes = left > 0 ? [...notes, `${left} more groups are not drawn`] : notes;
    const panels = entries.slice(0, MOST).flatMap(([name, { values }]) =>
      histogramsOf(this.result).map(({ column, index }) => {
        const value = values[index] ?? null;
        return {
          about: [name, column.label].filter((each) => each !== "").join(": "),
          column,
          histogram: isHistogram(value) ? value : { buckets: [] },
        };
      }),
    );
    const first =
      panels.length === 0 ? [{ about: "", column: undefined, histogram: { buckets: [] } }] : panels;
    return first.map(({ about, column, histogram }, i) =>
      histogramPicture(
        i === 0 && isFirst ? this.result.query : "",
        i === 0 ? allNotes : [],
        about,
        histogram,
        column,
      ),
    );
  }

  private nameOf(group: Group): string {
    const keys = scalarColumns({ ...this.result, aggregates: [] } as typeof this.result);
    return keys.map((key) => formatValue(key.of(group), key, this.context)).join(", ");
  }
}

const SIDE = 10;
const ROW = 17;

export function histogramPicture(
  title: string,
  notes: readonly string[],
  about: string,
  histogram: Histogram,
  column: ResultColumn | undefined,
): Picture {
  const { buckets } = histogram;
  const total = buckets.reduce((sum, { count }) => sum + Number(count), 0);
  const { head, y: top } = heading(
    title,
    notes,
    [about, total > 0 ? `${total} events` : "no events"].filter((each) => each !== "").join(" · "),
  );
  const type = column?.type;
  const unit = type && "unit" in type ? type.unit : "none";
  const labels = buckets.map((bucket) => boundsOf(bucket, { unit, display: column?.display }));
  const labelRoom = greatest(
    labels.map((each) => each.length * CHARACTER),
    60,
  );
  const room = WIDTH - 2 * SIDE - labelRoom - 160;
  const most = greatest(
    buckets.map(({ count }) => Number(count)),
    1,
  );
  let below = 0;
  const rows = buckets.map(({ count }, i) => {
    const y = top + i * ROW;
    below += Number(count);
    const width = Number(count) === 0 ? 0 : Math.max(1, (Number(count) / most) * room);
    const share = Number(count) === 0 ? "0" : `${count}  ${((100 * Number(count)) / total).toFixed(1)}%`;
    return (
      `<g><title>${escapeXml(labels[i] ?? "")}: ${count} events; ${((100 * below) / (total || 1)).toFixed(1)}% are here or below</title>` +
      svgText(SIDE + labelRoom, y + 12, labels[i] ?? "", { anchor: "end" }) +
      `<rect class="bar" x="${pixels(SIDE + labelRoom + 8)}" y="${y + 1}" width="${pixels(width)}" height="${ROW - 3}"/>` +
      `${svgText(SIDE + labelRoom + 14 + width, y + 12, share)}</g>\n`
    );
  });
  return { height: top + buckets.length * ROW + 14, body: head + rows.join("") };
}
