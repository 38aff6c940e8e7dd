#!/usr/bin/python3 -I
"""open allocation sum(size), count() by ustack where age > 10s every 5s

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
free: uprobe:libc:free
realloc_call: uretprobe:libc:realloc
realloc_call: uprobe:libc:realloc
reallocarray_call: uretprobe:libc:reallocarray
reallocarray_call: uprobe:libc:reallocarray
malloc_call: uretprobe:libc:malloc
malloc_call: uprobe:libc:malloc
calloc_call: uretprobe:libc:calloc
calloc_call: uprobe:libc:calloc
posix_memalign_call: uretprobe:libc:posix_memalign
posix_memalign_call: uprobe:libc:posix_memalign
memalign_call: uretprobe:libc:memalign
memalign_call: uprobe:libc:memalign
aligned_alloc_call: uretprobe:libc:aligned_alloc
aligned_alloc_call: uprobe:libc:aligned_alloc
valloc_call: uretprobe:libc:valloc
valloc_call: uprobe:libc:valloc
pvalloc_call: uretprobe:libc:pvalloc
pvalloc_call: uprobe:libc:pvalloc
"""
import argparse
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
#include <linux/errno.h>

BPF_STACK_TRACE(stacks, MAX_ENTRIES);

/* What went wrong, counted by kind, for the program to tell. */
enum { LOST_EVENT, FULL_MAP, MISSING_STACK, COLLIDED_STACK, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

static __always_inline void problem(int kind)
{
    u64 *count = problems.lookup(&kind);
    if (count)
        *count += 1;
}

static __always_inline int stack_of(void *context, u64 flags)
{
    int id = stacks.get_stackid(context, flags);
    if (id < 0)
        problem(id == -EEXIST ? COLLIDED_STACK : MISSING_STACK);
    return id;
}

/* each realloc_call that is open, by tid */
struct realloc_call_begun {
    u64 old;
    u64 size;
};
BPF_HASH(realloc_call_begun, u32, struct realloc_call_begun, MAX_ENTRIES);

/* each reallocarray_call that is open, by tid */
struct reallocarray_call_begun {
    u64 old;
    u64 size;
};
BPF_HASH(reallocarray_call_begun, u32, struct reallocarray_call_begun, MAX_ENTRIES);

struct allocation_begun_key {
    u32 pid;
    u64 address;
};

/* each allocation that is open, by pid, address */
struct allocation_begun {
    u64 time;
    s32 ustack;
    u32 ustack_pid;
    u64 size;
};
BPF_HASH(allocation_begun, struct allocation_begun_key, struct allocation_begun, MAX_ENTRIES);

/* each malloc_call that is open, by tid */
struct malloc_call_begun {
    u64 size;
};
BPF_HASH(malloc_call_begun, u32, struct malloc_call_begun, MAX_ENTRIES);

/* each calloc_call that is open, by tid */
struct calloc_call_begun {
    u64 size;
};
BPF_HASH(calloc_call_begun, u32, struct calloc_call_begun, MAX_ENTRIES);

/* each posix_memalign_call that is open, by tid */
struct posix_memalign_call_begun {
    u64 place;
    u64 size;
};
BPF_HASH(posix_memalign_call_begun, u32, struct posix_memalign_call_begun, MAX_ENTRIES);

/* each memalign_call that is open, by tid */
struct memalign_call_begun {
    u64 size;
};
BPF_HASH(memalign_call_begun, u32, struct memalign_call_begun, MAX_ENTRIES);

/* each aligned_alloc_call that is open, by tid */
struct aligned_alloc_call_begun {
    u64 size;
};
BPF_HASH(aligned_alloc_call_begun, u32, struct aligned_alloc_call_begun, MAX_ENTRIES);

/* each valloc_call that is open, by tid */
struct valloc_call_begun {
    u64 size;
};
BPF_HASH(valloc_call_begun, u32, struct valloc_call_begun, MAX_ENTRIES);

/* each pvalloc_call that is open, by tid */
struct pvalloc_call_begun {
    u64 size;
};
BPF_HASH(pvalloc_call_begun, u32, struct pvalloc_call_begun, MAX_ENTRIES);

/* remember that malloc_call began */
int on_malloc(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    struct malloc_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.size = argument_0;
    if (malloc_call_begun.update(&tid, &begun))
        problem(FULL_MAP);
    return 0;
}

/* malloc_call: remember that allocation began */
int on_malloc_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct malloc_call_begun *entry = malloc_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    if (returned != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key place;
        __builtin_memset(&place, 0, sizeof(place));
        place.pid = pid;
        place.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.update(&place, &begun))
            problem(FULL_MAP);
    }
    malloc_call_begun.delete(&tid);
    return 0;
}

