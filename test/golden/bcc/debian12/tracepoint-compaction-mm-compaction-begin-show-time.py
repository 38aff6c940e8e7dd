#!/usr/bin/python3 -I
"""tracepoint:compaction:mm_compaction_begin show time

Compiled by Faultline for debian12 (6.1.0-50-cloud-amd64), BCC 0.26.0.
tracepoint:compaction:mm_compaction_begin: tracepoint:compaction:mm_compaction_begin
"""
import argparse
import datetime
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

/* tracepoint:compaction:mm_compaction_begin show time */
struct event_0 { u64 time; };
BPF_RINGBUF_OUTPUT(event_0_buffer, 256);

TRACEPOINT_PROBE(compaction, mm_compaction_begin)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    struct event_0 *row = event_0_buffer.ringbuf_reserve(sizeof(struct event_0));
    if (row) {
        row->time = now;
        event_0_buffer.ringbuf_submit(row, 0);
    } else {
        problems.increment(LOST_EVENT);
    }
    return 0;
}
"""

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    event_0_buffer = bpf["event_0_buffer"]
    event_0_buffer.open_ring_buffer(
        lambda _context, data, _size: print_event_0(bpf, event_0_buffer.event(data)))
    return bpf

EVENT_0_FORMAT = "{}"

def print_event_0(bpf, event):
    write(EVENT_0_FORMAT.format(time_of_day(event.time)))

def main():
    parser = argparse.ArgumentParser(description=
        "tracepoint:compaction:mm_compaction_begin show time")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    write(EVENT_0_FORMAT.format("time"))
    run(options.duration, [], lambda seconds: bpf.ring_buffer_poll(int(seconds * 1000) + 1))
    bpf.ring_buffer_consume()
    print_problems(bpf, ["events were lost: they came faster than they were read"])

