#!/usr/bin/python3 -I
"""huge_faults by comm, pid

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
pid: a number of the initial PID namespace, as ps shows outside of containers
huge_faults: fentry:hugetlb_fault
  not kprobe:hugetlb_fault: it costs more
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

/* huge_faults by comm, pid */
struct huge_faults_key { char comm[16]; u32 pid; };
BPF_PERCPU_HASH(huge_faults_groups, struct huge_faults_key, s64, MAX_ENTRIES);

KFUNC_PROBE(hugetlb_fault)
{
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    if (ONLY_PID && pid != ONLY_PID)
        return 0;
    struct huge_faults_key key = {};
    bpf_get_current_comm(&key.comm, sizeof(key.comm));
    key.pid = pid;
    s64 zero = 0;
    s64 *count = huge_faults_groups.lookup_or_try_init(&key, &zero);
    if (count)
        *count += 1;
    else
        problems.increment(FULL_MAP);
    return 0;
}
"""

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    return bpf

def print_huge_faults(bpf, options):
    groups = {}
    for key, per_cpu in bpf["huge_faults_groups"].items():
        group = groups.setdefault((text(key.comm), key.pid), [0])
        group[0] += sum(per_cpu)
    ranked = sorted(groups.items(), key=lambda row: (-row[1][0], row[0]))[:options.top]
    rows = [[printable(key[0], True), key[1], group[0]] for key, group in ranked]
    print_table(["comm", "pid", "count()"], "<>>", rows)

def main():
    parser = argparse.ArgumentParser(description="huge_faults by comm, pid")
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
    print_huge_faults(bpf, options)
    print_problems(bpf, ["events of new groups were not counted: a table is full"])

