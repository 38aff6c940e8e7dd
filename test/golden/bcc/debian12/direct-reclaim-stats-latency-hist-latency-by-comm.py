#!/usr/bin/python3 -I
"""direct_reclaim stats(latency), hist(latency) by comm

Compiled by Faultline for debian12 (6.1.0-50-cloud-amd64), BCC 0.26.0.
direct_reclaim: rawtracepoint:mm_vmscan_direct_reclaim_begin,
    rawtracepoint:mm_vmscan_direct_reclaim_end
  not tracepoint:vmscan:mm_vmscan_direct_reclaim_begin: it costs more
  not tracepoint:vmscan:mm_vmscan_direct_reclaim_end: it costs more
"""
import argparse
import logging
import os
import signal
import sys
import threading

from bcc import BPF  # package python3-bpfcc or python3-bcc

PROGRAM = r"""
#include <uapi/linux/ptrace.h>
#include <linux/types.h>

/* How often each kind of problem occurred. */
enum { FULL_MAP, MISSED_END, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

/* each open direct_reclaim, by tid: its time */
BPF_HASH(direct_reclaim_begun, u32, u64, MAX_ENTRIES);

/* direct_reclaim stats(latency), hist(latency) by comm */
struct direct_reclaim_stats_latency_key { char comm[16]; };
struct direct_reclaim_stats_latency_value { s64 total; u64 events; };
BPF_PERCPU_HASH(direct_reclaim_stats_latency_groups, struct direct_reclaim_stats_latency_key, struct direct_reclaim_stats_latency_value, MAX_ENTRIES);
struct direct_reclaim_hist_latency_slots {
    struct direct_reclaim_stats_latency_key group;
    u32 number;
};
BPF_PERCPU_HASH(direct_reclaim_hist_latency_slots, struct direct_reclaim_hist_latency_slots, u64, MAX_ENTRIES);

/* 0 for negative numbers, 1 for zero, then one slot per power of two. */
static __always_inline u32 log2_slot(s64 number)
{
    return number < 0 ? 0 : number == 0 ? 1 : bpf_log2l(number) + 1;
}

/* record the start of direct_reclaim */
RAW_TRACEPOINT_PROBE(mm_vmscan_direct_reclaim_begin)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    if (ONLY_PID && pid_tgid >> 32 != ONLY_PID)
        return 0;
    u32 tid = pid_tgid;
    u64 now = bpf_ktime_get_boot_ns();
    if (direct_reclaim_begun.insert(&tid, &now)) {
        int failed = direct_reclaim_begun.update(&tid, &now);
        problems.increment(failed ? FULL_MAP : MISSED_END);
    }
    return 0;
}

RAW_TRACEPOINT_PROBE(mm_vmscan_direct_reclaim_end)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    if (ONLY_PID && pid_tgid >> 32 != ONLY_PID)
        return 0;
    u32 tid = pid_tgid;
    u64 *time = direct_reclaim_begun.lookup(&tid);
    if (!time)
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    u64 latency = now - *time;
    struct direct_reclaim_stats_latency_key key = {};
    bpf_get_current_comm(&key.comm, sizeof(key.comm));
    struct direct_reclaim_stats_latency_value zero = {};
    struct direct_reclaim_stats_latency_value *group = direct_reclaim_stats_latency_groups.lookup_or_try_init(&key, &zero);
    if (group) {
        group->total += latency;
        group->events += 1;
    } else {
        problems.increment(FULL_MAP);
    }
    struct direct_reclaim_hist_latency_slots slot = {};
    slot.group = key;
    slot.number = log2_slot(latency);
    u64 zero_2 = 0;
    u64 *count = direct_reclaim_hist_latency_slots.lookup_or_try_init(&slot, &zero_2);
    if (count)
        *count += 1;
    else
        problems.increment(FULL_MAP);
    direct_reclaim_begun.delete(&tid);
    return 0;
}
"""

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    return bpf

def print_direct_reclaim_stats_latency(bpf, options):
    groups = {}
    for key, per_cpu in bpf["direct_reclaim_stats_latency_groups"].items():
        group = groups.setdefault((text(key.comm),), [[0, 0], {}])
        group[0][0] += sum(value.total for value in per_cpu)
        group[0][1] += sum(value.events for value in per_cpu)
    for key, per_cpu in bpf["direct_reclaim_hist_latency_slots"].items():
        group = groups.setdefault((text(key.group.comm),), [[0, 0], {}])
        slot = key.number
        group[1][slot] = group[1].get(slot, 0) + sum(per_cpu)
    ranked = sorted(groups.items(), key=lambda row: (-row[1][0][0], row[0]))[:options.top]
    if not ranked:
        write("no events")
    for key, group in ranked:
        write("comm", printable(key[0], True))
        write("stats(latency) count", group[0][1])
        write("stats(latency) avg", duration(divided(*group[0])))
        write("stats(latency) sum", duration(group[0][0]))
        write("hist(latency)")
        print_histogram(buckets(group[1], log2_bounds), duration)

def main():
    parser = argparse.ArgumentParser(description=
        "direct_reclaim stats(latency), hist(latency) by comm")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
    parser.add_argument("--top", type=int, metavar="N", help="print only the N largest groups")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    stopping.wait(options.duration)
    print_direct_reclaim_stats_latency(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "spans began again before their ends were seen, and no result has them"])

