/** An axis of times of day, with ticks at round ones. */
import type { Clock } from "../../results/clock.js";
import { localTime } from "../value/format-value.js";
import { pixels, svgText } from "./picture.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** In milliseconds. */
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500,
  SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR,
]; // prettier-ignore

const MOST_TICKS = 8;

export interface TimeTick {
  /** From 0, at the first time, to 1, at the last. */
  readonly at: number;
  readonly label: string;
}

/** `first` and `last`: in nanoseconds since boot. */
export function timeTicks(first: number, last: number, clock: Clock, most = MOST_TICKS): readonly TimeTick[] {
  const [from, to] = [clock.wallClock(first), clock.wallClock(last)];
  const span = to - from;
  if (!(span > 0)) return [];
  const step = STEPS.find((each) => span / each <= most) ?? Math.ceil(span / most / (24 * HOUR)) * 24 * HOUR;
  // Round as the clock on the wall shows it, whose hours may begin at another minute than those of UTC.
  const shift = new Date(from).getTimezoneOffset() * MINUTE;
  const ticks: TimeTick[] = [];
  for (let time = Math.ceil((from - shift) / step) * step + shift; time <= to; time += step)
    ticks.push({
      at: (time - from) / span,
      label: localTime(first + (time - from) * 1e6, clock).slice(0, step < SECOND ? 12 : 8),
    });
  return ticks;
}

export interface AxisPlace {
  readonly first: number;
  readonly last: number;
  readonly left: number;
  readonly room: number;
  readonly bottom: number;
}

/** The axis as SVG, below a picture. Nothing where the times are not known. */
export function timeAxis({ first, last, left, room, bottom }: AxisPlace, clock: Clock): string {
  if (first === 0 && last === 0) return "";
  const ticks = timeTicks(first, last, clock).map(({ at, label }) => {
    const x = left + at * room;
    const anchor = x + label.length * 3.5 > left + room ? "end" : "middle";
    return (
      `<path class="rule" d="M${pixels(x)} ${pixels(bottom)}v5"/>` +
      svgText(x, bottom + 17, label, { className: "faint", anchor })
    );
  });
  return `<path class="rule" d="M${pixels(left)} ${pixels(bottom)}h${pixels(room)}"/>${ticks.join("")}`;
}
