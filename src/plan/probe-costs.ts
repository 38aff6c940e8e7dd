/** Ranks equivalent probes by what an event costs; `src/costs/` has what is known of that. */
import { middleOf } from "../costs/cost.js";
import { KNOWN_COSTS } from "../costs/known.js";
import { greatest, smallest } from "../lists.js";
import type { Alternative, CheckedSource, ProbePoint } from "../semantics/typed.js";

/** Types whose events the kernel keeps stable; kernel functions are internal and change. */
const STABLE: ReadonlySet<ProbePoint["type"]> = new Set([
  "software",
  "hardware",
  "tracepoint",
  "rawtracepoint",
]);

export function isStable(point: ProbePoint): boolean {
  return STABLE.has(point.type);
}

/** The rank of an alternative by the cost of one event: of all its probes, at their cheapest. */
export function alternativeCost({ trigger }: Alternative): number {
  return trigger.kind === "probe"
    ? middleOf(KNOWN_COSTS.probes[trigger.point.type])
    : sourceCost(trigger.source);
}

function sourceCost(source: CheckedSource): number {
  switch (source.kind) {
    case "event":
      return cheapest(source.alternatives);
    case "union":
      return greatest(source.members.map((m) => sourceCost(m.source)));
    case "span":
      return cheapest(source.begin) + cheapest(source.end);
  }
}

function cheapest(alternatives: readonly Alternative[]): number {
  return smallest(alternatives.filter((a) => a.unavailable === undefined).map(alternativeCost));
}
