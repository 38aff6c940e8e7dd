/** Computes the period that a batch of a result covers, from the timestamps of the trace. */
import type { Result } from "../plan/plan.js";
import type { GroupsEvent } from "./events.js";

export class BatchTimes {
  private began: bigint | undefined;
  private ended: bigint | undefined;
  private readonly last = new Map<number, bigint>();

  /** `nsecs`: when the probes were attached, in nanoseconds since boot. */
  begin(nsecs: bigint): void {
    this.began ??= nsecs;
  }

  /** `nsecs`: when what is traced had ended, in nanoseconds since boot. The tracer still waits for its last events then. */
  end(nsecs: bigint): void {
    this.ended ??= nsecs;
  }

  /** The period from the previous batch of a result to the one at `nsecs`. */
  next(result: number, nsecs: number | bigint): Period {
    const now = BigInt(nsecs);
    const last = this.last.get(result);
    const { began, ended } = this;
    const since = last === undefined || (began !== undefined && last < began) ? began : last;
    const period = { isFirst: last === undefined, isOutside: false };
    if (now === 0n) return period;
    this.last.set(result, now);
    if (since === undefined) return period;
    const isAfterEnd = ended !== undefined && ended <= since;
    const until = ended !== undefined && !isAfterEnd && ended < now ? ended : now;
    const isOutside = isAfterEnd || (began !== undefined && now + HEARD_WITHIN < began);
    if (until <= since) return { ...period, isOutside };
    return { ...period, isOutside, seconds: Number(until - since) / 1e9 };
  }
}

export interface Period {
  /** Undefined if the time of its beginning or of its end is unknown. */
  readonly seconds?: number;
  readonly isFirst: boolean;
  /** Whether it ended before the probes were attached, or began after what is traced had ended. */
  readonly isOutside: boolean;
}

/** A timer may fire a little early after it fired late. */
const LEAST_OF_INTERVAL = 0.9;
/** The first batch is timed from when the runner reads that the probes are attached: later than that by so much. */
const HEARD_WITHIN = 300_000_000n;

/** Whether a batch covers less than the interval of its result. What is open at a time is of no interval. */
export function coverage(
  { seconds, isFirst, isOutside }: Period,
  result: Result,
  isFinal: boolean,
): Pick<GroupsEvent, "partial" | "seconds"> {
  if (!hasIntervals(result)) return {};
  const whole = Number(result.every) / 1e9;
  const isShort =
    seconds === undefined
      ? isFinal
      : isFinal
        ? seconds < whole
        : seconds < whole * LEAST_OF_INTERVAL && (!isFirst || seconds < whole - Number(HEARD_WITHIN) / 1e9);
  return isShort || isOutside ? { partial: true, ...(seconds === undefined ? {} : { seconds }) } : {};
}

/** Whether its values are those of an interval. */
export function hasIntervals(result: Result): boolean {
  return result.every !== undefined && (result.kind === "groups" || result.kind === "line");
}
