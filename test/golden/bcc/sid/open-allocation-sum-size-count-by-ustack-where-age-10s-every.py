#!/usr/bin/python3 -I
"""open allocation sum(size), count() by ustack where age > 10s every 5s

Compiled by Faultline for sid (7.2.13+deb14-cloud-amd64), BCC 0.37.0.
pid and tid: numbers of the initial PID namespace, as ps shows outside of containers
free: uprobe:libc:free
realloc_call: uprobe:libc:realloc, uretprobe:libc:realloc
reallocarray_call: uprobe:libc:reallocarray, uretprobe:libc:reallocarray
malloc_call: uprobe:libc:malloc, uretprobe:libc:malloc
calloc_call: uprobe:libc:calloc, uretprobe:libc:calloc
posix_memalign_call: uprobe:libc:posix_memalign, uretprobe:libc:posix_memalign
memalign_call: uprobe:libc:memalign, uretprobe:libc:memalign
aligned_alloc_call: uprobe:libc:aligned_alloc, uretprobe:libc:aligned_alloc
valloc_call: uprobe:libc:valloc, uretprobe:libc:valloc
pvalloc_call: uprobe:libc:pvalloc, uretprobe:libc:pvalloc
Note: allocation: ages are known in steps of 1250 ms: nothing younger than 10000 ms is shown, and
    all that is older than 11250 ms is
"""
import argparse
import ctypes
import logging
import os
import signal
import sys
import threading
import time

from bcc import BPF  # package python3-bpfcc or python3-bcc