/* remember that calloc_call began */
int on_calloc(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    u64 argument_1 = PT_REGS_PARM2(ctx);
    struct calloc_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.size = argument_0 * argument_1;
    if (calloc_call_begun.update(&tid, &begun))
        problem(FULL_MAP);
    return 0;
}

/* calloc_call: remember that allocation began */
int on_calloc_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct calloc_call_begun *entry = calloc_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    if (returned != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key place;
        __builtin_memset(&place, 0, sizeof(place));
        place.pid = pid;
        place.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.update(&place, &begun))
            problem(FULL_MAP);
    }
    calloc_call_begun.delete(&tid);
    return 0;
}

/* remember that posix_memalign_call began */
int on_posix_memalign(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    u64 argument_2 = PT_REGS_PARM3(ctx);
    struct posix_memalign_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.place = argument_0;
    begun.size = argument_2;
    if (posix_memalign_call_begun.update(&tid, &begun))
        problem(FULL_MAP);
    return 0;
}

/* posix_memalign_call: remember that allocation began */
int on_posix_memalign_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct posix_memalign_call_begun *entry = posix_memalign_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    s64 returned = PT_REGS_RC(ctx);
    u64 word = 0;
    bpf_probe_read_user(&word, sizeof(word), (void *)entry->place);
    if ((returned & 0xffffffffLL) == 0 && word != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key place;
        __builtin_memset(&place, 0, sizeof(place));
        place.pid = pid;
        place.address = word;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.update(&place, &begun))
            problem(FULL_MAP);
    }
    posix_memalign_call_begun.delete(&tid);
    return 0;
}

/* remember that memalign_call began */
int on_memalign(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_1 = PT_REGS_PARM2(ctx);
    struct memalign_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.size = argument_1;
    if (memalign_call_begun.update(&tid, &begun))
        problem(FULL_MAP);
    return 0;
}

/* memalign_call: remember that allocation began */
int on_memalign_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct memalign_call_begun *entry = memalign_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    if (returned != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key place;
        __builtin_memset(&place, 0, sizeof(place));
        place.pid = pid;
        place.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.update(&place, &begun))
            problem(FULL_MAP);
    }
    memalign_call_begun.delete(&tid);
    return 0;
}

/* remember that aligned_alloc_call began */
int on_aligned_alloc(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_1 = PT_REGS_PARM2(ctx);
    struct aligned_alloc_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.size = argument_1;
    if (aligned_alloc_call_begun.update(&tid, &begun))
        problem(FULL_MAP);
    return 0;
}

/* aligned_alloc_call: remember that allocation began */
int on_aligned_alloc_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct aligned_alloc_call_begun *entry = aligned_alloc_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    if (returned != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key place;
        __builtin_memset(&place, 0, sizeof(place));
        place.pid = pid;
        place.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.update(&place, &begun))
            problem(FULL_MAP);
    }
    aligned_alloc_call_begun.delete(&tid);
    return 0;
}

/* remember that valloc_call began */
int on_valloc(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    struct valloc_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.size = argument_0;
    if (valloc_call_begun.update(&tid, &begun))
        problem(FULL_MAP);
    return 0;
}

/* valloc_call: remember that allocation began */
int on_valloc_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct valloc_call_begun *entry = valloc_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    if (returned != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key place;
        __builtin_memset(&place, 0, sizeof(place));
        place.pid = pid;
        place.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.update(&place, &begun))
            problem(FULL_MAP);
    }
    valloc_call_begun.delete(&tid);
    return 0;
}

/* remember that pvalloc_call began */
int on_pvalloc(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    struct pvalloc_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.size = argument_0;
    if (pvalloc_call_begun.update(&tid, &begun))
        problem(FULL_MAP);
    return 0;
}

/* pvalloc_call: remember that allocation began */
int on_pvalloc_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct pvalloc_call_begun *entry = pvalloc_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    if (returned != 0) {
        u32 pid = bpf_get_current_pid_tgid() >> 32;
        struct allocation_begun_key place;
        __builtin_memset(&place, 0, sizeof(place));
        place.pid = pid;
        place.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.update(&place, &begun))
            problem(FULL_MAP);
    }
    pvalloc_call_begun.delete(&tid);
    return 0;
}

