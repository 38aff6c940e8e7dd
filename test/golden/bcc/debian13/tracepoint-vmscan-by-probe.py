#!/usr/bin/python3 -I
"""tracepoint:vmscan:* by probe

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
tracepoint:vmscan:*: tracepoint:vmscan:*
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

/* tracepoint:vmscan:* by probe */
struct vmscan_key { u32 probe; };
BPF_PERCPU_HASH(vmscan_groups, struct vmscan_key, s64, MAX_ENTRIES);

static __always_inline int on(void *ctx, u32 number)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    struct vmscan_key key = {};
    key.probe = number;
    s64 zero = 0;
    s64 *count = vmscan_groups.lookup_or_try_init(&key, &zero);
    if (count)
        *count += 1;
    else
        problems.increment(FULL_MAP);
    return 0;
}
"""

PROBES = []

def load(options):
    program = PROGRAM
    on, text_of_on = numbered(
        PROBES, matching(BPF.get_tracepoints(b"^vmscan\x5c:.*$"), "tracepoint:vmscan:*"),
        "tracepoint:", "on", "void")
    program += text_of_on
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=program, cflags=cflags)
    for found, function in on:
        bpf.attach_tracepoint(tp=found, fn_name=function)
    return bpf

def print_vmscan(bpf, options):
    groups = {}
    for key, per_cpu in bpf["vmscan_groups"].items():
        group = groups.setdefault((PROBES[key.probe],), [0])
        group[0] += sum(per_cpu)
    ranked = sorted(groups.items(), key=lambda row: (-row[1][0], row[0]))[:options.top]
    rows = [[printable(key[0], True), group[0]] for key, group in ranked]
    print_table(["probe", "count()"], "<>", rows)

def main():
    parser = argparse.ArgumentParser(description="tracepoint:vmscan:* by probe")
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
    print_vmscan(bpf, options)
    print_problems(bpf, ["events of new groups were not counted: a table is full"])

