#!/usr/bin/python3 -I
"""faults

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
faults: software:page-faults:1
Note: faults: counts faults of user and kernel code, each once, before the kernel handles it
"""
import argparse
import logging
import os
import signal
import sys
import threading

from bcc import BPF, PerfSWConfig, PerfType  # package python3-bpfcc or python3-bcc

PROGRAM = r"""
#include <uapi/linux/ptrace.h>
#include <linux/types.h>
struct bpf_perf_event_data;  /* its fields are never read */

/* faults */
BPF_PERCPU_ARRAY(faults_groups, s64, 1);

int on_page_faults(struct bpf_perf_event_data *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 zero = 0;
    s64 *count = faults_groups.lookup(&zero);
    if (count)
        *count += 1;
    return 0;
}
"""

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    bpf.attach_perf_event(
        ev_type=PerfType.SOFTWARE, ev_config=PerfSWConfig.PAGE_FAULTS, fn_name=b"on_page_faults",
        sample_period=1)
    return bpf

def print_faults(bpf, options):
    groups = {(): [0]}
    for _, per_cpu in bpf["faults_groups"].items():
        group = groups.setdefault((), [0])
        group[0] += sum(per_cpu)
    print_table(["count()"], ">", [[group[0]] for _, group in groups.items()])

def main():
    parser = argparse.ArgumentParser(description="faults")
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
    print_faults(bpf, options)

