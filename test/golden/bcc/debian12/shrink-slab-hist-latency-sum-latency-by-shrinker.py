#!/usr/bin/python3 -I
"""shrink_slab hist(latency), sum(latency) by shrinker

Compiled by Faultline for debian12 (6.1.0-50-cloud-amd64), BCC 0.26.0.
shrink_slab: tracepoint:vmscan:mm_shrink_slab_end
shrink_slab: tracepoint:vmscan:mm_shrink_slab_start
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
    u64 shrinker;
};
BPF_HASH(shrink_slab_begun, u32, struct shrink_slab_begun, MAX_ENTRIES);

/* shrink_slab hist(latency), sum(latency) by shrinker */
struct shrink_slab_hist_latency_key {
    u64 shrinker;
    u32 turn;
};
struct shrink_slab_hist_latency_value {
    s64 sum;
};
BPF_PERCPU_HASH(shrink_slab_hist_latency_groups, struct shrink_slab_hist_latency_key, struct shrink_slab_hist_latency_value, 2 * MAX_ENTRIES);
struct shrink_slab_hist_latency_slots {
    struct shrink_slab_hist_latency_key place;
    u32 number;
};
BPF_PERCPU_HASH(shrink_slab_hist_latency_slots, struct shrink_slab_hist_latency_slots, u64, 2 * MAX_ENTRIES);

/* 0 for what is negative, 1 for zero, then one for each power of two. */
static __always_inline u32 log2_slot(s64 number)
{
    return number < 0 ? 0 : number == 0 ? 1 : bpf_log2l(number) + 1;
}

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
    begun.shrinker = (u64)args->shrink;
    if (shrink_slab_begun.update(&tid, &begun))
        problem(FULL_MAP);
    return 0;
}

/* count into @shrink_slab_hist_latency, @shrink_slab_sum_latency */
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
    struct shrink_slab_hist_latency_key place;
    __builtin_memset(&place, 0, sizeof(place));
    place.shrinker = entry->shrinker;
    place.turn = turn_now;
    struct shrink_slab_hist_latency_value nothing = {};
    struct shrink_slab_hist_latency_value *counted = shrink_slab_hist_latency_groups.lookup_or_try_init(&place, &nothing);
    if (counted) {
        counted->sum += latency;
    } else {
        problem(FULL_MAP);
    }
    struct shrink_slab_hist_latency_slots bar;
    __builtin_memset(&bar, 0, sizeof(bar));
    bar.place = place;
    bar.number = log2_slot(latency);
    u64 nothing_2 = 0;
    u64 *height = shrink_slab_hist_latency_slots.lookup_or_try_init(&bar, &nothing_2);
    if (height)
        *height += 1;
    else
        problem(FULL_MAP);
    shrink_slab_begun.delete(&tid);
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


def decoded(raw):
    """Names in the kernel are bytes; what is no UTF-8 reads \\xNN."""
    return raw.decode("utf-8", "backslashreplace")


def symbol(address, pid):
    """A function's name and the place in it; the bare address where nothing is known of it."""
    key = (address, pid)
    if key not in symbols:
        name = bpf.ksym(address, show_offset=True) if pid < 0 else bpf.sym(address, pid, show_offset=True)
        name, _, offset = decoded(name).rpartition("+0x")
        known = name != "" and "[unknown]" not in name
        symbols[key] = "%s+%d" % (name, int(offset, 16)) if known else "0x%x" % address
    return symbols[key]


symbols = {}


def function_name(address, pid=-1):
    return symbol(address, pid).rpartition("+")[0] or "0x%x" % address


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


def power_bounds(slot):
    if slot == 0:
        return None, -1
    return (0, 0) if slot == 1 else (1 << (slot - 2), (1 << (slot - 1)) - 1)


def histogram(slots, bounds):
    """From the first bucket that has something to the last."""
    buckets = []
    for slot in range(min(slots, default=0), max(slots, default=-1) + 1):
        low, high = bounds(slot)
        buckets.append({"min": low, "max": high, "count": slots.get(slot, 0)})
    return buckets


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


def scaled(value, step, units):
    """Three digits that count, in the largest unit that leaves something before the point."""
    size = abs(value)
    index = 0
    while index < len(units) - 1 and size >= step - (0.5 if index else 0):
        size /= step
        index += 1
    if index == 0 or size >= 100:
        digits = str(int(size + 0.5))
    else:
        digits = ("%.*f" % (1 if size >= 10 else 2, size)).rstrip("0").rstrip(".")
    return "%s%s %s" % ("-" if value < 0 else "", digits, units[index])


