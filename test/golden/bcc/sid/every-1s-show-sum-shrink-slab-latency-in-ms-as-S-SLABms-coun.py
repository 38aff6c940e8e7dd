#!/usr/bin/python3 -I
"""every 1s show sum(shrink_slab.latency) in ms as "S-SLABms", count(kswapd_wake) as "KSWAPD"

Compiled by Faultline for sid (7.2.13+deb14-cloud-amd64), BCC 0.37.0.
shrink_slab: tracepoint:vmscan:mm_shrink_slab_end
shrink_slab: tracepoint:vmscan:mm_shrink_slab_start
kswapd_wake: rawtracepoint:mm_vmscan_kswapd_wake
  not tracepoint:vmscan:mm_vmscan_kswapd_wake: it costs 4.1 times as much
"""
import argparse
import ctypes
import json
import os
import signal
import sys
import threading
import time

# Ctrl-C before there is anything to end in order: at once, and without a trace.
signal.signal(signal.SIGINT, signal.SIG_DFL)
try:
    from bcc import BPF
except ImportError as error:
    sys.exit("the package python3-bpfcc is not installed, on some distributions python3-bcc: %s" % error)

CLOCK = time.CLOCK_BOOTTIME


PROGRAM = r"""
#include <uapi/linux/ptrace.h>
#include <linux/types.h>

/* What went wrong, counted by kind, for the program to tell. */
enum { LOST_EVENT, FULL_MAP, MISSING_STACK, COLLIDED_STACK, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

static __always_inline void problem(int kind)
{
    u64 *count = problems.lookup(&kind);
    if (count)
        *count += 1;
}

/* Which of its two sets of entries each result counts in: the other one is being read. */
BPF_ARRAY(turns, u32, 1);

static __always_inline u32 turn_of(int result)
{
    u32 *turn = turns.lookup(&result);
    return turn ? *turn : 0;
}

/* each shrink_slab that is open, by tid */
struct shrink_slab_begun {
    u64 time;
};
BPF_HASH(shrink_slab_begun, u32, struct shrink_slab_begun, MAX_ENTRIES);

/* every 1s show sum(shrink_slab.latency) in ms as "S-SLABms", count(kswapd_wake) as "KSWAPD" */
struct shrink_slab_sum_latency_value {
    s64 sum;
    s64 count;
};
BPF_PERCPU_ARRAY(shrink_slab_sum_latency_groups, struct shrink_slab_sum_latency_value, 2);

/* remember that shrink_slab began */
TRACEPOINT_PROBE(vmscan, mm_shrink_slab_start)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 now = bpf_ktime_get_boot_ns();
    struct shrink_slab_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.time = now;
    if (shrink_slab_begun.update(&tid, &begun))
        problem(FULL_MAP);
    return 0;
}

/* shrink_slab: column "S-SLABms" */
TRACEPOINT_PROBE(vmscan, mm_shrink_slab_end)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct shrink_slab_begun *entry = shrink_slab_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    u64 latency = now - entry->time;
    u32 turn_now = turn_of(0);
    struct shrink_slab_sum_latency_value *counted = shrink_slab_sum_latency_groups.lookup(&turn_now);
    if (counted) {
        counted->sum += latency;
    } else {
        problem(FULL_MAP);
    }
    shrink_slab_begun.delete(&tid);
    return 0;
}

/* kswapd_wake: column "KSWAPD" */
RAW_TRACEPOINT_PROBE(mm_vmscan_kswapd_wake)
{
    u32 turn_now = turn_of(0);
    struct shrink_slab_sum_latency_value *counted = shrink_slab_sum_latency_groups.lookup(&turn_now);
    if (counted) {
        counted->count += 1;
    } else {
        problem(FULL_MAP);
    }
    return 0;
}
"""


def fail(why):
    sys.exit("%s: %s" % (os.path.basename(sys.argv[0]), why))


def seconds(words):
    try:
        number = float(words)
    except ValueError:
        number = 0
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError("`%s` is not a number of seconds: 5, 0.5" % words)
    return number


