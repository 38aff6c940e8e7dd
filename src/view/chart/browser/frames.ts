/** What is in view of a flame graph after a click, and what a search finds: numbers alone, no page. */

/** `start` and `total` in what is measured; the root's depth is -1. */
export interface Extent {
  readonly start: number;
  readonly total: number;
  readonly depth: number;
}

export interface Placed<Frame extends Extent> {
  readonly frame: Frame;
  readonly x: number;
  readonly width: number;
  /** It is below what was chosen, and spans the whole width. */
  readonly isUnder: boolean;
}

/** Where frames stand when `chosen` fills the width; the others are not in view. */
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

export interface Level {
  readonly y: number;
  readonly height: number;
}

/** Heights of a level: of one whose frames have room for names, of any other, and the width that is room. */
export interface Rows {
  readonly full: number;
  readonly low: number;
  readonly named: number;
}

/** Levels from the root up, by how wide their widest frame is. */
export function levelsOf(placed: readonly Placed<Extent>[], rows: Rows): readonly Level[] {
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

/** What is written on a frame of that width. */
export function label(name: string, width: number, letter: number): string {
  const room = Math.floor((width - 6) / letter);
  if (name.length <= room) return name;
  return room < 3 ? "" : `${name.slice(0, room - 1)}\u2026`;
}

/** By a regular expression, or by the text itself where it is none. */
export function matcher(text: string): (name: string) => boolean {
  try {
    const pattern = new RegExp(text, "i");
    return (name) => pattern.test(name);
  } catch {
    const lower = text.toLowerCase();
    return (name) => name.toLowerCase().includes(lower);
  }
}

/** The sum of the frames that were found, in their order: a frame inside one that was counted is part of it. */
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
