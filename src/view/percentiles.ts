/** What the buckets of a histogram tell of its percentiles: bounds, as a value in a bucket is not known closer. */
import type { Bucket, Histogram } from "../runtime/events.js";
import { formatBound, type HistogramOptions } from "./histogram-bounds.js";

const PERCENTS = [50, 90, 99] as const;

/** `p50 < 8.19 µs  p90 < 16.4 µs  p99 >= 2.15 s`; undefined where nothing was counted. */
export function percentilesText({ buckets }: Histogram, options: HistogramOptions): string | undefined {
  const total = buckets.reduce((sum, { count }) => sum + BigInt(count), 0n);
  if (total === 0n) return undefined;
  return PERCENTS.map((percent) => {
    const bucket = bucketAt(buckets, total * BigInt(percent));
    return `p${percent} ${bucket ? boundText(bucket, options) : "-"}`;
  }).join("  ");
}

/** The first with which as many are counted; `hundredths` of events. */
function bucketAt(buckets: readonly Bucket[], hundredths: bigint): Bucket | undefined {
  let seen = 0n;
  return buckets.find(({ count }) => (seen += BigInt(count)) * 100n >= hundredths);
}

function boundText({ min, max }: Bucket, options: HistogramOptions): string {
  if (max === null) return min === null ? "-" : `>= ${formatBound(min, options)}`;
  if (min === max) return `= ${formatBound(max, options)}`;
  return `< ${formatBound(typeof max === "bigint" ? max + 1n : max + 1, options)}`;
}
