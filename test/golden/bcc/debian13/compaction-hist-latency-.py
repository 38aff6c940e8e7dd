#!/usr/bin/python3 -I
"""compaction hist(latency)

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
compaction: rawtracepoint:mm_compaction_begin, rawtracepoint:mm_compaction_end
  not tracepoint:compaction:mm_compaction_begin: it costs more
  not tracepoint:compaction:mm_compaction_end: it costs more
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

/* each open compaction, by tid: its time */
BPF_HASH(compaction_begun, u32, u64, MAX_ENTRIES);

/* compaction hist(latency) */
BPF_PERCPU_ARRAY(compaction_hist_latency_slots, u64, 66);

/* 0 for negative numbers, 1 for zero, then one slot per power of two. */
static __always_inline u32 log2_slot(s64 number)
{
    return number < 0 ? 0 : number == 0 ? 1 : bpf_log2l(number) + 1;
}

/* record the start of compaction */
RAW_TRACEPOINT_PROBE(mm_compaction_begin)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    if (ONLY_PID && pid_tgid >> 32 != ONLY_PID)
        return 0;
    u32 tid = pid_tgid;
    u64 now = bpf_ktime_get_boot_ns();
    if (compaction_begun.insert(&tid, &now)) {
        int failed = compaction_begun.update(&tid, &now);
        problems.increment(failed ? FULL_MAP : MISSED_END);
    }
    return 0;
}

RAW_TRACEPOINT_PROBE(mm_compaction_end)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    if (ONLY_PID && pid_tgid >> 32 != ONLY_PID)
        return 0;
    u32 tid = pid_tgid;
    u64 *time = compaction_begun.lookup(&tid);
    if (!time)
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    u64 latency = now - *time;
    int slot = log2_slot(latency);
    u64 *count = compaction_hist_latency_slots.lookup(&slot);
    if (count)
        *count += 1;
    compaction_begun.delete(&tid);
    return 0;
}
"""

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    return bpf

def print_compaction_hist_latency(bpf, options):
    groups = {(): [{}]}
    for key, per_cpu in bpf["compaction_hist_latency_slots"].items():
        group = groups.setdefault((), [{}])
        slot = key.value
        if sum(per_cpu):
            group[0][slot] = group[0].get(slot, 0) + sum(per_cpu)
    for _, group in groups.items():
        write("hist(latency)")
        print_histogram(buckets(group[0], log2_bounds), duration)

def main():
    parser = argparse.ArgumentParser(description="compaction hist(latency)")
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
    print_compaction_hist_latency(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "spans began again before their ends were seen, and no result has them"])

