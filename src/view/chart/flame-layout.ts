/** Stacks as the frames of a flame graph: equal beginnings are put together, and what is too narrow is left out. */
import type { Frame } from "../stacks.js";

/** `start` and `total` are in the unit of the weights. */
export interface FlameFrame {
  readonly frame: Frame;
  /** 0 stands on the ground. */
  readonly depth: number;
  readonly start: number;
  readonly total: number;
  /** By how much it grew, in a comparison. */
  readonly change: number;
}

export interface FlameLayout {
  /** From the left, a frame before those that stand on it. */
  readonly frames: readonly FlameFrame[];
  readonly total: number;
  readonly change: number;
  readonly stacks: number;
  /** Frames that were too narrow. */
  readonly dropped: number;
}

interface Stack {
  readonly ids: readonly number[];
  weight: number;
  change: number;
}

interface OpenFrame {
  readonly id: number;
  readonly start: number;
  readonly change: number;
}

/** All that is added comes from one `StackReader`. */
export class FlameStacks {
  /** By their ids. */
  private readonly frames: Frame[] = [];
  private readonly stacks = new Map<string, Stack>();

  add(frames: readonly Frame[], weight: number, change = 0): void {
    const ids = frames.map((frame) => {
      this.frames[frame.id] = frame;
      return frame.id;
    });
    const name = ids.join();
    const known = this.stacks.get(name);
    if (known) {
      known.weight += weight;
      known.change += change;
    } else this.stacks.set(name, { ids, weight, change });
  }

  clear(): void {
    this.stacks.clear();
  }

  /** `least`: the part of the whole below which a frame is left out. */
  layout(least: number): FlameLayout {
    const stacks = [...this.stacks.values()].filter(({ weight }) => weight > 0);
    const order = alphabetical(this.frames);
    stacks.sort((a, b) => compare(a.ids, b.ids, order));
    const total = stacks.reduce((sum, { weight }) => sum + weight, 0);
    const walk = new Walk(this.frames, total * least);
    for (const stack of stacks) walk.stack(stack);
    return { ...walk.end(), stacks: stacks.length };
  }
}

/** The place of each frame by its name, so that the same stacks always make the same picture. */
function alphabetical(frames: readonly Frame[]): Uint32Array {
  // Of the reader's frames some may not be here: `filter` leaves such holes out.
  const sorted = frames
    .filter(() => true)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.kind < b.kind ? -1 : 1));
  const order = new Uint32Array(frames.length);
  for (const [place, { id }] of sorted.entries()) order[id] = place;
  return order;
}

function compare(a: readonly number[], b: readonly number[], order: Uint32Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (x !== y) return (order[x] as number) - (order[y] as number);
  }
  return a.length - b.length;
}

/** Takes the stacks in order; a frame goes on for as long as the next stack has it in the same place. */
class Walk {
  private readonly open: OpenFrame[] = [];
  private readonly kept: FlameFrame[] = [];
  private at = 0;
  private change = 0;
  private dropped = 0;

  constructor(
    private readonly names: readonly Frame[],
    private readonly least: number,
  ) {}

  stack({ ids, weight, change }: Stack): void {
    let same = 0;
    while (same < this.open.length && same < ids.length && this.open[same]?.id === ids[same]) same++;
    this.close(same);
    for (let i = same; i < ids.length; i++)
      this.open.push({ id: ids[i] as number, start: this.at, change: this.change });
    this.at += weight;
    this.change += change;
  }

  end(): Omit<FlameLayout, "stacks"> {
    this.close(0);
    this.kept.sort((a, b) => a.start - b.start || a.depth - b.depth);
    return { frames: this.kept, total: this.at, change: this.change, dropped: this.dropped };
  }

  private close(depth: number): void {
    while (this.open.length > depth) {
      const { id, start, change } = this.open.pop() as OpenFrame;
      const total = this.at - start;
      if (total < this.least) this.dropped++;
      else
        this.kept.push({
          frame: this.names[id] as Frame,
          depth: this.open.length,
          start,
          total,
          change: this.change - change,
        });
    }
  }
}
