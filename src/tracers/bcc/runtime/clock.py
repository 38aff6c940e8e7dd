"""Clocks: the time since boot, as in events, and the time of day."""
import datetime
import time


def nanoseconds(clock=time.CLOCK_BOOTTIME):
    return time.clock_gettime_ns(clock)


def time_of_day(timestamp, clock=time.CLOCK_BOOTTIME):
    if clock not in clock_offsets:
        clock_offsets[clock] = time.time_ns() - nanoseconds(clock)
    moment = datetime.datetime.fromtimestamp((timestamp + clock_offsets[clock]) / 1e9)
    return moment.isoformat(timespec="milliseconds").partition("T")[2]


clock_offsets = {}


def seconds_since(result):
    """Returns the seconds since the last call for this result, 0 at the first call."""
    now = time.monotonic()
    passed = now - last_calls.get(result, now)
    last_calls[result] = now
    return passed


last_calls = {}
