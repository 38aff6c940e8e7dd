/**
 * The cost of each type of probe in nanoseconds per event: the planner ranks equivalent probes by it.
 *
 * Measured by `test/kernel/measure-costs.ts` in the Debian guests (6.1, 6.12, 7.2): a program that only counts, on
 * an event of about a microsecond; medians of seven rounds, then the median of the guests, rounded. The guests are
 * emulated: the figures are several times those of real hardware, and only their order is used. A type that has not
 * been measured has the cost of the most similar one.
 */
import type { Alternative, CheckedSource, ProbePoint, ProbeType } from "../semantics/typed.js";
import { greatest, smallest } from "../lists.js";

interface Cost {
  /** By how much the event takes longer in total. */
  readonly event: number;
  /** The run time of the program within that, by the kernel's statistics (`kernel.bpf_stats_enabled`). */
  readonly program: number;
}

const COSTS: Readonly<Record<ProbeType, Cost>> = {
  rawtracepoint: { event: 260, program: 120 },
  fentry: { event: 320, program: 150 },
  fexit: { event: 410, program: 190 },
  kprobe: { event: 550, program: 140 },
  software: { event: 750, program: 180 },
  hardware: { event: 750, program: 180 }, // not measured: no counters in a guest
  kretprobe: { event: 1060, program: 150 },
  tracepoint: { event: 1060, program: 170 },
  interval: { event: 1000, program: 180 }, // not measured: the user chooses its rate
  profile: { event: 1000, program: 180 }, // not measured: the user chooses its rate
  uretprobe: { event: 17_600, program: 500 },
  uprobe: { event: 21_500, program: 480 },
  usdt: { event: 21_500, program: 480 }, // not measured: implemented as a uprobe
};

/** Types whose events the kernel keeps stable; kernel functions are internal and change. */
const STABLE: ReadonlySet<ProbeType> = new Set(["software", "hardware", "tracepoint", "rawtracepoint"]);

export function isStable(point: ProbePoint): boolean {
  return STABLE.has(point.type);
}

/** The cost of one event at this probe, in nanoseconds. */
export function eventCost(point: ProbePoint): number {
  return COSTS[point.type].event;
}

/** The cost of one event of an alternative in nanoseconds: of all its probes, at their cheapest. */
export function alternativeCost({ trigger }: Alternative): number {
  return trigger.kind === "probe" ? eventCost(trigger.point) : sourceCost(trigger.source);
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
