/** Histograms over time on a screen: a line for each bucket, a character for each interval, darker where more events are. */
import { grouped } from "../../integers.js";
import { greatest } from "../../lists.js";
import type { Result } from "../../plan/plan.js";
import { escapeText } from "../value/escape.js";
import { intervalTime } from "../value/format-value.js";
import type { HeatHistory } from "../heat-history.js";
import type { ViewContext } from "../types.js";
import { histogramsOf } from "./columns.js";
import { boundsOf } from "./histogram.js";

/** Narrow enough for a screen of 60 columns with the bounds of its buckets. */
export const HEAT_COLUMNS = 30;

/** The first is for no events. */
const SHADES = [" ", "·", "░", "▒", "▓", "█"];

/** A block for each histogram; none before there are two intervals. */
export function heatLines(history: HeatHistory, result: Result, context: ViewContext): readonly string[] {
  const { intervals, step, times } = history;
  if (intervals < 2) return [];
  return histogramsOf(result).flatMap(({ column }, index) => {
    if (!("unit" in column.type)) return [];
    const { unit } = column.type;
    const { buckets, counts, most } = history.rows(index);
    const labels = buckets.map((bucket) => boundsOf(bucket, { unit, display: column.display }));
    const width = greatest(labels.map(({ length }) => length));
    const since = intervalTime(times[0] ?? 0, context.clock, result.every);
    const each = step > 1 ? `, ${step} intervals a column` : "";
    return [
      context.colors.bold(`${escapeText(column.label)} since ${since}${each}; █ is up to ${grouped(most)}`),
      ...counts.map((row, i) => {
        const cells = row.map((count) => shadeOf(count, most)).join("");
        return `${(labels[i] ?? "").padEnd(width)} ${context.colors.cyan(cells.trimEnd())}`;
      }),
    ];
  });
}

/** The square root, so that the few beside the many are seen. */
function shadeOf(count: number, most: number): string {
  return SHADES[Math.ceil(Math.sqrt(count / most) * (SHADES.length - 1))] ?? "";
}
