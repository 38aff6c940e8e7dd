#!/usr/bin/python3 -I
"""direct_reclaim show time, comm, pid, latency in ms, reclaimed where latency > 1ms

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
pid: a number of the initial PID namespace, as ps shows outside of containers
direct_reclaim: rawtracepoint:mm_vmscan_direct_reclaim_begin,
    tracepoint:vmscan:mm_vmscan_direct_reclaim_end
  not tracepoint:vmscan:mm_vmscan_direct_reclaim_begin: it costs more
  not rawtracepoint:mm_vmscan_direct_reclaim_end: it does not provide `reclaimed`
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
enum { LOST_EVENT, FULL_MAP, MISSED_END, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

/* each open direct_reclaim, by tid: its time */
BPF_HASH(direct_reclaim_begun, u32, u64, MAX_ENTRIES);

/* direct_reclaim show time, comm, pid, latency in ms, reclaimed where latency > 1ms */
struct event_0 {
    u64 time;
    char comm[16];
    u32 pid;
    u64 latency_ms;
    u64 reclaimed;
};
BPF_RINGBUF_OUTPUT(event_0_buffer, 256);

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

TRACEPOINT_PROBE(vmscan, mm_vmscan_direct_reclaim_end)
{
    u64 pid_tgid = bpf_get_current_pid_tgid();
    u32 pid = pid_tgid >> 32;
    if (ONLY_PID && pid != ONLY_PID)
        return 0;
    u32 tid = pid_tgid;
    u64 *time = direct_reclaim_begun.lookup(&tid);
    if (!time)
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    u64 latency = now - *time;
    if (latency > 1000000) {
        struct event_0 *row = event_0_buffer.ringbuf_reserve(sizeof(struct event_0));
        if (row) {
            row->time = now;
            bpf_get_current_comm(&row->comm, sizeof(row->comm));
            row->pid = pid;
            row->latency_ms = latency;
            row->reclaimed = args->nr_reclaimed;
            event_0_buffer.ringbuf_submit(row, 0);
        } else {
            problems.increment(LOST_EVENT);
        }
    }
    direct_reclaim_begun.delete(&tid);
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

EVENT_0_FORMAT = "{:<12}  {:<15}  {:>7}  {:>12}  {:>9}"

def print_event_0(bpf, event):
    write(EVENT_0_FORMAT.format(
        time_of_day(event.time), printable(text(event.comm), True), event.pid,
        in_units(event.latency_ms, 1000000), event.reclaimed))

def main():
    parser = argparse.ArgumentParser(description=
        "direct_reclaim show time, comm, pid, latency in ms, reclaimed where latency > 1ms")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    write(EVENT_0_FORMAT.format("time", "comm", "pid", "latency (ms)", "reclaimed"))
    run(options.duration, [], lambda seconds: bpf.ring_buffer_poll(int(seconds * 1000) + 1))
    bpf.ring_buffer_consume()
    print_problems(bpf, [
        "events were lost: they came faster than they were read",
        "events of new groups were not counted: a table is full",
        "spans began again before their ends were seen, and no result has them"])

