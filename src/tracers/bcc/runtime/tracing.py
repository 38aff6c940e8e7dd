"""Starting and ending."""
import os
import signal
import sys
import threading
import time

stopping = threading.Event()


def stop(number, _frame):
    """The first signal asks for the last results, a second one ends the program at once."""
    if stopping.is_set() and number != signal.SIGHUP:
        os._exit(1)
    stopping.set()


def start(load, *arguments):
    if sys.stdout is None:
        sys.exit("there is nowhere to write the results: standard output is closed")
    sys.stdout.reconfigure(errors="backslashreplace", line_buffering=True)
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        if number != signal.SIGHUP or signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, stop)
    if os.geteuid() != 0:
        sys.exit("tracing the kernel needs root: run it with sudo")
    try:
        return load(*arguments)
    except Exception as error:
        sys.exit("cannot trace: %s" % error)


def run(seconds, timers, wait):
    """Until it is stopped. Each timer is a period in seconds, and what to call."""
    begin = time.monotonic()
    end = begin + (seconds or float("inf"))
    due = [begin + period for period, _ in timers]
    while not stopping.is_set() and time.monotonic() < end:
        for i, (period, call) in enumerate(timers):
            if time.monotonic() >= due[i]:
                call()
                due[i] = max(due[i] + period, time.monotonic())
        now = time.monotonic()
        wait(max(0, min([now + 1, end] + due) - now))
