/**
 * The kernel's time stamps count nanoseconds since boot (`CLOCK_BOOTTIME`, in all versions of bpftrace
 * that the kernel gives it to; they fall back on `CLOCK_MONOTONIC`, which stops while suspended).
 */
import { readKernelText } from "../files/kernel-file.js";

export interface Clock {
  /** Milliseconds since 1970. */
  wallClock(nsecs: number | bigint): number;
}

export interface TimeSources {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** `CLOCK_MONOTONIC`, in nanoseconds. */
  readonly monotonic: () => bigint;
  /** `/proc/uptime`: since boot, in hundredths of a second. */
  readonly uptime: () => string;
}

const SYSTEM: TimeSources = {
  now: Date.now,
  monotonic: process.hrtime.bigint,
  uptime: () => readKernelText("/proc/uptime"),
};

/** Twice what `/proc/uptime` resolves. */
const UPTIME_ERROR = 20_000_000n;

/** The clock of a run that goes on. */
export interface RunningClock extends Clock {
  /** By how much someone has set the wall clock since, in milliseconds: below 0, back. */
  setBy(): number;
}

/** Less than this may be what the sources are read with, in milliseconds. */
const SET = 500;

/** The offset is taken once, so that time stamps do not jump when someone sets the wall clock. */
export function createClock(sources: TimeSources = SYSTEM): RunningClock {
  const offsetNow = (): number => sources.now() - Number(bootTime(sources) / 1000n) / 1000;
  const offset = offsetNow();
  return {
    ...clockFrom(offset),
    setBy() {
      // Both clocks run at the same speed, also where it is being corrected.
      const by = offsetNow() - offset;
      return Math.abs(by) < SET ? 0 : by;
    },
  };
}

/** `offset`: milliseconds since 1970 when the time stamps were 0. */
export function clockFrom(offset: number): Clock {
  return {
    wallClock: (nsecs) =>
      offset + (typeof nsecs === "number" ? Math.floor(nsecs / 1000) : Number(nsecs / 1000n)) / 1000,
  };
}

/**
 * Nanoseconds since boot. The uptime is of the right clock but coarse; the monotonic clock is exact but does not count the time
 * suspended. Together they are both, unless the machine slept for less than can be seen.
 */
export function bootTime(sources: TimeSources = SYSTEM): bigint {
  const monotonic = sources.monotonic();
  const uptime = readUptime(sources);
  if (uptime === undefined) return monotonic;
  const suspended = uptime - monotonic;
  return suspended > -UPTIME_ERROR && suspended < UPTIME_ERROR ? monotonic : uptime;
}

function readUptime(sources: TimeSources): bigint | undefined {
  try {
    const seconds = Number.parseFloat(sources.uptime());
    return Number.isFinite(seconds) ? BigInt(Math.round(seconds * 1e9)) : undefined;
  } catch {
    return undefined;
  }
}
