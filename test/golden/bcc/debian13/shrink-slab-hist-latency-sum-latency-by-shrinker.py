#!/usr/bin/python3 -I
"""shrink_slab hist(latency), sum(latency) by shrinker

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
tid: a number of the initial PID namespace, as ps shows outside of containers
shrink_slab: tracepoint:vmscan:mm_shrink_slab_start, tracepoint:vmscan:mm_shrink_slab_end
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

/* each open shrink_slab, by tid */
struct shrink_slab_begun { u64 time; u64 shrinker; };
BPF_HASH(shrink_slab_begun, u32, struct shrink_slab_begun, MAX_ENTRIES);

/* shrink_slab hist(latency), sum(latency) by shrinker */
BPF_PERCPU_HASH(shrink_slab_hist_latency_groups, u64, s64, MAX_ENTRIES);
struct shrink_slab_hist_latency_slots { u64 group; u32 number; };
BPF_PERCPU_HASH(shrink_slab_hist_latency_slots, struct shrink_slab_hist_latency_slots, u64, MAX_ENTRIES);

/* 0 for negative numbers, 1 for zero, then one slot per power of two. */
static __always_inline u32 log2_slot(s64 number)
{
    return number < 0 ? 0 : number == 0 ? 1 : bpf_log2l(number) + 1;
}

/* record the start of shrink_slab */
TRACEPOINT_PROBE(vmscan, mm_shrink_slab_start)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    if (ONLY_PID && pid_tgid >> 32 != ONLY_PID)
        return 0;
    u32 tid = pid_tgid;
    u64 now = bpf_ktime_get_boot_ns();
    struct shrink_slab_begun begun = { .time = now, .shrinker = (u64)args->shrink };
    if (shrink_slab_begun.insert(&tid, &begun)) {
        int failed = shrink_slab_begun.update(&tid, &begun);
        problems.increment(failed ? FULL_MAP : MISSED_END);
    }
    return 0;
}

TRACEPOINT_PROBE(vmscan, mm_shrink_slab_end)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    if (ONLY_PID && pid_tgid >> 32 != ONLY_PID)
        return 0;
    u32 tid = pid_tgid;
    struct shrink_slab_begun *shrink_slab = shrink_slab_begun.lookup(&tid);
    if (!shrink_slab)
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    u64 latency = now - shrink_slab->time;
    u64 shrinker = shrink_slab->shrinker;
    s64 zero = 0;
    s64 *sum = shrink_slab_hist_latency_groups.lookup_or_try_init(&shrinker, &zero);
    if (sum)
        *sum += latency;
    else
        problems.increment(FULL_MAP);
    struct shrink_slab_hist_latency_slots slot = {};
    slot.group = shrinker;
    slot.number = log2_slot(latency);
    u64 zero_2 = 0;
    u64 *count = shrink_slab_hist_latency_slots.lookup_or_try_init(&slot, &zero_2);
    if (count)
        *count += 1;
    else
        problems.increment(FULL_MAP);
    shrink_slab_begun.delete(&tid);
    return 0;
}
"""

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    return bpf

def print_shrink_slab_hist_latency(bpf, options):
    groups = {}
    for key, per_cpu in bpf["shrink_slab_hist_latency_groups"].items():
        group = groups.setdefault((function_name(bpf, key.value),), [{}, 0])
        group[1] += sum(per_cpu)
    for key, per_cpu in bpf["shrink_slab_hist_latency_slots"].items():
        group = groups.setdefault((function_name(bpf, key.group),), [{}, 0])
        slot = key.number
        group[0][slot] = group[0].get(slot, 0) + sum(per_cpu)
    ranked = sorted(groups.items(), key=lambda row: (-row[1][1], row[0]))[:options.top]
    if not ranked:
        write("no events")
    for key, group in ranked:
        write("shrinker", printable(key[0]))
        write("sum(latency)", duration(group[1]))
        write("hist(latency)")
        print_histogram(buckets(group[0], log2_bounds), duration)

def main():
    parser = argparse.ArgumentParser(description=
        "shrink_slab hist(latency), sum(latency) by shrinker")
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
    print_shrink_slab_hist_latency(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "spans began again before their ends were seen, and no result has them"])