def whole_number(meaning):
    def number_in(words):
        number = int(words) if words.isdecimal() and len(words) < 11 else 0
        if not 0 < number < 1 << 31:
            raise argparse.ArgumentTypeError("`%s` is not %s" % (words, meaning))
        return number
    return number_in


def boot_time():
    """Nanoseconds since boot, by the clock of the events."""
    return time.clock_gettime_ns(CLOCK)


def taken(table, is_due):
    """The entries of a table that are due, which are then gone from it."""
    entries = []
    for key in [key for key in table.keys() if is_due(key)]:
        try:
            entries.append((key, table[key]))
            del table[key]
        except KeyError:
            pass
    return entries


def next_turn(result):
    """Has the probes count in the other entries, and tells which are whole now: no probe is still at work on them."""
    turns = bpf["turns"]
    turn = turns[result].value
    turns[result] = turns.Leaf(1 - turn)
    # A barrier of the kernel waits for all probes that began before it.
    if LIBC.syscall(SYS_MEMBARRIER, MEMBARRIER_CMD_GLOBAL, 0, 0) != 0:
        time.sleep(0.1)
    return turn


LIBC = ctypes.CDLL(None)
SYS_MEMBARRIER = {"x86_64": 324}.get(os.uname().machine, 283)
MEMBARRIER_CMD_GLOBAL = 1


def silence(stream):
    """What it still keeps goes nowhere: it would fail once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def write(*lines):
    """BCC's callbacks cannot raise: a failure to write is remembered, and ends the program."""
    try:
        print(*lines, sep="\n", flush=True)
    except OSError as error:
        unwritten.append(error)
        stopping.set()
        silence(sys.stdout)


unwritten = []


def note(words):
    """What is no result: where it cannot be written, tracing goes on without."""
    try:
        print(words, file=sys.stderr, flush=True)
    except OSError:
        silence(sys.stderr)


def plainly(value):
    return "-" if value is None else printable(str(value))


def printable(words):
    """Text of the kernel or of a process must not move the cursor."""
    return "".join(
        c if c.isprintable() else "\\x%02x" % ord(c) if ord(c) < 256 else "\\u%04x" % ord(c) for c in words
    )


def line_by_line(value):
    return "-" if value is None else "\n".join(printable(each) for each in value.split("\n"))


def in_units_of(factor):
    def shown(value):
        if value is None:
            return "-"
        number = round(value / factor, 2)
        return str(int(number)) if number == int(number) else str(number)
    return shown


def aligned(cells, columns, widths):
    placed = [
        cell.rjust(width) if right else cell.ljust(width)
        for cell, (_, right, _), width in zip(cells, columns, widths)
    ]
    return "  ".join(placed).rstrip()


def show_line(columns, values, widths):
    """A line of a stream: a longer value moves the rest of it, and stacks stand below."""
    cells = []
    below = []
    for (_, _, show), value in zip(columns, values):
        if show is line_by_line:
            below += show(value).split("\n")
        cells.append("" if show is line_by_line else show(value))
    write(aligned(cells, columns, widths), *("    " + line for line in below))


def say(message):
    """A line of the stream that `--json` asks for."""
    write(json.dumps(message, separators=(",", ":")))


def warn(words):
    if arguments.json:
        say({"warning": words})
    else:
        note("warning: %s" % words)


def tell(kind, count, words):
    if kind == 0 and arguments.json:
        say({"lost": count})
    else:
        warn("%d %s" % (count, words))


def tell_problems():
    """What went wrong since the last time, by the kinds of the C text."""
    kinds = [
        "events were lost: they came faster than they were read",
        "events of new groups were not counted: a table is full",
        "stacks are missing: they could not be read",
        "stacks are missing: another one had their place",
    ]
    for kind, words in enumerate(kinds):
        total = sum(bpf["problems"][kind])
        if total > told[kind]:
            tell(kind, total - told[kind], words)
            told[kind] = total


told = [0, 0, 0, 0]


