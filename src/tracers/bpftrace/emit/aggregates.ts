/** Aggregates as bpftrace calls them. */
import type { ResultAggregate } from "../../../plan/plan.js";

export function aggregateCall(
  aggregate: Pick<ResultAggregate, "fn" | "range">,
  value: string | undefined,
): string {
  const { fn, range } = aggregate;
  if (fn === "count") return "count()";
  if (range) return `lhist(${value ?? ""}, ${range.min}, ${range.max}, ${range.step})`;
  return `${fn}(${value ?? ""})`;
}

/** Whether a map holds one number a key, which newer versions can read and loop over. */
export function isScalar(aggregate: Pick<ResultAggregate, "fn">): boolean {
  return ["count", "sum", "avg", "min", "max"].includes(aggregate.fn);
}
