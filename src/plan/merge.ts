/**
 * Merges the parts that were planned for one attach point into one probe, in the order in which they were planned.
 * Two programs at one point would cost twice, and no tracer guarantees their order: an event that ends one span and
 * begins the next (realloc) must end the old one first.
 */
import { pointText } from "../semantics/source/probe-points.js";
import type { Typed } from "../semantics/typed.js";
import { partsOf, statesChangedBy, valuesOf } from "./needs.js";
import type { PlanProbe, Purpose, Step } from "./plan.js";
import { isSame, structureOf } from "./same.js";

/** A probe as it was planned. */
export interface PlannedProbe extends PlanProbe {
  /** Its position in the order of planning, which may differ from its position in the list. */
  readonly order: number;
}

/** A merged probe takes the position of its first part, but follows the probes that store what it looks up. */
export function mergeProbes(probes: readonly PlannedProbe[]): PlanProbe[] {
  const byPoint = new Map<string, PlannedProbe[]>();
  for (const probe of probes) {
    const key = pointText(probe.point);
    const parts = byPoint.get(key);
    if (parts) parts.push(probe);
    else byPoint.set(key, [probe]);
  }
  return storedFirst(
    [...byPoint.values()]
      .map((parts) => mergeParts(parts.sort((a, b) => a.order - b.order)))
      .map((probe) => ({ ...probe, filter: distinct(probe.filter), steps: testedOnce(probe.steps) })),
  );
}

/** Where states have become one, so have tests of them. */
function testedOnce(steps: readonly Step[]): readonly Step[] {
  return steps.map((step) => {
    if (!("then" in step)) return step;
    const then = testedOnce(step.then);
    return step.do === "when" ? { ...step, all: distinct(step.all), then } : { ...step, then };
  });
}

function distinct(tests: readonly Typed[]): readonly Typed[] {
  return tests.filter((test, i) => tests.findIndex((other) => isSame(other, test)) === i);
}

/**
 * Orders probes so that states are stored before they are read: for readers, and for tracers that infer the type of a
 * map from the first statement that uses it. Probes that depend on each other keep their order.
 */
function storedFirst(probes: readonly PlanProbe[]): PlanProbe[] {
  const all = probes.map((probe) => ({ probe, ...statesOf(probe), waits: 0, followers: new Set<number>() }));
  const storers = new Map<string, number[]>();
  all.forEach(({ stored }, i) => {
    for (const state of stored) storers.set(state, [...(storers.get(state) ?? []), i]);
  });
  all.forEach((one, i) => {
    for (const state of one.read)
      for (const j of storers.get(state) ?? []) {
        const other = all[j];
        if (!other || i === j || other.followers.has(i)) continue;
        if (one.stored.has(state) && other.read.has(state)) continue;
        other.followers.add(i);
        one.waits++;
      }
  });
  const left = [...all];
  const ordered: PlanProbe[] = [];
  while (left.length > 0) {
    const ready = left.findIndex(({ waits }) => waits === 0);
    for (const { probe, followers } of left.splice(Math.max(ready, 0), 1)) {
      ordered.push(probe);
      for (const follower of followers) {
        const waiting = all[follower];
        if (waiting) waiting.waits--;
      }
    }
  }
  return ordered;
}

/** The states that a probe's steps and conditions read and store. */
function statesOf({ filter, steps }: PlanProbe): {
  readonly read: ReadonlySet<string>;
  readonly stored: ReadonlySet<string>;
} {
  const read = statesIn([...filter, ...steps.flatMap(valuesOf)]);
  return { read: new Set(read), stored: new Set(storedBy(steps)) };
}

function statesIn(values: readonly Typed[]): readonly string[] {
  return values.flatMap(partsOf).flatMap((v) => (v.op === "state" || v.op === "begun" ? [v.state] : []));
}

function storedBy(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) =>
    step.do === "store" ? [step.state] : "then" in step ? storedBy(step.then) : [],
  );
}

function mergeParts(parts: readonly PlannedProbe[]): PlanProbe {
  const [first, ...others] = parts as [PlannedProbe, ...PlannedProbe[]];
  const { point, purposes, filter, steps } = first;
  const unattributed = parts.some((p) => p.unattributed) ? { unattributed: true as const } : {};
  if (others.length === 0) return { point, purposes, filter, steps, ...unattributed };
  const changed = new Set(parts.slice(0, -1).flatMap((part) => statesChangedBy(part.steps)));
  const shared = filter.filter(
    (test) =>
      others.every((o) => o.filter.some((t) => isSame(t, test))) &&
      // What an earlier part changes is tested again by the later ones.
      statesIn([test]).every((state) => !changed.has(state)),
  );
  return {
    point,
    purposes: distinctPurposes(parts.flatMap((p) => p.purposes)),
    filter: shared,
    steps: parts.flatMap((p) => guarded(p, shared)),
    ...unattributed,
  };
}

function guarded({ purposes, filter, steps }: PlannedProbe, shared: readonly Typed[]): readonly Step[] {
  const own = filter.filter((test) => !shared.some((s) => isSame(s, test)));
  return own.length === 0 ? steps : [{ do: "when", all: own, then: steps, purposes }];
}

function distinctPurposes(purposes: readonly Purpose[]): readonly Purpose[] {
  return [...new Map(purposes.map((p) => [structureOf(p), p])).values()];
}
