/**
 * What a probe costs, in nanoseconds an event: the table by which the planner ranks those that answer alike.
 *
 * Measured by `test/kernel/measure-costs.ts` in the Debian guests: a program that only counts, on an event of a
 * microsecond; medians of seven rounds, the middle one of the three guests, rounded. They are emulated, so the
 * figures are some ten times those of real hardware; it is their order that is used.
 */
import type { Alternative, CheckedSource, ProbePoint, ProbeType } from "../semantics/typed.js";

interface Cost {
  /** How much longer the event takes, all told. */
  readonly event: number;
  /** Of that, how long the program runs, by the kernel's own statistics (`kernel.bpf_stats_enabled`). */
  readonly program: number;
}

const COSTS: Readonly<Record<ProbeType, Cost>> = {
  rawtracepoint: { event: 290, program: 150 },
  fentry: { event: 400, program: 150 },
  software: { event: 750, program: 200 },
  tracepoint: { event: 740, program: 170 },
  hardware: { event: 750, program: 200 },
  kprobe: { event: 550, program: 130 },
  fexit: { event: 600, program: 150 },
  kretprobe: { event: 1070, program: 140 },
  usdt: { event: 21000, program: 480 },
  uprobe: { event: 21000, program: 480 },
  uretprobe: { event: 17000, program: 500 },
  profile: { event: 1000, program: 200 },
  interval: { event: 1000, program: 200 },
};

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
      return Math.max(...source.members.map(sourceCost));
    case "span":
      return cheapest(source.begin) + cheapest(source.end);
  }
}

function cheapest(alternatives: readonly Alternative[]): number {
  return Math.min(...alternatives.filter((a) => a.unavailable === undefined).map(alternativeCost));
}
