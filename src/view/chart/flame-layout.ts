/** Lays out stacks as a flame graph: common prefixes are merged, and frames that are too narrow are left out. */
import type { Frame } from "../stacks.js";

/** A frame of the graph; `start` and `total` are in the unit of the weights. */
export interface FlameFrame {
  readonly frame: Frame;
  /** 0 for the outermost frame, at the bottom. */
  readonly depth: number;
  readonly start: number;
  readonly total: number;
  /** The growth of its weight, in a comparison. */
  readonly change: number;
}

export interface FlameLayout {
  /** From left to right, each frame before those on top of it. */
  readonly frames: readonly FlameFrame[];
  readonly total: number;
  readonly change: number;
  readonly stacks: number;
  /** The number of frames left out because they are too narrow. */
  readonly dropped: number;
}

interface Stack {
  readonly frames: readonly Frame[];
  weight: number;
  change: number;
}

interface OpenFrame {
  readonly frame: Frame;
  readonly start: number;
  readonly change: number;
}

/** The number of stacks to collect before merging equal ones. */
const MANY = 250_000;

/** The stacks of a flame graph. All must come from one `StackReader`. */
export class FlameStacks {
  private stacks: Stack[] = [];
  private limit = MANY;

  add(frames: readonly Frame[], weight: number, change = 0): void {
    this.stacks.push({ frames, weight, change });
    if (this.stacks.length < this.limit) return;
    this.merge();
    this.limit = Math.max(MANY, 2 * this.stacks.length);
  }

  clear(): void {
    this.stacks = [];
  }

  /** Returns the layout. `least`: the share of the total below which a frame is left out. */
  layout(least: number): FlameLayout {
    this.merge();
    const stacks = this.stacks.filter(({ weight }) => weight > 0);
    const walk = new FrameWalk(stacks.reduce((sum, { weight }) => sum + weight, 0) * least);
    for (const stack of stacks) walk.stack(stack);
    return { ...walk.end(), stacks: stacks.length };
  }

  /** Sorts the stacks and merges equal ones, which are then neighbours. */
  private merge(): void {
    const order = alphabetical(this.stacks);
    this.stacks.sort((a, b) => compare(a.frames, b.frames, order));
    const merged: Stack[] = [];
    for (const stack of this.stacks) {
      const last = merged.at(-1);
      if (last && compare(last.frames, stack.frames, order) === 0) {
        last.weight += stack.weight;
        last.change += stack.change;
      } else merged.push(stack);
    }
    this.stacks = merged;
  }
}

/** Returns the rank of each frame, by frame number. Ranks follow the names, so that equal data makes equal pictures. */
function alphabetical(stacks: readonly Stack[]): Uint32Array {
  const frames: Frame[] = [];
  for (const stack of stacks) for (const frame of stack.frames) frames[frame.id] = frame;
  // The reader may have more frames than these stacks: `filter` skips the holes.
  const sorted = frames
    .filter(() => true)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.kind < b.kind ? -1 : 1));
  const order = new Uint32Array(frames.length);
  for (const [place, { id }] of sorted.entries()) order[id] = place;
  return order;
}

function compare(a: readonly Frame[], b: readonly Frame[], order: Uint32Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a[i] as Frame, b[i] as Frame];
    if (x !== y) return (order[x.id] as number) - (order[y.id] as number);
  }
  return a.length - b.length;
}

/** Builds frames from sorted stacks; a frame extends as long as the next stack has it at the same depth. */
class FrameWalk {
  private readonly open: OpenFrame[] = [];
  private readonly placed: FlameFrame[] = [];
  private at = 0;
  private change = 0;
  private dropped = 0;

  constructor(private readonly least: number) {}

  stack({ frames, weight, change }: Stack): void {
    let same = 0;
    while (same < this.open.length && same < frames.length && this.open[same]?.frame === frames[same]) same++;
    this.close(same);
    for (let i = same; i < frames.length; i++)
      this.open.push({ frame: frames[i] as Frame, start: this.at, change: this.change });
    this.at += weight;
    this.change += change;
  }

  end(): Omit<FlameLayout, "stacks"> {
    this.close(0);
    this.placed.sort((a, b) => a.start - b.start || a.depth - b.depth);
    return { frames: this.placed, total: this.at, change: this.change, dropped: this.dropped };
  }

  private close(depth: number): void {
    while (this.open.length > depth) {
      const { frame, start, change } = this.open.pop() as OpenFrame;
      const total = this.at - start;
      if (total < this.least) this.dropped++;
      else
        this.placed.push({
          frame,
          depth: this.open.length,
          start,
          total,
          change: this.change - change,
        });
    }
  }
}
