#!/usr/bin/python3 -I
"""rss show time, pid, comm, member, size in MB where size > 100MB

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
pid: a number of the initial PID namespace, as ps shows outside of containers
rss: tracepoint:kmem:rss_stat
  not rawtracepoint:rss_stat: it does not provide `member`
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

/* rss show time, pid, comm, member, size in MB where size > 100MB */
struct event_0 { u64 time; u32 pid; char comm[16]; s64 member; s64 size_mb; };
BPF_RINGBUF_OUTPUT(event_0_buffer, 256);

TRACEPOINT_PROBE(kmem, rss_stat)
{
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    if (ONLY_PID && pid != ONLY_PID)
        return 0;
    if (args->size <= 104857600)
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    struct event_0 *row = event_0_buffer.ringbuf_reserve(sizeof(struct event_0));
    if (row) {
        row->time = now;
        row->pid = pid;
        bpf_get_current_comm(&row->comm, sizeof(row->comm));
        row->member = args->member;
        row->size_mb = args->size;
        event_0_buffer.ringbuf_submit(row, 0);
    } else {
        problems.increment(LOST_EVENT);
    }
    return 0;
}
"""

RSS_MEMBER = [
    ("MM_FILEPAGES", 0x0), ("MM_ANONPAGES", 0x1), ("MM_SWAPENTS", 0x2), ("MM_SHMEMPAGES", 0x3)]

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    event_0_buffer = bpf["event_0_buffer"]
    event_0_buffer.open_ring_buffer(
        lambda _context, data, _size: print_event_0(bpf, event_0_buffer.event(data)))
    return bpf

EVENT_0_FORMAT = "{:<12}  {:>7}  {:<15}  {:<14}  {:>10}"

def print_event_0(bpf, event):
    write(EVENT_0_FORMAT.format(
        time_of_day(event.time), event.pid, printable(text(event.comm), True),
        member_name(event.member, RSS_MEMBER), in_units(event.size_mb, 1048576)))

def main():
    parser = argparse.ArgumentParser(description=
        "rss show time, pid, comm, member, size in MB where size > 100MB")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    write(EVENT_0_FORMAT.format("time", "pid", "comm", "member", "size (MB)"))
    run(options.duration, [], lambda seconds: bpf.ring_buffer_poll(int(seconds * 1000) + 1))
    bpf.ring_buffer_consume()
    print_problems(bpf, ["events were lost: they came faster than they were read"])

