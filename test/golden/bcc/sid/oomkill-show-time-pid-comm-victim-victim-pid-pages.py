#!/usr/bin/python3 -I
"""oomkill show time, pid, comm, victim, victim_pid, pages

Compiled by Faultline for sid (7.2.13+deb14-cloud-amd64), BCC 0.37.0.
pid: a number of the initial PID namespace, as ps shows outside of containers
oom_chosen: fentry:oom_kill_process
  not kprobe:oom_kill_process: it costs more
oom_group_member: fentry:oom_kill_memcg_member
  not kprobe:oom_kill_memcg_member: it costs more
Note: oomkill: counts what is killed where the kernel decides to
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

/* Offsets in bytes of the members read here, in Linux 7.2.13+deb14-cloud-amd64. */
#define OOM_CONTROL__CHOSEN 40
#define TASK_STRUCT__PID 2808
#define OOM_CONTROL__TOTALPAGES 32
#define TASK_STRUCT__COMM 3344
#define TASK_STRUCT__SIGNAL 3448
#define SIGNAL_STRUCT__OOM_MM 1080
#define SIGNAL_STRUCT__OOM_SCORE_ADJ 1074

/* How often each kind of problem occurred. */
enum { LOST_EVENT, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

/* oomkill show time, pid, comm, victim, victim_pid, pages */
struct event_0 {
    u64 time;
    u32 pid;
    char comm[16];
    char victim[16];
    s64 victim_pid_2;
    u64 pages;
};
BPF_RINGBUF_OUTPUT(event_0_buffer, 256);

/* oom_chosen: print each event */
KFUNC_PROBE(oom_kill_process)
{
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    if (ONLY_PID && pid != ONLY_PID)
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    u64 oc = ctx[0];
    u64 chosen = 0;
    bpf_probe_read_kernel(&chosen, sizeof(chosen), (void *)(oc + OOM_CONTROL__CHOSEN));
    s32 pid_2 = 0;
    bpf_probe_read_kernel(&pid_2, sizeof(pid_2), (void *)(chosen + TASK_STRUCT__PID));
    u64 totalpages = 0;
    bpf_probe_read_kernel(&totalpages, sizeof(totalpages), (void *)(oc + OOM_CONTROL__TOTALPAGES));
    struct event_0 *row = event_0_buffer.ringbuf_reserve(sizeof(struct event_0));
    if (row) {
        row->time = now;
        row->pid = pid;
        bpf_get_current_comm(&row->comm, sizeof(row->comm));
        bpf_probe_read_kernel_str(&row->victim, sizeof(row->victim), (void *)(chosen + TASK_STRUCT__COMM));
        row->victim_pid_2 = pid_2;
        row->pages = totalpages;
        event_0_buffer.ringbuf_submit(row, 0);
    } else {
        problems.increment(LOST_EVENT);
    }
    return 0;
}

/* oom_group_member: print each event */
KFUNC_PROBE(oom_kill_memcg_member)
{
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    if (ONLY_PID && pid != ONLY_PID)
        return 0;
    u64 task = ctx[0];
    u64 signal = 0;
    bpf_probe_read_kernel(&signal, sizeof(signal), (void *)(task + TASK_STRUCT__SIGNAL));
    u64 oom_mm = 0;
    bpf_probe_read_kernel(&oom_mm, sizeof(oom_mm), (void *)(signal + SIGNAL_STRUCT__OOM_MM));
    if (oom_mm != 0)
        return 0;
    s16 oom_score_adj = 0;
    bpf_probe_read_kernel(&oom_score_adj, sizeof(oom_score_adj), (void *)(signal + SIGNAL_STRUCT__OOM_SCORE_ADJ));
    if (oom_score_adj == -1000LL)
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    s32 pid_2 = 0;
    bpf_probe_read_kernel(&pid_2, sizeof(pid_2), (void *)(task + TASK_STRUCT__PID));
    struct event_0 *row = event_0_buffer.ringbuf_reserve(sizeof(struct event_0));
    if (row) {
        row->time = now;
        row->pid = pid;
        bpf_get_current_comm(&row->comm, sizeof(row->comm));
        bpf_probe_read_kernel_str(&row->victim, sizeof(row->victim), (void *)(task + TASK_STRUCT__COMM));
        row->victim_pid_2 = pid_2;
        row->pages = 0;
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

EVENT_0_FORMAT = "{:<12}  {:>7}  {:<15}  {:<20}  {:>10}  {:>8}"

def print_event_0(bpf, event):
    write(EVENT_0_FORMAT.format(
        time_of_day(event.time), event.pid, printable(text(event.comm), True),
        printable(text(event.victim), True), event.victim_pid_2, event.pages))

def main():
    parser = argparse.ArgumentParser(description=
        "oomkill show time, pid, comm, victim, victim_pid, pages")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    if os.uname().release != "7.2.13+deb14-cloud-amd64":
        logging.getLogger().warning(
            "warning: structs are read as in Linux 7.2.13+deb14-cloud-amd64")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    write(EVENT_0_FORMAT.format("time", "pid", "comm", "victim", "victim_pid", "pages"))
    run(options.duration, [], lambda seconds: bpf.ring_buffer_poll(int(seconds * 1000) + 1))
    bpf.ring_buffer_consume()
    print_problems(bpf, ["events were lost: they came faster than they were read"])

