#!/usr/bin/python3 -I
"""tracepoint:vmscan:* by probe

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
tracepoint:vmscan:*: tracepoint:vmscan:*
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
PROBES = []


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

/* tracepoint:vmscan:* by probe */
struct vmscan_key {
    u32 probe;
    u32 turn;
};
struct vmscan_value {
    s64 count;
};
BPF_PERCPU_HASH(vmscan_groups, struct vmscan_key, struct vmscan_value, 2 * MAX_ENTRIES);

/* count into @vmscan */
static __always_inline int on(void *ctx, u32 number)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 turn_now = turn_of(0);
    struct vmscan_key place;
    __builtin_memset(&place, 0, sizeof(place));
    place.probe = number;
    place.turn = turn_now;
    struct vmscan_value nothing = {};
    struct vmscan_value *counted = vmscan_groups.lookup_or_try_init(&place, &nothing);
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


def show_table(columns, rows):
    """Columns are a name, whether they stand to the right, and what writes a value."""
    if not rows:
        write("no events")
        return
    cells = [[show(value).split("\n") for (_, _, show), value in zip(columns, row)] for row in rows]
    widths = [
        max([len(name)] + [len(line) for row in cells for line in row[i]])
        for i, (name, _, _) in enumerate(columns)
    ]
    lines = [aligned([name for name, _, _ in columns], columns, widths)]
    for row in cells:
        for at in range(max(len(cell) for cell in row)):
            lines.append(aligned([cell[at] if at < len(cell) else "" for cell in row], columns, widths))
    write(*lines)


def aligned(cells, columns, widths):
    placed = [
        cell.rjust(width) if right else cell.ljust(width)
        for cell, (_, right, _), width in zip(cells, columns, widths)
    ]
    return "  ".join(placed).rstrip()


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
    """The groups of `tracepoint:vmscan:* by probe` since the last time."""
    turn = next_turn(0)
    groups = {}
    for key, counted in taken(bpf["vmscan_groups"], lambda key: key.turn == turn):
        group = groups.setdefault((PROBES[key.probe],), [0])
        group[0] += sum(cpu.count for cpu in counted)
    return [
        (name, [group[0]])
        for name, group in groups.items()
    ]


COLUMNS_0 = [
    ("probe", False, plainly),
    ("count()", True, plainly),
]


def report_0(final=False):
    """tracepoint:vmscan:* by probe"""
    rows = take_0()
    if arguments.json:
        say({"groups": 0, "time": boot_time(), "rows": rows, "final": final})
        return
    if arguments.interval:
        write("\n" + time.strftime("%H:%M:%S"))
    rows = by_size(rows, 0)[:arguments.top]
    show_table(COLUMNS_0, [[name[0], values[0]] for name, values in rows])


parser = argparse.ArgumentParser(description="tracepoint:vmscan:* by probe")
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
    program = PROGRAM
    made = []
    for found in sorted(BPF.get_tracepoints(b"^vmscan\x5c:.*$")):
        each = "on_%d" % len(PROBES)
        program += "int %s(void *ctx) { return on(ctx, %d); }\n" % (each, len(PROBES))
        made.append(("on", found, each.encode()))
        PROBES.append("tracepoint:" + os.fsdecode(found))
    cflags = [
        "-w",
        "-DMAX_ENTRIES=%d" % arguments.max_entries,
        "-DONLY_PID=%d" % arguments.pid,
    ]
    bpf = BPF(text=program, cflags=cflags)
    for of, found, each in made:
        if of == "on":
            bpf.attach_tracepoint(tp=found, fn_name=each)
except Exception as error:
    fail("cannot trace: %s" % error)
if arguments.json:
    say({"attached": 1})
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
