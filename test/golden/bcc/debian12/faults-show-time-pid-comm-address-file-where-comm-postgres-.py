#!/usr/bin/python3 -I
"""faults show time, pid, comm, address, file where comm == "postgres"

Compiled by Faultline for debian12 (6.1.0-50-cloud-amd64), BCC 0.26.0.
pid: a number of the initial PID namespace, as ps shows outside of containers
faults: fexit:handle_mm_fault
  not software:page-faults:1: it does not provide `address`
  not tracepoint:exceptions:page_fault_user: it does not provide `file`
  not rawtracepoint:page_fault_user: it does not provide `address`
Note: faults: counts faults of user code and those that the kernel makes for it, each once, after
    the kernel has handled it, and none outside any mapping
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

/* Offsets in bytes of the members read here, in Linux 6.1.0-50-cloud-amd64. */
#define VM_AREA_STRUCT__VM_FILE 112
#define FILE__F_PATH__DENTRY 24
#define DENTRY__D_NAME__NAME 40

/* How often each kind of problem occurred. */
enum { LOST_EVENT, CUT_SHOWN, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

/* faults show time, pid, comm, address, file where comm == "postgres" */
struct event_0 {
    u64 time;
    u32 pid;
    char comm[16];
    u64 address;
    char file[264];
};
BPF_RINGBUF_OUTPUT(event_0_buffer, 256);

/* Whether a text goes on where its copy ends. */
static __always_inline int is_cut(void *text, u32 kept, int is_user)
{
    char next = 0;
    if (is_user)
        bpf_probe_read_user(&next, 1, text + kept - 1);
    else
        bpf_probe_read_kernel(&next, 1, text + kept - 1);
    return next != 0;
}

KRETFUNC_PROBE(handle_mm_fault)
{
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    if (ONLY_PID && pid != ONLY_PID)
        return 0;
    u64 whole = 0;
    bpf_get_func_ret(ctx, &whole);
    u32 returned = whole;
    if (((u64)returned & 0x400) != 0)
        return 0;
    char comm[16] = {};
    bpf_get_current_comm(&comm, sizeof(comm));
    if (comm[0] != 'p' || comm[1] != 'o' || comm[2] != 's' || comm[3] != 't' || comm[4] != 'g' || comm[5] != 'r' || comm[6] != 'e' || comm[7] != 's' || comm[8])
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    u64 address = ctx[1];
    u64 vma = ctx[0];
    u64 vm_file = 0;
    bpf_probe_read_kernel(&vm_file, sizeof(vm_file), (void *)(vma + VM_AREA_STRUCT__VM_FILE));
    u64 dentry = 0;
    bpf_probe_read_kernel(&dentry, sizeof(dentry), (void *)(vm_file + FILE__F_PATH__DENTRY));
    u64 name = 0;
    bpf_probe_read_kernel(&name, sizeof(name), (void *)(dentry + DENTRY__D_NAME__NAME));
    struct event_0 *row = event_0_buffer.ringbuf_reserve(sizeof(struct event_0));
    if (row) {
        row->time = now;
        row->pid = pid;
        bpf_get_current_comm(&row->comm, sizeof(row->comm));
        row->address = address;
        int kept = bpf_probe_read_kernel_str(&row->file, sizeof(row->file), (void *)name);
        if (kept == sizeof(row->file) && is_cut((void *)name, kept, 0))
            problems.increment(CUT_SHOWN);
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

EVENT_0_FORMAT = "{:<12}  {:>7}  {:<15}  {:>18}  {}"

def print_event_0(bpf, event):
    write(EVENT_0_FORMAT.format(
        time_of_day(event.time), event.pid, printable(text(event.comm), True),
        hexadecimal(event.address), printable(text(event.file), True)))

def main():
    parser = argparse.ArgumentParser(description=
        "faults show time, pid, comm, address, file where comm == \"postgres\"")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    if os.uname().release != "6.1.0-50-cloud-amd64":
        logging.getLogger().warning("warning: structs are read as in Linux 6.1.0-50-cloud-amd64")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    write(EVENT_0_FORMAT.format("time", "pid", "comm", "address", "file"))
    run(options.duration, [], lambda seconds: bpf.ring_buffer_poll(int(seconds * 1000) + 1))
    bpf.ring_buffer_consume()
    print_problems(bpf, [
        "events were lost: they came faster than they were read",
        "texts are longer than what is kept of them, and were cut"])

