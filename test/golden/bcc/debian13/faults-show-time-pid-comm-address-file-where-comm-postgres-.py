#!/usr/bin/python3 -I
"""faults show time, pid, comm, address, file where comm == "postgres"

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
faults: fentry:handle_mm_fault
  not software:page-faults:1: it does not give `address`
  not tracepoint:exceptions:page_fault_user: it does not give `file`
  not rawtracepoint:page_fault_user: it does not give `address`
  not kprobe:handle_mm_fault: it costs 1.7 times as much
Note: faults: counts calls of the fault handler: a fault that is retried, or that the kernel makes for itself, counts as well, and a fault outside any mapping does not
"""
import argparse
import datetime
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

/* Where Linux 6.12.117+deb13-cloud-amd64 keeps what is read here, in bytes. */
#define VM_AREA_STRUCT__VM_FILE 128
#define FILE__F_PATH__DENTRY 72
#define DENTRY__D_NAME__NAME 40

/* What went wrong, counted by kind, for the program to tell. */
enum { LOST_EVENT, FULL_MAP, MISSING_STACK, COLLIDED_STACK, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

static __always_inline void problem(int kind)
{
    u64 *count = problems.lookup(&kind);
    if (count)
        *count += 1;
}

/* faults show time, pid, comm, address, file where comm == "postgres" */
struct event_0 {
    u64 time;
    u32 pid;
    char comm[16];
    u64 address;
    char file[64];
};
BPF_RINGBUF_OUTPUT(event_0_buffer, 256);

/* show each one */
KFUNC_PROBE(handle_mm_fault)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    char comm[16] = {};
    bpf_get_current_comm(&comm, sizeof(comm));
    if (comm[0] != 'p' || comm[1] != 'o' || comm[2] != 's' || comm[3] != 't' || comm[4] != 'g' || comm[5] != 'r' || comm[6] != 'e' || comm[7] != 's' || comm[8])
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    u64 address = ctx[1];
    u64 vma = ctx[0];
    u64 vm_file = 0;
    bpf_probe_read_kernel(&vm_file, sizeof(vm_file), (void *)(vma + VM_AREA_STRUCT__VM_FILE));
    u64 dentry = 0;
    bpf_probe_read_kernel(&dentry, sizeof(dentry), (void *)(vm_file + FILE__F_PATH__DENTRY));
    u64 name = 0;
    bpf_probe_read_kernel(&name, sizeof(name), (void *)(dentry + DENTRY__D_NAME__NAME));
    struct event_0 *row = event_0_buffer.ringbuf_reserve(sizeof(struct event_0));
    if (row) {
        row->time = now;
        row->pid = pid;
        bpf_get_current_comm(&row->comm, sizeof(row->comm));
        row->address = address;
        bpf_probe_read_kernel_str(&row->file, sizeof(row->file), (void *)name);
        event_0_buffer.ringbuf_submit(row, 0);
    } else {
        problem(LOST_EVENT);
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


def decoded(raw):
    """Names in the kernel are bytes; what is no UTF-8 reads \\xNN."""
    return raw.decode("utf-8", "backslashreplace")


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


def hexadecimal(value):
    return "-" if value is None else "0x%x" % (value & 0xFFFFFFFFFFFFFFFF)


def wall_clock(nanoseconds):
    """The time of day of a time stamp of the kernel."""
    moment = datetime.datetime.fromtimestamp((nanoseconds + WALL_CLOCK) / 1e9)
    return moment.strftime("%H:%M:%S.") + "%03d" % (moment.microsecond // 1000)


WALL_CLOCK = time.time_ns() - boot_time()


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


COLUMNS_0 = [
    ("time", False, wall_clock),
    ("pid", True, plainly),
    ("comm", False, plainly),
    ("address", True, hexadecimal),
    ("file", False, plainly),
]
WIDTHS_0 = [12, 7, 15, 18, 20]


def show_0(_context, data, _size):
    """faults show time, pid, comm, address, file where comm == "postgres\""""
    if unwritten:
        return -1
    event = bpf["event_0_buffer"].event(data)
    values = [
        event.time,
        event.pid,
        decoded(event.comm),
        event.address,
        decoded(event.file),
    ]
    if arguments.json:
        say({"row": 0, "values": values})
    else:
        show_line(COLUMNS_0, values, WIDTHS_0)


parser = argparse.ArgumentParser(description="faults show time, pid, comm, address, file where comm == \"postgres\"")
parser.add_argument("-p", "--pid", type=whole_number("the number of a process: `pgrep NAME` tells it"), default=0, help="only this process")
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
if os.uname().release != "6.12.117+deb13-cloud-amd64":
    warn("compiled for Linux 6.12.117+deb13-cloud-amd64: on another kernel members may be elsewhere")
try:
    cflags = [
        "-w",
        "-DMAX_ENTRIES=%d" % arguments.max_entries,
        "-DONLY_PID=%d" % arguments.pid,
    ]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    bpf["event_0_buffer"].open_ring_buffer(show_0)
except Exception as error:
    fail("cannot trace: %s" % error)
if arguments.json:
    say({"attached": 1})
else:
    note("Tracing... Hit Ctrl-C to end.")
    write(aligned([name for name, _, _ in COLUMNS_0], COLUMNS_0, WIDTHS_0))
started = time.monotonic()
while not stopping.is_set():
    now = time.monotonic()
    wait = 1.0
    if arguments.duration is not None:
        if now >= started + arguments.duration:
            break
        wait = min(wait, started + arguments.duration - now)
    bpf.ring_buffer_poll(int(wait * 1000) + 1)
    tell_problems()
if not unwritten:
    bpf.ring_buffer_consume()
    tell_problems()
if unwritten and not isinstance(unwritten[0], BrokenPipeError):
    fail("cannot write the results: %s" % unwritten[0].strerror)
