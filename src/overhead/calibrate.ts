/** Measures what events cost on this machine, on a program that does nothing but one event after the other. */
import type { CostRange } from "../costs/cost.js";
import { KNOWN_COSTS } from "../costs/known.js";
import { firstInstructions } from "../symbols/first-instruction.js";
import type { Script } from "../tracers/script.js";
import type { CalibratedType } from "./calibration-file.js";
import { measureOverhead, type MeasureOptions, type Pair } from "./overhead.js";

type MeasuredType = Exclude<CalibratedType, "step">;

interface Case {
  readonly type: MeasuredType;
  readonly query: string;
  /** The events of each block that `dd` copies. */
  readonly each: number;
  readonly blocks: number;
}

/** So that the least of them takes a tenth of a second more. */
const KERNEL_BLOCKS = 1_000_000;
/** A trap may take 20 microseconds. */
const USER_BLOCKS = 50_000;

function kernelCase(type: MeasuredType, query: string, each = 1): Case {
  return { type, query, each, blocks: KERNEL_BLOCKS };
}

function userCase(type: MeasuredType): Case {
  return { type, query: `${type}:libc:read`, each: 1, blocks: USER_BLOCKS };
}

const CASES: readonly Case[] = [
  kernelCase("tracepoint", "tracepoint:syscalls:sys_enter_read"),
  // It is at every system call, and each block is read and written.
  kernelCase("rawtracepoint", "rawtracepoint:sys_enter", 2),
  kernelCase("fentry", "fentry:vfs_read"),
  kernelCase("fexit", "fexit:vfs_read"),
  kernelCase("kprobe", "kprobe:vfs_read"),
  kernelCase("kretprobe", "kretprobe:vfs_read"),
  userCase("uprobe"),
  userCase("uretprobe"),
];

export interface CalibrateOptions extends Omit<MeasureOptions, "onStep"> {
  /** Undefined if the machine does not have the probe. */
  readonly compile: (query: string) => Script | undefined;
  readonly onCase?: (type: MeasuredType) => void;
}

export interface Calibrating {
  readonly probes: Readonly<Partial<Record<CalibratedType, CostRange>>>;
  /** Those whose cost did not stand out from what else the machine did. */
  readonly unclear: readonly MeasuredType[];
}

/** Throws a `TracerError` or a `CommandError`. */
export async function calibrate({ compile, onCase, ...options }: CalibrateOptions): Promise<Calibrating> {
  const probes: Partial<Record<CalibratedType, CostRange>> = {};
  const unclear: MeasuredType[] = [];
  const firstInstruction = firstInstructions();
  for (const { type, query, each, blocks } of CASES) {
    const script = compile(query);
    if (!script) continue;
    onCase?.(type);
    const copy = ["dd", "if=/dev/zero", "of=/dev/null", "bs=1", `count=${blocks}`, "status=none"];
    const { pairs, isPartial } = await measureOverhead(script, copy, options);
    if (isPartial) break;
    const range = rangeOf(pairs, each * blocks);
    if (!range) unclear.push(type);
    else if (script.plan.probes.some(({ point }) => firstInstruction(point) === "stepped")) {
      const step = stepOf(range, KNOWN_COSTS.probes[type]);
      if (type === "uprobe" && step.least > 0) probes.step = step;
    } else probes[type] = range;
  }
  return { probes, unclear };
}

/** The middle half of what an event cost in the pairs, in nanoseconds; undefined if it is not clear that it cost anything. */
export function rangeOf(pairs: readonly Pair[], events: number): CostRange | undefined {
  const costs = pairs
    .map((pair) => ((pair.with.cpu - pair.without.cpu) / events) * 1e9)
    .sort((a, b) => a - b);
  const quarter = Math.floor(costs.length / 4);
  const [least, most] = [costs[quarter], costs[costs.length - 1 - quarter]];
  return least === undefined || most === undefined || least <= 0
    ? undefined
    : { least: Math.round(least), most: Math.round(most) };
}

/** What a step takes, of an event that has one. */
function stepOf(event: CostRange, probe: CostRange): CostRange {
  return { least: Math.max(0, event.least - probe.most), most: event.most - probe.least };
}
