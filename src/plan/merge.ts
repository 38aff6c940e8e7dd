/**
 * One probe for each place, in which parts that were planned apart follow each other in the order of their
 * planning. Two programs at one place would cost twice, and run in an order that no tracer promises: an event that
 * ends one span and begins the next (realloc) must end the old one first.
 */
import { pointText } from "../semantics/probe-points.js";
import type { Typed } from "../semantics/typed.js";
import type { PlanProbe, Step } from "./plan.js";

/** A probe as it was planned. */
export interface PlannedProbe extends PlanProbe {
  /** When it was planned, which is not always where it stands. */
  readonly order: number;
}

/** The merged probe stands where its first part did. */
export function mergeProbes(probes: readonly PlannedProbe[]): PlanProbe[] {
  const byPoint = new Map<string, PlannedProbe[]>();
  for (const probe of probes) {
    const key = pointText(probe.point);
    byPoint.set(key, [...(byPoint.get(key) ?? []), probe]);
  }
  return [...byPoint.values()].map((parts) => mergeParts(parts.sort((a, b) => a.order - b.order)));
}

function mergeParts(parts: readonly PlannedProbe[]): PlanProbe {
  const [first, ...others] = parts as [PlannedProbe, ...PlannedProbe[]];
  const { point, purpose, filter, steps } = first;
  const unattributed = parts.some((p) => p.unattributed) ? { unattributed: true as const } : {};
  if (others.length === 0) return { point, purpose, filter, steps, ...unattributed };
  const shared = filter.filter((test) => others.every((o) => o.filter.some((t) => same(t, test))));
  return {
    point,
    purpose: [...new Set(parts.map((p) => p.purpose))].join("; "),
    filter: shared,
    steps: parts.flatMap((p) => guarded(p, shared)),
    ...unattributed,
  };
}

function guarded({ purpose, filter, steps }: PlannedProbe, shared: readonly Typed[]): readonly Step[] {
  const own = filter.filter((test) => !shared.some((s) => same(s, test)));
  return own.length === 0 ? steps : [{ do: "when", all: own, then: steps, purpose }];
}

function same(a: Typed, b: Typed): boolean {
  return a === b || textOf(a) === textOf(b);
}

function textOf(value: Typed): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));
}
