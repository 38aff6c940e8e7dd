/**
 * What a probe costs, in nanoseconds an event: the table by which the planner ranks those that answer alike.
 *
 * Measured by `test/kernel/measure-costs.ts` in the Debian guests (6.1, 6.12, 7.2): a program that only counts, on
 * an event of about a microsecond; medians of seven rounds, and of those the middle one of all guests, rounded.
 * The guests are emulated: the figures are some times those of real hardware, and it is their order that is used.
 * What has not been measured stands where its nearest relative does.
 */
import type { Alternative, CheckedSource, ProbePoint, ProbeType } from "../semantics/typed.js";
import { greatest, smallest } from "../lists.js";

interface Cost {
  /** How much longer the event takes, all told. */
  readonly event: number;
  /** Of that, how long the program runs, by the kernel's own statistics (`kernel.bpf_stats_enabled`). */
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
  interval: { event: 1000, program: 180 }, // not measured: its rate is chosen
  profile: { event: 1000, program: 180 }, // not measured: its rate is chosen
  uretprobe: { event: 17_600, program: 500 },
  uprobe: { event: 21_500, program: 480 },
  usdt: { event: 21_500, program: 480 }, // not measured: a uprobe in another place
};

/** Events that the kernel offers to tracers and keeps; a function of the kernel is its own affair, and moves. */
const KEPT: ReadonlySet<ProbeType> = new Set(["software", "hardware", "tracepoint", "rawtracepoint"]);

export function isKept(point: ProbePoint): boolean {
  return KEPT.has(point.type);
}

/** Of one event at this probe. */
export function eventCost(point: ProbePoint): number {
  return COSTS[point.type].event;
}

/** Of one event of an alternative: of all the probes it takes, at their cheapest. */
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
