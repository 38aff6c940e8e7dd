/** What events cost on one machine, as `faultline overhead --calibrate` measured it there. */
import type { ProbeType } from "../semantics/typed.js";
import { middleOf, type Cost, type CostTable, type CostRange } from "./cost.js";
import { KNOWN_COSTS } from "./known.js";

export interface Calibration {
  /** The release of the kernel. */
  readonly kernel: string;
  /** The tracer with its version: `bpftrace 0.17.0`. */
  readonly tracer: string;
  /** When it was taken: `2026-11-30`. */
  readonly taken: string;
  /** An event with a program that counts. */
  readonly probes: Readonly<Partial<Record<ProbeType | "step", CostRange>>>;
}

/** What the way to a program costs, without the counting that was done there. */
function withoutCount(measured: CostRange | undefined): CostRange | undefined {
  if (!measured) return undefined;
  const without = (cost: number): number =>
    Math.max(0, Math.round(cost - middleOf(KNOWN_COSTS.operations.count)));
  return { least: without(measured.least), most: without(measured.most) };
}

/** The table with the figures of the machine in place of those that it has. */
export function calibratedCosts({ kernel, tracer, taken, probes }: Calibration): CostTable {
  const source = `\`faultline overhead --calibrate\`, ${taken}, Linux ${kernel}, ${tracer}`;
  const here = (known: Cost, measured: CostRange | undefined): Cost =>
    measured ? { ...known, ...measured, origin: "calibrated", source } : known;
  const { step, ...ofProbes } = probes;
  const measured = (Object.keys(ofProbes) as ProbeType[]).map((type): [ProbeType, Cost] => [
    type,
    here(KNOWN_COSTS.probes[type], withoutCount(ofProbes[type])),
  ]);
  return {
    ...KNOWN_COSTS,
    probes: { ...KNOWN_COSTS.probes, ...Object.fromEntries(measured) },
    step: here(KNOWN_COSTS.step, step),
  };
}
