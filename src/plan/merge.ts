/**
 * One probe for each place, in which parts that were planned apart follow each other in the order of their
 * planning. Two programs at one place would cost twice, and run in an order that no tracer promises: an event that
 * ends one span and begins the next (realloc) must end the old one first.
 */
import { pointText } from "../semantics/probe-points.js";
import type { Typed } from "../semantics/typed.js";
import { partsOf, valuesOf } from "./needs.js";
import type { PlanProbe, Step } from "./plan.js";
import { append } from "../lists.js";

/** A probe as it was planned. */
export interface PlannedProbe extends PlanProbe {
  /** When it was planned, which is not always where it stands. */
  readonly order: number;
}

/** A merged probe stands where its first part did, but after those that store what it looks up. */
export function mergeProbes(probes: readonly PlannedProbe[]): PlanProbe[] {
  const byPoint = new Map<string, PlannedProbe[]>();
  for (const probe of probes) {
    const key = pointText(probe.point);
    byPoint.set(key, [...(byPoint.get(key) ?? []), probe]);
  }
  return storedFirst(
    [...byPoint.values()].map((parts) => mergeParts(parts.sort((a, b) => a.order - b.order))),
  );
}

/**
 * So that a script can be read from its top, by people and by tracers that take the type of a map from the first
 * statement about it. Those that wait for each other keep their order.
 */
function storedFirst(probes: readonly PlanProbe[]): PlanProbe[] {
  const left = probes.map((probe) => ({ probe, ...mapsOf(probe) }));
  const waits = (one: (typeof left)[number], other: (typeof left)[number]): boolean =>
    one !== other &&
    [...one.read].some((map) => other.stored.has(map) && !(one.stored.has(map) && other.read.has(map)));
  const ordered: PlanProbe[] = [];
  while (left.length > 0) {
    const ready = left.findIndex((one) => !left.some((other) => waits(one, other)));
    append(
      ordered,
      left.splice(Math.max(ready, 0), 1).map(({ probe }) => probe),
    );
  }
  return ordered;
}

/** The maps of spans that a probe's steps and conditions name. */
function mapsOf({ filter, steps }: PlanProbe): {
  readonly read: ReadonlySet<string>;
  readonly stored: ReadonlySet<string>;
} {
  const values = [...filter, ...steps.flatMap(valuesOf)].flatMap(partsOf);
  return {
    read: new Set(values.flatMap((value) => (value.op === "state" ? [value.map] : []))),
    stored: new Set(storedBy(steps)),
  };
}

function storedBy(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) =>
    step.do === "store" ? [step.map] : step.do === "when" ? storedBy(step.then) : [],
  );
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
