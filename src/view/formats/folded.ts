/**
 * `--format folded`: a stack a line, the outermost frame first, for flame graphs (flamegraph.pl, inferno,
 * speedscope). Other keys come before the stack; the number is the aggregate that ranks the groups.
 */
import type { GroupsEvent, RowEvent, Value } from "../../results/events.js";
import { StackReader, weightOf, type Frame, type Weight } from "../stacks.js";
import type { ViewContext, Writer } from "../types.js";

interface Reading {
  readonly stacks: StackReader;
  readonly weight: Weight;
}

export class FoldedWriter implements Writer {
  private readonly readings: readonly Reading[];

  constructor(private readonly context: ViewContext) {
    this.readings = context.plan.results.map((result) => ({
      stacks: new StackReader(result, context),
      weight: weightOf(result, context),
    }));
  }

  /** Writes an event, with the weight 1. */
  row(event: RowEvent): void {
    const reading = this.readings[event.result];
    if (reading) this.context.write(`${folded(event.values, reading)} 1\n`);
  }

  groups(event: GroupsEvent): void {
    const reading = this.readings[event.result];
    if (!reading) return;
    // Frames that differ only in their offset are merged.
    const sums = new Map<string, bigint>();
    for (const group of event.groups) {
      const stack = folded(group.keys, reading);
      sums.set(stack, (sums.get(stack) ?? 0n) + wholeWeight(reading.weight.of(group)));
    }
    for (const [stack, sum] of sums) this.context.write(`${stack} ${sum}\n`);
  }

  end(): void {
    // Each batch is written at once, so nothing is left to write.
  }
}

/** Rounds to a whole number, as the format demands, but never a positive weight to 0. */
function wholeWeight(weight: number | bigint): bigint {
  return BigInt(typeof weight === "number" && weight > 0 ? Math.max(1, Math.round(weight)) : weight);
}

function folded(keys: readonly Value[], { stacks }: Reading): string {
  return foldedFrames(stacks.read(keys));
}

/** Replaces semicolons, which separate frames. */
export function foldedFrames(frames: readonly Frame[]): string {
  return frames.map(({ name }) => name.replaceAll(";", ":")).join(";") || "all";
}
