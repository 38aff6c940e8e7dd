/**
 * Timestamps of the kernel are nanoseconds since boot (`CLOCK_BOOTTIME` in all versions of bpftrace, if
 * the kernel supports it; else `CLOCK_MONOTONIC`, which stops during suspend).
 */
import { readKernelText } from "../files/kernel-file.js";

export interface Clock {
  /** Milliseconds since the epoch. */
  wallClock(nsecs: number | bigint): number;
}

export interface TimeSources {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** `CLOCK_MONOTONIC`, in nanoseconds. */
  readonly monotonic: () => bigint;
  /** `/proc/uptime`: the time since boot, in hundredths of a second. */
  readonly uptime: () => string;
}

const SYSTEM: TimeSources = {
  now: Date.now,
  monotonic: process.hrtime.bigint,
  uptime: () => readKernelText("/proc/uptime"),
};

/** Twice the resolution of `/proc/uptime`. */
const UPTIME_ERROR = 20_000_000n;

/** The clock of a live run. */
export interface RunningClock extends Clock {
  /** How far the wall clock has been set since the start, in milliseconds; negative if it was set back. */
  setBy(): number;
}

/** Smaller differences may come from reading the clocks, in milliseconds. */
const SET = 500;

/** The offset is determined once, so that times do not jump when the wall clock is set. */
export function createClock(sources: TimeSources = SYSTEM): RunningClock {
  const offsetNow = (): number => sources.now() - Number(bootTime(sources) / 1000n) / 1000;
  const offset = offsetNow();
  return {
    ...clockFrom(offset),
    setBy() {
      // Both clocks are slewed in the same way.
      const by = offsetNow() - offset;
      return Math.abs(by) < SET ? 0 : by;
    },
  };
}

/** `offset`: the time of boot, in milliseconds since the epoch. */
export function clockFrom(offset: number): Clock {
  return {
    wallClock: (nsecs) =>
      offset + (typeof nsecs === "number" ? Math.floor(nsecs / 1000) : Number(nsecs / 1000n)) / 1000,
  };
}

/**
 * Nanoseconds since boot. The uptime includes suspend but is coarse; the monotonic clock is exact but excludes suspend. Their
 * combination is both, unless the machine was suspended for less than the uptime resolves.
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