/* remember that realloc_call began */
int on_realloc(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    u64 argument_1 = PT_REGS_PARM2(ctx);
    struct realloc_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.old = argument_0;
    begun.size = argument_1;
    if (realloc_call_begun.update(&tid, &begun))
        problem(FULL_MAP);
    return 0;
}

/* realloc_call: allocation has ended: forget it; realloc_call: remember that allocation began */
int on_realloc_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct realloc_call_begun *entry = realloc_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    struct allocation_begun_key place;
    __builtin_memset(&place, 0, sizeof(place));
    place.pid = pid;
    place.address = entry->old;
    struct allocation_begun *entry_2 = allocation_begun.lookup(&place);
    if (entry->old != 0 && (returned != 0 || entry->size == 0) && entry_2) {
        allocation_begun.delete(&place);
    }
    if (returned != 0) {
        struct allocation_begun_key place_2;
        __builtin_memset(&place_2, 0, sizeof(place_2));
        place_2.pid = pid;
        place_2.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.update(&place_2, &begun))
            problem(FULL_MAP);
    }
    realloc_call_begun.delete(&tid);
    return 0;
}

/* remember that reallocarray_call began */
int on_reallocarray(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    u64 argument_0 = PT_REGS_PARM1(ctx);
    u64 argument_1 = PT_REGS_PARM2(ctx);
    u64 argument_2 = PT_REGS_PARM3(ctx);
    struct reallocarray_call_begun begun;
    __builtin_memset(&begun, 0, sizeof(begun));
    begun.old = argument_0;
    begun.size = argument_1 * argument_2;
    if (reallocarray_call_begun.update(&tid, &begun))
        problem(FULL_MAP);
    return 0;
}

/* reallocarray_call: allocation has ended: forget it; reallocarray_call: remember that allocation began */
int on_reallocarray_return(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 tid = bpf_get_current_pid_tgid();
    struct reallocarray_call_begun *entry = reallocarray_call_begun.lookup(&tid);
    if (!entry)
        return 0;
    u64 returned = PT_REGS_RC(ctx);
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    struct allocation_begun_key place;
    __builtin_memset(&place, 0, sizeof(place));
    place.pid = pid;
    place.address = entry->old;
    struct allocation_begun *entry_2 = allocation_begun.lookup(&place);
    if (entry->old != 0 && (returned != 0 || entry->size == 0) && entry_2) {
        allocation_begun.delete(&place);
    }
    if (returned != 0) {
        struct allocation_begun_key place_2;
        __builtin_memset(&place_2, 0, sizeof(place_2));
        place_2.pid = pid;
        place_2.address = returned;
        u64 now = bpf_ktime_get_boot_ns();
        struct allocation_begun begun;
        __builtin_memset(&begun, 0, sizeof(begun));
        begun.time = now;
        begun.ustack = stack_of(ctx, BPF_F_USER_STACK);
        begun.ustack_pid = pid;
        begun.size = entry->size;
        if (allocation_begun.update(&place_2, &begun))
            problem(FULL_MAP);
    }
    reallocarray_call_begun.delete(&tid);
    return 0;
}