def take_0():
    """The groups of `every 1s show sum(shrink_slab.latency) in ms as "S-SLABms", count(kswapd_wake) as "KSWAPD\"` since the last time."""
    turn = next_turn(0)
    groups = {(): [0, 0]}
    for _, counted in taken(bpf["shrink_slab_sum_latency_groups"], lambda key: key.value == turn):
        group = groups.setdefault((), [0, 0])
        group[0] += sum(cpu.sum for cpu in counted)
        group[1] += sum(cpu.count for cpu in counted)
    return [
        (name, [group[0], group[1]])
        for name, group in groups.items()
    ]


COLUMNS_0 = [
    ("S-SLABms", True, in_units_of(1000000)),
    ("KSWAPD", True, plainly),
]
WIDTHS_0 = [8, 8, 8]
lines_0 = []


def report_0(final=False):
    """every 1s show sum(shrink_slab.latency) in ms as "S-SLABms", count(kswapd_wake) as "KSWAPD\""""
    rows = take_0()
    if arguments.json:
        say({"groups": 0, "time": boot_time(), "rows": rows, "final": final})
        return
    columns = [("time", False, str)] + COLUMNS_0
    if not lines_0:
        write(aligned([name for name, _, _ in columns], columns, WIDTHS_0))
    lines_0.append(1)
    values = rows[0][1]
    show_line(columns, [time.strftime("%H:%M:%S")] + [values[0], values[1]], WIDTHS_0)


parser = argparse.ArgumentParser(description="every 1s show sum(shrink_slab.latency) in ms as \"S-SLABms\", count(kswapd_wake) as \"KSWAPD\"")
parser.add_argument("-p", "--pid", type=whole_number("the number of a process: `pgrep NAME` tells it"), default=0, help="only this process")
parser.add_argument("-i", "--interval", type=seconds, metavar="SECONDS", help="print every so many seconds (1)")
parser.add_argument("-d", "--duration", type=seconds, metavar="SECONDS", help="end after so many seconds")
parser.add_argument("--max-entries", type=whole_number("a number of entries above 0: 16384"), metavar="N", default=16384, help="room of each table (%(default)s)")
parser.add_argument("--json", action="store_true", help="print a line of JSON for each result")
arguments = parser.parse_args()
if sys.stdout is None:
    fail("there is nowhere to write: standard output is closed")
sys.stdout.reconfigure(errors="backslashreplace")
stopping = threading.Event()


def stop(_signal, _frame):
    """The first asks for the last results, the second ends it at once."""
    if stopping.is_set():
        os._exit(1)
    stopping.set()


signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
# With nohup it outlives its terminal. A shell may send it once more, and that insists on nothing.
if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda _signal, _frame: stopping.set())
if os.geteuid() != 0:
    fail("tracing the kernel needs root: run it with sudo")
try:
    cflags = [
        "-w",
        "-DMAX_ENTRIES=%d" % arguments.max_entries,
        "-DONLY_PID=%d" % arguments.pid,
    ]
    bpf = BPF(text=PROGRAM, cflags=cflags)
except Exception as error:
    fail("cannot trace: %s" % error)
if arguments.json:
    say({"attached": 3})
else:
    note("Tracing... Hit Ctrl-C to end.")
started = time.monotonic()
due = []
interval = arguments.interval or 1
due.append([started + interval, interval, report_0])
while not stopping.is_set():
    now = time.monotonic()
    wait = 1.0
    if arguments.duration is not None:
        if now >= started + arguments.duration:
            break
        wait = min(wait, started + arguments.duration - now)
    for timer in due:
        if now >= timer[0]:
            timer[2]()
            timer[0] = max(timer[0] + timer[1], now)
        wait = min(wait, max(timer[0] - now, 0))
    stopping.wait(wait)
    tell_problems()
if not unwritten:
    report_0(final=True)
    tell_problems()
if unwritten and not isinstance(unwritten[0], BrokenPipeError):
    fail("cannot write the results: %s" % unwritten[0].strerror)
