#!/usr/bin/python3 -I
"""open allocation sum(size), count() by ustack where age > 10s every 5s

Compiled by Faultline for sid (7.2.13+deb14-cloud-amd64), BCC 0.37.0.
free: uprobe:libc:free
realloc_call, reallocarray_call, malloc_call, calloc_call, posix_memalign_call, memalign_call,
    aligned_alloc_call, valloc_call, pvalloc_call: uprobe:libc:FUNCTION, uretprobe:libc:FUNCTION
Note: allocation: each time the result is printed, every open one is read
"""
import argparse
import itertools
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

/* each open process, by pid: its start */
BPF_HASH(processes, u32, u64, MAX_ENTRIES);

/* each open call, by tid */
struct calls { u64 call; u64 time; u64 old_or_place; u64 size; };
BPF_HASH(calls, u32, struct calls, MAX_ENTRIES);

/* each open allocation, by pid, address */
struct allocation_begun_key { u64 pid; u64 address; };
struct allocation_begun {
    u64 time;
    s32 ustack; u32 ustack_pid;
    u64 size;
    u64 owner_id;
    u64 owner_number;
};
BPF_F_TABLE("hash", struct allocation_begun_key, struct allocation_begun, allocation_begun, MAX_ENTRIES > 1048576 ? MAX_ENTRIES : 1048576, BPF_F_NO_PREALLOC);

/* Newer kernels keep variables in memory of the CPU, where other threads may write, unless a program may call another. */
BPF_PROG_ARRAY(no_programs, 1);
static __always_inline void own_stack(void *ctx)
{
    u64 never = 0;
    asm volatile("" : "+r"(never));
    if (never)
        no_programs.call(ctx, 0);
}

/* record the start of allocation */
static __always_inline void begin_allocation(void *ctx, u32 pid, u64 address, u64 size)
{
    u64 *start = processes.lookup(&pid);
    if (!start) {
        u64 task = bpf_get_current_task();
        u64 group_leader = 0;
        bpf_probe_read_kernel(&group_leader, sizeof(group_leader), (void *)(task + TASK_STRUCT__GROUP_LEADER));
        u64 start_boottime = 0;
        bpf_probe_read_kernel(&start_boottime, sizeof(start_boottime), (void *)(group_leader + TASK_STRUCT__START_BOOTTIME));
        if (processes.update(&pid, &start_boottime))
            problems.increment(FULL_MAP);
    }
    struct allocation_begun_key key = { .pid = pid, .address = address };
    u64 now = bpf_ktime_get_boot_ns();
    u64 *start_2 = processes.lookup(&pid);
    struct allocation_begun begun = {
        .time = now, .size = size, .owner_id = pid, .owner_number = start_2 ? *start_2 : 0 };
    begun.ustack = stack_of(stacks.get_stackid(ctx, BPF_F_USER_STACK));
    begun.ustack_pid = pid;
    if (allocation_begun.update(&key, &begun))
        problems.increment(FULL_MAP);
}

/* record the start of allocation */
static __always_inline int begin_allocation_2(struct pt_regs *ctx, u64 value)
{
    own_stack(ctx);
    u64 pid_tgid = bpf_get_current_pid_tgid();
    u32 tid = pid_tgid;
    struct calls *call = calls.lookup(&tid);
    if (!call)
        return 0;
    u64 stack_pointer = PT_REGS_SP(ctx);
    if (call->call != stack_pointer * 16 + value)
        return 0;
    u64 address = PT_REGS_RC(ctx);
    if (call->old_or_place != 0 && (address != 0 || call->size == 0)) {
        u32 pid = pid_tgid >> 32;
        struct allocation_begun_key key = { .pid = pid, .address = call->old_or_place };
        allocation_begun.delete(&key);
    }
    if (address != 0) {
        u32 pid_2 = pid_tgid >> 32;
        begin_allocation(ctx, pid_2, address, call->size);
    }
    calls.delete(&tid);
    return 0;
}

/* record the start of call */
static __always_inline int begin_call(struct pt_regs *ctx, u64 call, u64 old_or_place, u64 size)
{
    own_stack(ctx);
    u32 tid = bpf_get_current_pid_tgid();
    struct calls *call_2 = calls.lookup(&tid);
    u64 stack_pointer = PT_REGS_SP(ctx);
    u64 now = bpf_ktime_get_boot_ns();
    if ((call_2 ? call_2->call : 0) >= stack_pointer * 16 + 384 && (call_2 ? call_2->time : 0) + 10000000000LL >= now)
        return 0;
    if ((call_2 ? call_2->call : 0) >= stack_pointer * 16 + 128 && (call_2 ? call_2->call : 0) < stack_pointer * 16 + 384 && (call_2 ? call_2->call : 0) != stack_pointer * 16 + call)
        calls.delete(&tid);
    struct calls begun = {
        .call = stack_pointer * 16 + call, .time = now, .old_or_place = old_or_place, .size = size };
    if (calls.insert(&tid, &begun)) {
        int failed = calls.update(&tid, &begun);
        problems.increment(failed ? FULL_MAP : MISSED_END);
    }
    return 0;
}