/* free: allocation has ended: forget it */
int on_free(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u64 argument_0 = PT_REGS_PARM1(ctx);
    if (argument_0 == 0)
        return 0;
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    struct allocation_begun_key place;
    __builtin_memset(&place, 0, sizeof(place));
    place.pid = pid;
    place.address = argument_0;
    struct allocation_begun *entry = allocation_begun.lookup(&place);
    if (!entry)
        return 0;
    allocation_begun.delete(&place);
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


def frames(number, pid):
    """A stack, the innermost function first; None where the kernel could not take it."""
    if number < 0:
        return None
    try:
        return "\n".join(symbol(address, pid) for address in bpf["stacks"].walk(number))
    except KeyError:
        return None


def wrapped(number, signed):
    """In 64 bits, as the kernel calculates."""
    number &= 0xFFFFFFFFFFFFFFFF
    return number - (1 << 64) if signed and number >> 63 else number


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


def amount(value):
    """A size in bytes."""
    return "-" if value is None else scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"])


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
    """What is open of `open allocation sum(size), count() by ustack where age > 10s every 5s`."""
    entries = list(bpf["allocation_begun"].items())
    now = boot_time()
    groups = {}
    for _, entry in entries:
        if wrapped(now - entry.time, False) <= 10000000000:
            continue
        name = (frames(entry.ustack, entry.ustack_pid),)
        group = groups.setdefault(name, [0, 0])
        group[0] += entry.size
        group[1] += 1
    return [
        (name, [group[0], group[1]])
        for name, group in groups.items()
    ]


COLUMNS_0 = [
    ("sum(size)", True, amount),
    ("count()", True, plainly),
    ("ustack", False, line_by_line),
]


def report_0(final=False):
    """open allocation sum(size), count() by ustack where age > 10s every 5s"""
    rows = take_0()
    if arguments.json:
        say({"groups": 0, "time": boot_time(), "rows": rows, "final": final})
        return
    write("\n" + time.strftime("%H:%M:%S"))
    rows = by_size(rows, 0)[:arguments.top]
    show_table(COLUMNS_0, [[values[0], values[1], name[0]] for name, values in rows])


parser = argparse.ArgumentParser(description="open allocation sum(size), count() by ustack where age > 10s every 5s")
parser.add_argument("-p", "--pid", type=whole_number("the number of a process: `pgrep NAME` tells it"), default=0, help="only this process")
parser.add_argument("-i", "--interval", type=seconds, metavar="SECONDS", help="print every so many seconds (5)")
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
    only_pid = arguments.pid or -1
    cflags = [
        "-w",
        "-DMAX_ENTRIES=%d" % arguments.max_entries,
        "-DONLY_PID=%d" % arguments.pid,
    ]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    bpf.attach_uprobe(name=b"c", sym=b"malloc", fn_name=b"on_malloc", pid=only_pid)
    bpf.attach_uretprobe(name=b"c", sym=b"malloc", fn_name=b"on_malloc_return", pid=only_pid)
    bpf.attach_uprobe(name=b"c", sym=b"calloc", fn_name=b"on_calloc", pid=only_pid)
    bpf.attach_uretprobe(name=b"c", sym=b"calloc", fn_name=b"on_calloc_return", pid=only_pid)
    bpf.attach_uprobe(name=b"c", sym=b"posix_memalign", fn_name=b"on_posix_memalign", pid=only_pid)
    bpf.attach_uretprobe(name=b"c", sym=b"posix_memalign", fn_name=b"on_posix_memalign_return", pid=only_pid)
    bpf.attach_uprobe(name=b"c", sym=b"memalign", fn_name=b"on_memalign", pid=only_pid)
    bpf.attach_uretprobe(name=b"c", sym=b"memalign", fn_name=b"on_memalign_return", pid=only_pid)
    bpf.attach_uprobe(name=b"c", sym=b"aligned_alloc", fn_name=b"on_aligned_alloc", pid=only_pid)
    bpf.attach_uretprobe(name=b"c", sym=b"aligned_alloc", fn_name=b"on_aligned_alloc_return", pid=only_pid)
    bpf.attach_uprobe(name=b"c", sym=b"valloc", fn_name=b"on_valloc", pid=only_pid)
    bpf.attach_uretprobe(name=b"c", sym=b"valloc", fn_name=b"on_valloc_return", pid=only_pid)
    bpf.attach_uprobe(name=b"c", sym=b"pvalloc", fn_name=b"on_pvalloc", pid=only_pid)
    bpf.attach_uretprobe(name=b"c", sym=b"pvalloc", fn_name=b"on_pvalloc_return", pid=only_pid)
    bpf.attach_uprobe(name=b"c", sym=b"realloc", fn_name=b"on_realloc", pid=only_pid)
    bpf.attach_uretprobe(name=b"c", sym=b"realloc", fn_name=b"on_realloc_return", pid=only_pid)
    bpf.attach_uprobe(name=b"c", sym=b"reallocarray", fn_name=b"on_reallocarray", pid=only_pid)
    bpf.attach_uretprobe(name=b"c", sym=b"reallocarray", fn_name=b"on_reallocarray_return", pid=only_pid)
    bpf.attach_uprobe(name=b"c", sym=b"free", fn_name=b"on_free", pid=only_pid)
except Exception as error:
    fail("cannot trace: %s" % error)
if arguments.json:
    say({"attached": 19})
else:
    note("Tracing... Hit Ctrl-C to end.")
started = time.monotonic()
due = []
interval = arguments.interval or 5
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