PROGRAM = r"""
#include <uapi/linux/ptrace.h>
#include <linux/types.h>
#include <linux/errno.h>

/* Offsets in bytes of the members read here, in Linux 7.2.13+deb14-cloud-amd64. */
#define TASK_STRUCT__GROUP_LEADER 2872
#define TASK_STRUCT__START_BOOTTIME 3160
#define TASK_STRUCT__SIGNAL 3448
#define SIGNAL_STRUCT__LIVE__COUNTER 4

BPF_STACK_TRACE(stacks, MAX_ENTRIES);

/* How often each kind of problem occurred. */
enum { FULL_MAP, MISSED_END, MISSING_STACK, COLLIDED_STACK, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

static __always_inline int stack_of(int id)
{
    if (id < 0)
        problems.increment(id == -EEXIST ? COLLIDED_STACK : MISSING_STACK);
    return id;
}

/* The set of entries (0 or 1) that each result updates, while the other one is read. */
BPF_ARRAY(turns, u32, 1);

static __always_inline u32 turn_of(int result)
{
    u32 *turn = turns.lookup(&result);
    return turn ? *turn : 0;
}

/* each open process, by pid: its number_ */
BPF_HASH(processes, u32, u64, MAX_ENTRIES);

/* each open call, by tid */
struct calls { u64 call; u64 time; u64 old_or_place; u64 size; };
BPF_HASH(calls, u32, struct calls, MAX_ENTRIES);

/* each open allocation, by pid, address */
struct allocation_begun_key { u32 pid; u64 address; };
struct allocation_begun {
    u64 step;
    u64 size;
    s32 ustack; u32 ustack_pid;
    u32 owner_id;
    u64 owner_number;
};
BPF_F_TABLE("hash", struct allocation_begun_key, struct allocation_begun, allocation_begun, MAX_ENTRIES > 1048576 ? MAX_ENTRIES : 1048576, BPF_F_NO_PREALLOC);

/* open allocation sum(size), count() by ustack where age > 10s every 5s */
struct allocation_count_key {
    s32 ustack; u32 ustack_pid;
    u32 owner;
    u64 owner_number;
    u64 step;
    u32 turn;
};
struct allocation_count_value { s64 count; s64 sum; };
BPF_PERCPU_HASH(allocation_count_groups, struct allocation_count_key, struct allocation_count_value, 8 * MAX_ENTRIES);

/* A span that is open began again, or there was no room for it. */
static __always_inline void begin_again(int failed)
{
    problems.increment(failed ? FULL_MAP : MISSED_END);
}

/* add an open allocation to its group, or (by -1) take it off again */
static __always_inline void change_allocation_count(struct allocation_begun *record, s64 by)
{
    u64 step = record->step;
    if (by < 0 && record->step + 18 < bpf_ktime_get_boot_ns() / 1250000000)
        step = 0;
    u32 turn_now = turn_of(0);
    struct allocation_count_key key = {};
    key.ustack = record->ustack;
    key.ustack_pid = record->ustack_pid;
    key.owner = record->owner_id;
    key.owner_number = record->owner_number;
    key.step = step;
    key.turn = turn_now;
    struct allocation_count_value zero = {};
    struct allocation_count_value *group = allocation_count_groups.lookup_or_try_init(&key, &zero);
    if (group) {
        group->count += by;
        group->sum += by * (s64)record->size;
    } else {
        problems.increment(FULL_MAP);
    }
}

/* delete the record of the ended allocation */
static __always_inline void end_allocation(u64 address)
{
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    struct allocation_begun_key key = {};
    key.pid = pid;
    key.address = address;
    struct allocation_begun *allocation = allocation_begun.lookup(&key);
    if (!allocation)
        return;
    change_allocation_count(allocation, -1);
    allocation_begun.delete(&key);
}

/* record the start of allocation */
static __always_inline void begin_allocation(void *ctx, u32 pid, u64 address, u64 size)
{
    u64 *number_ = processes.lookup(&pid);
    if (!number_) {
        u64 task = bpf_get_current_task();
        u64 group_leader = 0;
        bpf_probe_read_kernel(&group_leader, sizeof(group_leader), (void *)(task + TASK_STRUCT__GROUP_LEADER));
        u64 start_boottime = 0;
        bpf_probe_read_kernel(&start_boottime, sizeof(start_boottime), (void *)(group_leader + TASK_STRUCT__START_BOOTTIME));
        u64 number__2 = start_boottime;
        if (processes.update(&pid, &number__2))
            problems.increment(FULL_MAP);
    }
    struct allocation_begun_key key = {};
    key.pid = pid;
    key.address = address;
    struct allocation_begun *allocation = allocation_begun.lookup(&key);
    if (allocation)
        change_allocation_count(allocation, -1);
    u64 now = bpf_ktime_get_boot_ns();
    u64 *number__3 = processes.lookup(&pid);
    struct allocation_begun begun = {};
    begun.step = now / 1250000000 + 1;
    begun.size = size;
    begun.ustack = stack_of(stacks.get_stackid(ctx, BPF_F_USER_STACK));
    begun.ustack_pid = pid;
    begun.owner_id = pid;
    begun.owner_number = number__3 ? *number__3 : 0;
    int failed = allocation_begun.update(&key, &begun);
    if (failed)
        problems.increment(FULL_MAP);
    if (!failed)
        change_allocation_count(&begun, 1);
}

/* record the start of allocation */
static __always_inline int begin_allocation_2(struct pt_regs *ctx, u64 value)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    u32 tid = pid_tgid;
    struct calls *call = calls.lookup(&tid);
    if (!call)
        return 0;
    if (call->call != value)
        return 0;
    u64 address = PT_REGS_RC(ctx);
    if (call->old_or_place != 0 && call->old_or_place != 0 && (address != 0 || call->size == 0))
        end_allocation(call->old_or_place);
    if (address != 0) {
        u32 pid = pid_tgid >> 32;
        begin_allocation(ctx, pid, address, call->size);
    }
    calls.delete(&tid);
    return 0;
}

/* record the start of call */
static __always_inline int begin_call(struct pt_regs *ctx, u64 call, u64 old_or_place, u64 size)
{
    u32 tid = bpf_get_current_pid_tgid();
    struct calls *call_2 = calls.lookup(&tid);
    u64 stack_pointer = PT_REGS_SP(ctx);
    u64 now = bpf_ktime_get_boot_ns();
    if ((call_2 ? call_2->call : 0) >= stack_pointer * 16 + 384 && (call_2 ? call_2->time : 0) + 10000000000LL >= now)
        return 0;
    if ((call_2 ? call_2->call : 0) >= stack_pointer * 16 + 128 && (call_2 ? call_2->call : 0) < stack_pointer * 16 + 384 && (call_2 ? call_2->call : 0) != call)
        calls.delete(&tid);
    struct calls begun = { .call = call, .time = now, .old_or_place = old_or_place, .size = size };
    if (calls.insert(&tid, &begun))
        begin_again(calls.update(&tid, &begun));
    return 0;
}

/* record the start of allocation */
static __always_inline int begin_allocation_3(struct pt_regs *ctx, u64 value)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    u32 tid = pid_tgid;
    struct calls *call = calls.lookup(&tid);
    if (!call)
        return 0;
    if (call->call != value)
        return 0;
    u64 address = PT_REGS_RC(ctx);
    if (address != 0) {
        u32 pid = pid_tgid >> 32;
        begin_allocation(ctx, pid, address, call->size);
    }
    calls.delete(&tid);
    return 0;
}

/* end what belongs to the program before */
TRACEPOINT_PROBE(sched, sched_process_exec)
{
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    if (ONLY_PID && pid != ONLY_PID)
        return 0;
    u64 *number_ = processes.lookup(&pid);
    if (!number_)
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    if (processes.update(&pid, &now))
        problems.increment(FULL_MAP);
    return 0;
}

int on_malloc(struct pt_regs *ctx) { return begin_call(ctx, PT_REGS_SP(ctx) * 16 + 131, 0, PT_REGS_PARM1(ctx)); }
int on_calloc(struct pt_regs *ctx)
{
    return begin_call(ctx, PT_REGS_SP(ctx) * 16 + 132, 0, PT_REGS_PARM1(ctx) * PT_REGS_PARM2(ctx));
}
int on_posix_memalign(struct pt_regs *ctx)
{
    return begin_call(ctx, PT_REGS_SP(ctx) * 16 + 133, PT_REGS_PARM1(ctx), PT_REGS_PARM3(ctx));
}
int on_memalign(struct pt_regs *ctx) { return begin_call(ctx, PT_REGS_SP(ctx) * 16 + 134, 0, PT_REGS_PARM2(ctx)); }
int on_aligned_alloc(struct pt_regs *ctx) { return begin_call(ctx, PT_REGS_SP(ctx) * 16 + 135, 0, PT_REGS_PARM2(ctx)); }
int on_valloc(struct pt_regs *ctx) { return begin_call(ctx, PT_REGS_SP(ctx) * 16 + 136, 0, PT_REGS_PARM1(ctx)); }
int on_pvalloc(struct pt_regs *ctx) { return begin_call(ctx, PT_REGS_SP(ctx) * 16 + 137, 0, PT_REGS_PARM1(ctx)); }
int on_realloc(struct pt_regs *ctx)
{
    return begin_call(ctx, PT_REGS_SP(ctx) * 16 + 129, PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx));
}
int on_reallocarray(struct pt_regs *ctx)
{
    return begin_call(
        ctx, PT_REGS_SP(ctx) * 16 + 130, PT_REGS_PARM1(ctx),
        PT_REGS_PARM2(ctx) * PT_REGS_PARM3(ctx));
}
int on_malloc_return(struct pt_regs *ctx) { return begin_allocation_3(ctx, PT_REGS_SP(ctx) * 16 + 3); }
int on_calloc_return(struct pt_regs *ctx) { return begin_allocation_3(ctx, PT_REGS_SP(ctx) * 16 + 4); }

/* posix_memalign_call: record the start of allocation */
int on_posix_memalign_return(struct pt_regs *ctx)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    u32 tid = pid_tgid;
    struct calls *call = calls.lookup(&tid);
    if (!call)
        return 0;
    u64 stack_pointer = PT_REGS_SP(ctx);
    if (call->call != stack_pointer * 16 + 5)
        return 0;
    s64 returned = PT_REGS_RC(ctx);
    u64 word = 0;
    bpf_probe_read_user(&word, sizeof(word), (void *)call->old_or_place);
    if ((returned & 0xffffffffLL) == 0 && word != 0) {
        u32 pid = pid_tgid >> 32;
        begin_allocation(ctx, pid, word, call->size);
    }
    calls.delete(&tid);
    return 0;
}

int on_memalign_return(struct pt_regs *ctx) { return begin_allocation_3(ctx, PT_REGS_SP(ctx) * 16 + 6); }
int on_aligned_alloc_return(struct pt_regs *ctx) { return begin_allocation_3(ctx, PT_REGS_SP(ctx) * 16 + 7); }
int on_valloc_return(struct pt_regs *ctx) { return begin_allocation_3(ctx, PT_REGS_SP(ctx) * 16 + 8); }
int on_pvalloc_return(struct pt_regs *ctx) { return begin_allocation_3(ctx, PT_REGS_SP(ctx) * 16 + 9); }
int on_realloc_return(struct pt_regs *ctx) { return begin_allocation_2(ctx, PT_REGS_SP(ctx) * 16 + 1); }
int on_reallocarray_return(struct pt_regs *ctx) { return begin_allocation_2(ctx, PT_REGS_SP(ctx) * 16 + 2); }

/* end what belongs to the process */
TRACEPOINT_PROBE(sched, sched_process_exit)
{
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    if (ONLY_PID && pid != ONLY_PID)
        return 0;
    u64 *number_ = processes.lookup(&pid);
    if (!number_)
        return 0;
    u64 task = bpf_get_current_task();
    u64 signal = 0;
    bpf_probe_read_kernel(&signal, sizeof(signal), (void *)(task + TASK_STRUCT__SIGNAL));
    s32 counter = 0;
    bpf_probe_read_kernel(&counter, sizeof(counter), (void *)(signal + SIGNAL_STRUCT__LIVE__COUNTER));
    if (counter != 0)
        return 0;
    processes.delete(&pid);
    return 0;
}

/* free: delete the record of the ended allocation */
int on_free(struct pt_regs *ctx)
{
    u64 address = PT_REGS_PARM1(ctx);
    if (address == 0)
        return 0;
    end_allocation(address);
    return 0;
}
"""

