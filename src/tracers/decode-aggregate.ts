/** Decodes an aggregate by its form: a number, the buckets of a histogram, or the parts of a summary. */
import type { ResultAggregate } from "../plan/plan.js";
import { isSigned } from "../types/types.js";
import type { AggregateValue, Bucket, Histogram, Stats } from "../aggregates/values.js";
import { JsonObject, type Json } from "./tracer-json.js";
import { numberOf } from "./column-values.js";
import { shapeOf } from "../aggregates/shapes.js";

/** Undefined if it does not have the form of the aggregate. */
export function decodeAggregate(json: Json, aggregate: ResultAggregate): AggregateValue | undefined {
  switch (shapeOf(aggregate.type)) {
    case "histogram":
      return histogramOf(json);
    case "bounds":
      // The bounds of a percentile are those of its bucket.
      return histogramOf(json);
    case "stats":
      return statsOf(json);
    case "number":
      // A number may be kept as a summary, which can be merged.
      return typeof json === "object"
        ? (statsOf(json) ?? numberOf(json, isSigned(aggregate)))
        : numberOf(json, isSigned(aggregate));
  }
}

function histogramOf(json: Json): Histogram | undefined {
  if (!Array.isArray(json)) return undefined;
  const buckets: Bucket[] = [];
  for (const each of json as readonly Json[]) {
    const bucket = each instanceof JsonObject ? bucketOf(each) : undefined;
    if (!bucket) return undefined;
    buckets.push(bucket);
  }
  return { buckets };
}

function bucketOf(object: JsonObject): Bucket | undefined {
  const count = numberOf(object.get("count") ?? null, false);
  if (count === undefined) return undefined;
  const min = numberOf(object.get("min") ?? null, true) ?? null;
  const max = numberOf(object.get("max") ?? null, true) ?? null;
  // Before 0.20 one bucket holds all values from 2^31 up, and its bounds overflow an int.
  if (min === -(2 ** 31) && max === 0) return { min: 2 ** 31, max: null, count };
  return { min, max, count };
}

function statsOf(json: Json): Stats | undefined {
  if (!(json instanceof JsonObject)) return undefined;
  const count = numberOf(json.get("count") ?? null, false);
  const sum = numberOf(json.get("total") ?? null, true);
  const avg = numberOf(json.get("average") ?? null, true);
  return count === undefined || sum === undefined || avg === undefined ? undefined : { count, sum, avg };
}
