/** A histogram as text: a line a bucket, with bounds in units and a bar. */
import type { Bucket, Histogram } from "../../aggregates/values.js";
import { formatBound, type HistogramOptions } from "../value/histogram-bounds.js";
import { percentilesText } from "../value/percentiles.js";
import { greatest } from "../../lists.js";

const WIDEST_BAR = 52;
const NARROWEST_BAR = 10;

/**
 * Formats a histogram, with bounds of its percentiles below:
 *
 *     [4 KiB, 8 KiB)        12 |@@@@@@@@@@@                             |
 */
export function histogramLines(histogram: Histogram, options: HistogramOptions): string[] {
  const { buckets } = histogram;
  if (buckets.length === 0) return ["no events"];
  const labels = buckets.map((bucket) => boundsOf(bucket, options));
  const counts = buckets.map(({ count }) => String(count));
  const labelWidth = greatest(labels.map((each) => each.length));
  const countWidth = greatest(counts.map((each) => each.length));
  const room = (options.width ?? 80) - labelWidth - countWidth - 4;
  const bar = Math.max(NARROWEST_BAR, Math.min(WIDEST_BAR, room));
  const most = greatest(
    buckets.map(({ count }) => Number(count)),
    1,
  );
  const lines = buckets.map(({ count }, i) => {
    const size = Number(count) === 0 ? 0 : Math.max(1, Math.round((Number(count) / most) * bar));
    return `${labels[i]?.padEnd(labelWidth)} ${counts[i]?.padStart(countWidth)} |${"@".repeat(size).padEnd(bar)}|`;
  });
  const percentiles = percentilesText(histogram, options);
  return percentiles === undefined ? lines : [...lines, percentiles];
}

/** Formats a bucket as a half-open range, so that powers of two appear as such. */
export function boundsOf({ min, max }: Bucket, options: HistogramOptions): string {
  const show = (bound: number | bigint): string => formatBound(bound, options);
  if (min !== null && max !== null && min === max) return `[${show(min)}]`;
  const end = max === null ? "...)" : `${show(typeof max === "bigint" ? max + 1n : max + 1)})`;
  return `${min === null ? "(..." : `[${show(min)}`}, ${end}`;
}
