/** Percentiles of a histogram: bounds only, because the position of a value within its bucket is not known. */
import { percentileOf } from "../../aggregates/histograms.js";
import type { Bucket, Histogram } from "../../aggregates/values.js";
import { formatBound, type HistogramOptions } from "./histogram-bounds.js";

export const PERCENTS = [50, 90, 99] as const;

/** Returns `p50 < 8.19 µs  p90 < 16.4 µs  p99 >= 2.15 s`; undefined where nothing was counted. */
export function percentilesText(histogram: Histogram, options: HistogramOptions): string | undefined {
  const texts = PERCENTS.flatMap((percent) => {
    const text = percentileText(histogram, percent, options);
    return text === undefined ? [] : [`p${percent} ${text}`];
  });
  return texts.length === 0 ? undefined : texts.join("  ");
}

/** Returns `< 8.19 µs`; undefined where nothing was counted. */
export function percentileText(
  histogram: Histogram,
  percent: number,
  options: HistogramOptions,
): string | undefined {
  const bucket = percentileOf(histogram, percent);
  return bucket && boundText(bucket, options);
}

function boundText({ min, max }: Bucket, options: HistogramOptions): string {
  if (max === null) return min === null ? "-" : `>= ${formatBound(min, options)}`;
  if (min === max) return `= ${formatBound(max, options)}`;
  return `< ${formatBound(typeof max === "bigint" ? max + 1n : max + 1, options)}`;
}
