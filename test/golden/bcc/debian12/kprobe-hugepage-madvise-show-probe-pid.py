#!/usr/bin/python3 -I
"""kprobe:hugepage_madvise show probe, pid

Compiled by Faultline for debian12 (6.1.0-50-cloud-amd64), BCC 0.26.0.
pid: a number of the initial PID namespace, as ps shows outside of containers
kprobe:hugepage_madvise: kprobe:hugepage_madvise
"""
import argparse
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
enum { LOST_EVENT, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

/* kprobe:hugepage_madvise show probe, pid */
struct event_0 { u32 probe; u32 pid; };
BPF_RINGBUF_OUTPUT(event_0_buffer, 256);

int on_hugepage_madvise(struct pt_regs *ctx)
{
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    if (ONLY_PID && pid != ONLY_PID)
        return 0;
    struct event_0 *row = event_0_buffer.ringbuf_reserve(sizeof(struct event_0));
    if (row) {
        row->probe = 0;
        row->pid = pid;
        event_0_buffer.ringbuf_submit(row, 0);
    } else {
        problems.increment(LOST_EVENT);
    }
    return 0;
}
"""

PROBES = ["kprobe:hugepage_madvise"]

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    bpf.attach_kprobe(event=b"hugepage_madvise", fn_name=b"on_hugepage_madvise")
    event_0_buffer = bpf["event_0_buffer"]
    event_0_buffer.open_ring_buffer(
        lambda _context, data, _size: print_event_0(bpf, event_0_buffer.event(data)))
    return bpf

EVENT_0_FORMAT = "{:<20}  {:>7}"

def print_event_0(bpf, event):
    write(EVENT_0_FORMAT.format(printable(PROBES[event.probe], True), event.pid))

def main():
    parser = argparse.ArgumentParser(description="kprobe:hugepage_madvise show probe, pid")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    write(EVENT_0_FORMAT.format("probe", "pid"))
    run(options.duration, [], lambda seconds: bpf.ring_buffer_poll(int(seconds * 1000) + 1))
    bpf.ring_buffer_consume()
    print_problems(bpf, ["events were lost: they came faster than they were read"])

