#!/usr/bin/python3 -I
"""mmap sum(len) by comm where flags has MAP_ANONYMOUS

Compiled by Faultline for debian12 (6.1.0-50-cloud-amd64), BCC 0.26.0.
mmap: tracepoint:syscalls:sys_enter_mmap
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
enum { FULL_MAP, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

/* mmap sum(len) by comm where flags has MAP_ANONYMOUS */
struct mmap_sum_len_key { char comm[16]; };
BPF_PERCPU_HASH(mmap_sum_len_groups, struct mmap_sum_len_key, s64, MAX_ENTRIES);

TRACEPOINT_PROBE(syscalls, sys_enter_mmap)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    if (!(args->flags & 0x20))
        return 0;
    u64 value = args->len;
    struct mmap_sum_len_key key = {};
    bpf_get_current_comm(&key.comm, sizeof(key.comm));
    s64 zero = 0;
    s64 *sum = mmap_sum_len_groups.lookup_or_try_init(&key, &zero);
    if (sum)
        *sum += value;
    else
        problems.increment(FULL_MAP);
    return 0;
}
"""

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    return bpf

def print_mmap_sum_len(bpf, options):
    groups = {}
    for key, per_cpu in bpf["mmap_sum_len_groups"].items():
        group = groups.setdefault((text(key.comm),), [0])
        group[0] += sum(per_cpu)
    ranked = sorted(groups.items(), key=lambda row: (-row[1][0], row[0]))[:options.top]
    rows = [[printable(key[0], True), size(group[0])] for key, group in ranked]
    print_table(["comm", "sum(len)"], "<>", rows)

def main():
    parser = argparse.ArgumentParser(description=
        "mmap sum(len) by comm where flags has MAP_ANONYMOUS")
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
    print_mmap_sum_len(bpf, options)
    print_problems(bpf, ["events of new groups were not counted: a table is full"])

