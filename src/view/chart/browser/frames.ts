/** Computes the view of a flame graph after a click, and what a search matches, without touching the page. */

/** The extent of a frame; `start` and `total` are weights, and the depth of the root is -1. */
export interface Extent {
  readonly start: number;
  readonly total: number;
  readonly depth: number;
}

export interface Placed<Frame extends Extent> {
  readonly frame: Frame;
  readonly x: number;
  readonly width: number;
  /** Whether it is below the chosen frame, and so spans the whole width. */
  readonly isUnder: boolean;
}

/** Returns the positions of the frames in view when `chosen` fills the width. */
export function zoomed<Frame extends Extent>(
  frames: readonly Frame[],
  chosen: Extent,
  width: number,
): readonly Placed<Frame>[] {
  const end = chosen.start + chosen.total;
  return frames.flatMap((frame): Placed<Frame>[] => {
    const frameEnd = frame.start + frame.total;
    if (frame.depth < chosen.depth && frame.start <= chosen.start && frameEnd >= end)
      return [{ frame, x: 0, width, isUnder: true }];
    if (frame.depth < chosen.depth || frame.start < chosen.start || frameEnd > end) return [];
    const across = (value: number): number => (value / chosen.total) * width;
    return [{ frame, x: across(frame.start - chosen.start), width: across(frame.total), isUnder: false }];
  });
}

export interface FlameRow {
  readonly y: number;
  readonly height: number;
}

/** The heights of a level with and without room for names, and the width of a frame that has room. */
export interface Rows {
  readonly full: number;
  readonly low: number;
  readonly named: number;
}

/** Returns the levels from the root up; the widest frame of each decides its height. */
export function levelsOf(placed: readonly Placed<Extent>[], rows: Rows): readonly FlameRow[] {
  const widest: number[] = [];
  for (const { frame, width } of placed)
    widest[frame.depth + 1] = Math.max(widest[frame.depth + 1] ?? 0, width);
  let tall = 0;
  return widest.map((width) => {
    const height = width >= rows.named ? rows.full : rows.low;
    tall += height;
    return { y: -tall, height };
  });
}

/** Returns the label of a frame of the given width. */
export function label(name: string, width: number, letter: number): string {
  const room = Math.floor((width - 6) / letter);
  if (name.length <= room) return name;
  return room < 3 ? "" : `${name.slice(0, room - 1)}\u2026`;
}

/** Returns a matcher for a regular expression, or for the plain text where it is not a valid one. */
export function matcher(text: string): (name: string) => boolean {
  try {
    const pattern = new RegExp(text, "i");
    return (name) => pattern.test(name);
  } catch {
    const lower = text.toLowerCase();
    return (name) => name.toLowerCase().includes(lower);
  }
}

/** Sums up matched frames, in layout order, without counting a frame inside one already counted. */
export function sumOf(found: readonly Extent[]): number {
  let sum = 0;
  let end = -1;
  for (const frame of found) {
    if (frame.start < end) continue;
    sum += frame.total;
    end = frame.start + frame.total;
  }
  return sum;
}
