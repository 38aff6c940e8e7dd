#!/usr/bin/python3 -I
"""heap_growth sum(bytes), count() by comm every 1s

Compiled by Faultline for debian12 (6.1.0-50-cloud-amd64), BCC 0.26.0.
tid: a number of the initial PID namespace, as ps shows outside of containers
brk_call: tracepoint:syscalls:sys_enter_brk, tracepoint:syscalls:sys_exit_brk
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

/* Offsets in bytes of the members read here, in Linux 6.1.0-50-cloud-amd64. */
#define TASK_STRUCT__MM 2272
#define MM_STRUCT__BRK 288

/* How often each kind of problem occurred. */
enum { FULL_MAP, MISSED_END, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

/* The set of entries (0 or 1) that each result updates, while the other one is read. */
BPF_ARRAY(turns, u32, 1);

static __always_inline u32 turn_of(int result)
{
    u32 *turn = turns.lookup(&result);
    return turn ? *turn : 0;
}

/* each open brk_call, by tid: its before */
BPF_HASH(brk_call_begun, u32, u64, MAX_ENTRIES);

/* heap_growth sum(bytes), count() by comm every 1s */
struct heap_growth_sum_bytes_key { char comm[16]; u32 turn; };
struct heap_growth_sum_bytes_value { s64 sum; s64 count; };
BPF_PERCPU_HASH(heap_growth_sum_bytes_groups, struct heap_growth_sum_bytes_key, struct heap_growth_sum_bytes_value, 2 * MAX_ENTRIES);

/* record the start of brk_call */
TRACEPOINT_PROBE(syscalls, sys_enter_brk)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    if (ONLY_PID && pid_tgid >> 32 != ONLY_PID)
        return 0;
    u32 tid = pid_tgid;
    u64 task = bpf_get_current_task();
    u64 mm = 0;
    bpf_probe_read_kernel(&mm, sizeof(mm), (void *)(task + TASK_STRUCT__MM));
    u64 brk = 0;
    bpf_probe_read_kernel(&brk, sizeof(brk), (void *)(mm + MM_STRUCT__BRK));
    if (brk_call_begun.insert(&tid, &brk)) {
        int failed = brk_call_begun.update(&tid, &brk);
        problems.increment(failed ? FULL_MAP : MISSED_END);
    }
    return 0;
}

/* brk_call: aggregate into @heap_growth_sum_bytes, @heap_growth_count */
TRACEPOINT_PROBE(syscalls, sys_exit_brk)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    if (ONLY_PID && pid_tgid >> 32 != ONLY_PID)
        return 0;
    u32 tid = pid_tgid;
    u64 *before = brk_call_begun.lookup(&tid);
    if (!before)
        return 0;
    if (args->ret - (s64)*before > 0) {
        s64 value = args->ret - (s64)*before;
        u32 turn_now = turn_of(0);
        struct heap_growth_sum_bytes_key key = {};
        bpf_get_current_comm(&key.comm, sizeof(key.comm));
        key.turn = turn_now;
        struct heap_growth_sum_bytes_value zero = {};
        struct heap_growth_sum_bytes_value *group = heap_growth_sum_bytes_groups.lookup_or_try_init(&key, &zero);
        if (group) {
            group->sum += value;
            group->count += 1;
        } else {
            problems.increment(FULL_MAP);
        }
    }
    brk_call_begun.delete(&tid);
    return 0;
}
"""

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    return bpf

def print_heap_growth_sum_bytes(bpf, options):
    turn = switch_turn(bpf, 0)
    groups = {}
    due = take(bpf["heap_growth_sum_bytes_groups"], lambda key: key.turn == turn)
    for key, per_cpu in due:
        group = groups.setdefault((text(key.comm),), [0, 0])
        group[0] += sum(value.sum for value in per_cpu)
        group[1] += sum(value.count for value in per_cpu)
    write("\n" + time.strftime("%H:%M:%S"))
    ranked = sorted(groups.items(), key=lambda row: (-row[1][0], row[0]))[:options.top]
    rows = [[printable(key[0], True), size(group[0]), group[1]] for key, group in ranked]
    print_table(["comm", "sum(bytes)", "count()"], "<>>", rows)

def main():
    parser = argparse.ArgumentParser(description="heap_growth sum(bytes), count() by comm every 1s")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-i", "--interval", type=float, help="seconds between reports (1)")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
    parser.add_argument("--top", type=int, metavar="N", help="print only the N largest groups")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    if os.uname().release != "6.1.0-50-cloud-amd64":
        logging.getLogger().warning("warning: structs are read as in Linux 6.1.0-50-cloud-amd64")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    run(
        options.duration,
        [(options.interval or 1, lambda: print_heap_growth_sum_bytes(bpf, options))])
    write("(partial)")
    print_heap_growth_sum_bytes(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "spans began again before their ends were seen, and no result has them"])