def load(options):
    pid = options.pid or -1
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    for symbol, function in (
            (b"reallocarray", b"on_reallocarray_return"), (b"realloc", b"on_realloc_return"),
            (b"pvalloc", b"on_pvalloc_return"), (b"valloc", b"on_valloc_return"),
            (b"aligned_alloc", b"on_aligned_alloc_return"), (b"memalign", b"on_memalign_return"),
            (b"posix_memalign", b"on_posix_memalign_return"), (b"calloc", b"on_calloc_return"),
            (b"malloc", b"on_malloc_return")):
        bpf.attach_uretprobe(name=b"c", sym=symbol, fn_name=function, pid=pid)
    for symbol, function in (
            (b"free", b"on_free"), (b"reallocarray", b"on_reallocarray"),
            (b"realloc", b"on_realloc"), (b"pvalloc", b"on_pvalloc"), (b"valloc", b"on_valloc"),
            (b"aligned_alloc", b"on_aligned_alloc"), (b"memalign", b"on_memalign"),
            (b"posix_memalign", b"on_posix_memalign"), (b"calloc", b"on_calloc"),
            (b"malloc", b"on_malloc")):
        bpf.attach_uprobe(name=b"c", sym=symbol, fn_name=function, pid=pid)
    return bpf

running_allocation_count = {}


