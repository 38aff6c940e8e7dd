#!/usr/bin/python3 -I
"""every 1s show sum(shrink_slab.latency) in ms as "S-SLABms", count(kswapd_wake) as "KSWAPD"

Compiled by Faultline for debian12 (6.1.0-50-cloud-amd64), BCC 0.26.0.
shrink_slab: tracepoint:vmscan:mm_shrink_slab_start, tracepoint:vmscan:mm_shrink_slab_end
kswapd_wake: rawtracepoint:mm_vmscan_kswapd_wake
  not tracepoint:vmscan:mm_vmscan_kswapd_wake: it costs more
"""
import argparse
import ctypes
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

/* each open shrink_slab, by tid: its time */
BPF_HASH(shrink_slab_begun, u32, u64, MAX_ENTRIES);

/* every 1s show sum(shrink_slab.latency) in ms as "S-SLABms", count(kswapd_wake) as "KSWAPD" */
struct shrink_slab_sum_latency_value { s64 sum; s64 count; };
BPF_PERCPU_ARRAY(shrink_slab_sum_latency_groups, struct shrink_slab_sum_latency_value, 2);

/* record the start of shrink_slab */
TRACEPOINT_PROBE(vmscan, mm_shrink_slab_start)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    if (ONLY_PID && pid_tgid >> 32 != ONLY_PID)
        return 0;
    u32 tid = pid_tgid;
    u64 now = bpf_ktime_get_boot_ns();
    if (shrink_slab_begun.insert(&tid, &now)) {
        int failed = shrink_slab_begun.update(&tid, &now);
        problems.increment(failed ? FULL_MAP : MISSED_END);
    }
    return 0;
}

/* shrink_slab: update the column "S-SLABms" */
TRACEPOINT_PROBE(vmscan, mm_shrink_slab_end)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    if (ONLY_PID && pid_tgid >> 32 != ONLY_PID)
        return 0;
    u32 tid = pid_tgid;
    u64 *time = shrink_slab_begun.lookup(&tid);
    if (!time)
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    u64 latency = now - *time;
    u32 turn_now = turn_of(0);
    struct shrink_slab_sum_latency_value *group = shrink_slab_sum_latency_groups.lookup(&turn_now);
    if (group)
        group->sum += latency;
    shrink_slab_begun.delete(&tid);
    return 0;
}

/* kswapd_wake: update the column "KSWAPD" */
RAW_TRACEPOINT_PROBE(mm_vmscan_kswapd_wake)
{
    u32 turn_now = turn_of(0);
    struct shrink_slab_sum_latency_value *group = shrink_slab_sum_latency_groups.lookup(&turn_now);
    if (group)
        group->count += 1;
    return 0;
}
"""

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    return bpf

SHRINK_SLAB_SUM_LATENCY_FORMAT = "{:<8}  {:>8}  {:>8}"
shrink_slab_sum_latency_lines = itertools.count()

def print_shrink_slab_sum_latency(bpf, options):
    turn = switch_turn(bpf, 0)
    groups = {(): [0, 0]}
    due = take(bpf["shrink_slab_sum_latency_groups"], lambda key: key.value == turn)
    for _, per_cpu in due:
        group = groups.setdefault((), [0, 0])
        group[0] += sum(value.sum for value in per_cpu)
        group[1] += sum(value.count for value in per_cpu)
    group = groups[()]
    if next(shrink_slab_sum_latency_lines) == 0:
        write(SHRINK_SLAB_SUM_LATENCY_FORMAT.format("time", "S-SLABms", "KSWAPD"))
    write(SHRINK_SLAB_SUM_LATENCY_FORMAT.format(
        time.strftime("%H:%M:%S"), in_units(group[0], 1000000), group[1]))

def main():
    parser = argparse.ArgumentParser(description=
        "every 1s show sum(shrink_slab.latency) in ms as \"S-SLABms\", count(kswapd_wake) as "
        "\"KSWAPD\"")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-i", "--interval", type=float, help="seconds between reports (1)")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    run(
        options.duration,
        [(options.interval or 1, lambda: print_shrink_slab_sum_latency(bpf, options))])
    write("(partial)")
    print_shrink_slab_sum_latency(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "spans began again before their ends were seen, and no result has them"])