/* record the start of allocation */
static __always_inline int begin_allocation_3(struct pt_regs *ctx, u64 value)
{
    own_stack(ctx);
    u64 pid_tgid = bpf_get_current_pid_tgid();
    u32 tid = pid_tgid;
    struct calls *call = calls.lookup(&tid);
    if (!call)
        return 0;
    u64 stack_pointer = PT_REGS_SP(ctx);
    if (call->call != stack_pointer * 16 + value)
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
    if (!processes.lookup(&pid))
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    if (processes.update(&pid, &now))
        problems.increment(FULL_MAP);
    return 0;
}

int on_malloc(struct pt_regs *ctx) { return begin_call(ctx, 131, 0, PT_REGS_PARM1(ctx)); }
int on_calloc(struct pt_regs *ctx) { return begin_call(ctx, 132, 0, PT_REGS_PARM1(ctx) * PT_REGS_PARM2(ctx)); }
int on_posix_memalign(struct pt_regs *ctx) { return begin_call(ctx, 133, PT_REGS_PARM1(ctx), PT_REGS_PARM3(ctx)); }
int on_memalign(struct pt_regs *ctx) { return begin_call(ctx, 134, 0, PT_REGS_PARM2(ctx)); }
int on_aligned_alloc(struct pt_regs *ctx) { return begin_call(ctx, 135, 0, PT_REGS_PARM2(ctx)); }
int on_valloc(struct pt_regs *ctx) { return begin_call(ctx, 136, 0, PT_REGS_PARM1(ctx)); }
int on_pvalloc(struct pt_regs *ctx) { return begin_call(ctx, 137, 0, PT_REGS_PARM1(ctx)); }
int on_realloc(struct pt_regs *ctx) { return begin_call(ctx, 129, PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx)); }
int on_reallocarray(struct pt_regs *ctx)
{
    return begin_call(ctx, 130, PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx) * PT_REGS_PARM3(ctx));
}
int on_malloc_return(struct pt_regs *ctx) { return begin_allocation_3(ctx, 3); }
int on_calloc_return(struct pt_regs *ctx) { return begin_allocation_3(ctx, 4); }

/* posix_memalign_call: record the start of allocation */
int on_posix_memalign_return(struct pt_regs *ctx)
{
    own_stack(ctx);
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

int on_memalign_return(struct pt_regs *ctx) { return begin_allocation_3(ctx, 6); }
int on_aligned_alloc_return(struct pt_regs *ctx) { return begin_allocation_3(ctx, 7); }
int on_valloc_return(struct pt_regs *ctx) { return begin_allocation_3(ctx, 8); }
int on_pvalloc_return(struct pt_regs *ctx) { return begin_allocation_3(ctx, 9); }
int on_realloc_return(struct pt_regs *ctx) { return begin_allocation_2(ctx, 1); }
int on_reallocarray_return(struct pt_regs *ctx) { return begin_allocation_2(ctx, 2); }

/* end what belongs to the process */
TRACEPOINT_PROBE(sched, sched_process_exit)
{
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    if (!processes.lookup(&pid))
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
    own_stack(ctx);
    u64 address = PT_REGS_PARM1(ctx);
    if (address == 0)
        return 0;
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    struct allocation_begun_key key = { .pid = pid, .address = address };
    allocation_begun.delete(&key);
    return 0;
}
"""

def load(options):
    pid = options.pid or -1
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    for symbol in (
            b"reallocarray", b"realloc", b"pvalloc", b"valloc", b"aligned_alloc", b"memalign",
            b"posix_memalign", b"calloc", b"malloc"):
        bpf.attach_uretprobe(name=b"c", sym=symbol, fn_name=b"on_%s_return" % symbol, pid=pid)
    for symbol in (
            b"free", b"reallocarray", b"realloc", b"pvalloc", b"valloc", b"aligned_alloc",
            b"memalign", b"posix_memalign", b"calloc", b"malloc"):
        bpf.attach_uprobe(name=b"c", sym=symbol, fn_name=b"on_%s" % symbol, pid=pid)
    return bpf

def print_allocation(bpf, options):
    records = {bytes(key): record for key, record in bpf["allocation_begun"].items()}
    now = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    owners = {id.value: owner.value for id, owner in bpf["processes"].items()}
    groups = {}
    for record in records.values():
        if now - record.time <= 10000000000 or record.owner_number != owners.get(record.owner_id):
            continue
        group = groups.setdefault((stack(bpf, "stacks", record.ustack, record.ustack_pid),), [0, 0])
        group[0] += record.size
        group[1] += 1
    write("\n" + time.strftime("%H:%M:%S"))
    ranked = sorted(groups.items(), key=lambda row: (-row[1][0], str(row[0])))[:options.top]
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
            "warning: structs are read as in Linux 7.2.13+deb14-cloud-amd64")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    run(options.duration, [(options.interval or 5, lambda: print_allocation(bpf, options))])
    print_allocation(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "spans began again before their ends were seen, and no result has them",
        "stacks are missing: they could not be read",
        "stacks are missing: another stack took their slot"])