def read_allocation_count(bpf):
    turn = switch_turn(bpf, 0)
    changes = take(bpf["allocation_count_groups"], lambda key: key.turn == turn)
    for key, per_cpu in changes:
        group = (stack(bpf, "stacks", key.ustack, key.ustack_pid), key.owner, key.owner_number)
        change = [sum(value.count for value in per_cpu), sum(value.sum for value in per_cpu)]
        add_change(running_allocation_count, group, key.step, change)


def print_allocation_count(bpf, options):
    read_allocation_count(bpf)
    owners = {id.value: owner.value for id, owner in bpf["processes"].items()}
    groups = {}
    for group, sums in settled_groups(
        running_allocation_count, (nanoseconds() - 10000000000) // 1250000000, owners):
        shown = groups.setdefault((group[0],), [0, 0])
        shown[0] += sums[1]
        shown[1] += sums[0]
    write("\n" + time.strftime("%H:%M:%S"))
    ranked = sorted(groups.items(), key=lambda each: (-each[1][0], str(each[0])))[:options.top]
    rows = [[size(group[0]), group[1], frames(key[0])] for key, group in ranked]
    print_table(["sum(size)", "count()", "ustack"], ">><", rows)

def main():
    parser = argparse.ArgumentParser(description=
        "open allocation sum(size), count() by ustack where age > 10s every 5s")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-i", "--interval", type=float, help="seconds between reports (5)")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
    parser.add_argument("--top", type=int, metavar="N", help="print only the N largest groups")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    if os.uname().release != "7.2.13+deb14-cloud-amd64":
        logging.getLogger().warning(
            "warning: compiled for Linux 7.2.13+deb14-cloud-amd64: other kernels may have other "
            "struct layouts")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    run(
        options.duration, [(options.interval or 5, lambda: print_allocation_count(bpf, options))],
        stopping.wait)
    print_allocation_count(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "spans began again before their ends were seen, and no result has them",
        "stacks are missing: they could not be read",
        "stacks are missing: another stack took their slot"])

