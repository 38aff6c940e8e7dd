/** What each aggregate of a result is grouped by and computed from, as expressions. */
import type { Typed } from "../semantics/typed.js";
import { allSteps } from "./needs.js";
import type { Plan, Result } from "./plan.js";

export type AggregatingResult = Exclude<Result, { kind: "rows" | "openRows" }>;

interface AggregateInputs {
  readonly keys: readonly Typed[];
  readonly value?: Typed | undefined;
}

/** As a probe computes them; for open spans, as an entry gives them. */
export function aggregateInputs(plan: Plan, index: number, position: number): AggregateInputs {
  const result = plan.results[index];
  if (result?.kind === "openGroups")
    return { keys: result.keys.map(({ value }) => value), value: result.aggregates[position]?.value };
  for (const step of allSteps(plan.probes)) {
    if (step.do !== "aggregate" || step.result !== index) continue;
    const update = step.updates.find(({ aggregate }) => aggregate === position);
    if (update) return { keys: step.key, value: update.value };
  }
  return { keys: [] };
}
