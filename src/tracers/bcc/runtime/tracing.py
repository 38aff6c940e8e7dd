"""Start and end of a program."""
import os
import signal
import sys
import threading
import time

stopping = threading.Event()


def stop(number, _frame):
    """Ends the trace and lets the last results be printed; a second signal exits at once."""
    if stopping.is_set():
        os._exit(1)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # another one may come, even at the very end
    stopping.set()


def start(load, *arguments):
    if sys.stdout is None:
        sys.exit("cannot write the results: standard output is closed")
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


def run(seconds, timers, wait=stopping.wait):
    """Waits until the trace ends; `timers` are pairs of a period in seconds and a function."""
    end = time.monotonic() + (seconds or float("inf"))
    due = [time.monotonic() + period for period, _ in timers]
    while not stopping.is_set() and time.monotonic() < end:
        for i, (period, call) in enumerate(timers):
            if time.monotonic() >= due[i]:
                call()
                due[i] = max(due[i] + period, time.monotonic())
        wait(min(1, max(0, min([end] + due) - time.monotonic())))