def time_span(value):
    if value is None:
        return "-"
    if abs(value) < 60 * 10**9:
        return scaled(value, 1000, ["ns", "\u00b5s", "ms", "s"])
    seconds = round(abs(value) / 1e9)
    sign = "-" if value < 0 else ""
    if seconds < 3600:
        return "%s%dm%02ds" % (sign, seconds // 60, seconds % 60)
    return "%s%dh%02dm" % (sign, seconds // 3600, seconds // 60 % 60)


def show_histogram(buckets, show):
    if not buckets:
        write("no events")
        return
    names = []
    for bucket in buckets:
        low, high = bucket["min"], bucket["max"]
        if low == high:
            names.append("[%s]" % show(low))
        else:
            left = "(..." if low is None else "[%s" % show(low)
            names.append("%s, %s)" % (left, "..." if high is None else show(high + 1)))
    counts = [bucket["count"] for bucket in buckets]
    name_width = max(len(name) for name in names)
    count_width = max(len(str(count)) for count in counts)
    bar_width = max(10, min(52, 80 - name_width - count_width - 4))
    most = max(max(counts), 1)
    lines = []
    for name, count in zip(names, counts):
        bar = "@" * (max(1, round(count / most * bar_width)) if count else 0)
        lines.append("%-*s %*d |%-*s|" % (name_width, name, count_width, count, bar_width, bar))
    write(*lines)


def show_blocks(columns, histograms, rows):
    """Histograms, a block a group; each has a place in the group, a name, and what writes a bound."""
    if not rows:
        write("no events")
    for number, (facts, values) in enumerate(rows):
        if number:
            write("")
        for (name, _, show), value in zip(columns, facts):
            words = show(value)
            write("%s %s" % (name, words if "\n" not in words else "\n    " + words.replace("\n", "\n    ")))
        for place, name, show in histograms:
            write(name)
            show_histogram(values[place], show)


def by_size(groups, rank):
    """Those that matter most first."""
    def size(value):
        if isinstance(value, list):
            return sum(bucket["count"] for bucket in value)
        if isinstance(value, dict):
            return value["total"]
        return float("-inf") if value is None else value
    def name(key):
        return [(isinstance(part, str), part if isinstance(part, (int, str)) else 0) for part in key]
    return sorted(groups, key=lambda group: (-size(group[1][rank]), name(group[0])))


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
    """The groups of `shrink_slab hist(latency), sum(latency) by shrinker` since the last time."""
    turn = next_turn(0)
    groups = {}
    for key, counted in taken(bpf["shrink_slab_hist_latency_groups"], lambda key: key.turn == turn):
        group = groups.setdefault((function_name(key.shrinker),), [{}, 0])
        group[1] += sum(cpu.sum for cpu in counted)
    for key, counted in taken(bpf["shrink_slab_hist_latency_slots"], lambda key: key.place.turn == turn):
        group = groups.setdefault((function_name(key.place.shrinker),), [{}, 0])
        slot = key.number
        if sum(counted):
            group[0][slot] = group[0].get(slot, 0) + sum(counted)
    return [
        (name, [histogram(group[0], power_bounds), group[1]])
        for name, group in groups.items()
    ]


COLUMNS_0 = [
    ("shrinker", False, plainly),
    ("sum(latency)", True, time_span),
]
HISTOGRAMS_0 = [
    (0, "hist(latency)", time_span),
]


def report_0(final=False):
    """shrink_slab hist(latency), sum(latency) by shrinker"""
    rows = take_0()
    if arguments.json:
        say({"groups": 0, "time": boot_time(), "rows": rows, "final": final})
        return
    if arguments.interval:
        write("\n" + time.strftime("%H:%M:%S"))
    rows = by_size(rows, 1)[:arguments.top]
    show_blocks(COLUMNS_0, HISTOGRAMS_0, [([name[0], values[1]], values) for name, values in rows])


parser = argparse.ArgumentParser(description="shrink_slab hist(latency), sum(latency) by shrinker")
parser.add_argument("-p", "--pid", type=whole_number("the number of a process: `pgrep NAME` tells it"), default=0, help="only this process")
parser.add_argument("-i", "--interval", type=seconds, metavar="SECONDS", help="print every so many seconds")
parser.add_argument("-d", "--duration", type=seconds, metavar="SECONDS", help="end after so many seconds")
parser.add_argument("--top", type=whole_number("a number above 0: 10"), metavar="N", help="print the N largest groups alone")
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
    say({"attached": 2})
else:
    note("Tracing... Hit Ctrl-C to end.")
started = time.monotonic()
due = []
interval = arguments.interval
if interval:
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
