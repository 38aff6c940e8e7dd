#!/usr/bin/python3 -I
"""mmap show time, pid, comm, len in KB, prot, flags, file

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
pid: a number of the initial PID namespace, as ps shows outside of containers
mmap: tracepoint:syscalls:sys_enter_mmap
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

/* Offsets in bytes of the members read here, in Linux 6.12.117+deb13-cloud-amd64. */
#define TASK_STRUCT__FILES 3048
#define FILES_STRUCT__FDT 32
#define FDTABLE__FD 8
#define FILE__F_PATH__DENTRY 72
#define DENTRY__D_NAME__NAME 40

/* How often each kind of problem occurred. */
enum { LOST_EVENT, CUT_SHOWN, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

/* mmap show time, pid, comm, len in KB, prot, flags, file */
struct event_0 {
    u64 time;
    u32 pid;
    char comm[16];
    u64 len_kb;
    u64 prot;
    u64 flags;
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

TRACEPOINT_PROBE(syscalls, sys_enter_mmap)
{
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    if (ONLY_PID && pid != ONLY_PID)
        return 0;
    u64 now = bpf_ktime_get_boot_ns();
    u64 task = bpf_get_current_task();
    u64 files = 0;
    bpf_probe_read_kernel(&files, sizeof(files), (void *)(task + TASK_STRUCT__FILES));
    u64 fdt = 0;
    bpf_probe_read_kernel(&fdt, sizeof(fdt), (void *)(files + FILES_STRUCT__FDT));
    u64 fd = 0;
    bpf_probe_read_kernel(&fd, sizeof(fd), (void *)(fdt + FDTABLE__FD));
    u64 element = 0;
    bpf_probe_read_kernel(&element, sizeof(element), (void *)(fd + 8 * args->fd));
    u64 dentry = 0;
    bpf_probe_read_kernel(&dentry, sizeof(dentry), (void *)(element + FILE__F_PATH__DENTRY));
    u64 name = 0;
    bpf_probe_read_kernel(&name, sizeof(name), (void *)(dentry + DENTRY__D_NAME__NAME));
    struct event_0 *row = event_0_buffer.ringbuf_reserve(sizeof(struct event_0));
    if (row) {
        row->time = now;
        row->pid = pid;
        bpf_get_current_comm(&row->comm, sizeof(row->comm));
        row->len_kb = args->len;
        row->prot = args->prot;
        row->flags = args->flags;
        if ((s64)(s32)args->fd < 0) {
            __builtin_memcpy(&row->file, "", sizeof(row->file) < 1 ? sizeof(row->file) - 1 : 1);
        } else {
            int kept = bpf_probe_read_kernel_str(&row->file, sizeof(row->file), (void *)name);
            if (kept == sizeof(row->file) && is_cut((void *)name, kept, 0))
                problems.increment(CUT_SHOWN);
        }
        event_0_buffer.ringbuf_submit(row, 0);
    } else {
        problems.increment(LOST_EVENT);
    }
    return 0;
}
"""

PROT = [
    ("PROT_READ", 0x1), ("PROT_WRITE", 0x2), ("PROT_EXEC", 0x4), ("PROT_SEM", 0x8),
    ("PROT_GROWSDOWN", 0x1000000), ("PROT_GROWSUP", 0x2000000)]
PROT_ZEROS = [("PROT_NONE", 0xffffffffffffffff)]
MAP = [
    ("MAP_HUGE_1GB", 0x78000000), ("MAP_HUGE_2MB", 0x54000000), ("MAP_SHARED_VALIDATE", 0x3),
    ("MAP_SHARED", 0x1), ("MAP_PRIVATE", 0x2), ("MAP_DROPPABLE", 0x8), ("MAP_FIXED", 0x10),
    ("MAP_ANONYMOUS", 0x20), ("MAP_ANON", 0x20), ("MAP_32BIT", 0x40), ("MAP_ABOVE4G", 0x80),
    ("MAP_GROWSDOWN", 0x100), ("MAP_DENYWRITE", 0x800), ("MAP_EXECUTABLE", 0x1000),
    ("MAP_LOCKED", 0x2000), ("MAP_NORESERVE", 0x4000), ("MAP_POPULATE", 0x8000),
    ("MAP_NONBLOCK", 0x10000), ("MAP_STACK", 0x20000), ("MAP_HUGETLB", 0x40000),
    ("MAP_SYNC", 0x80000), ("MAP_FIXED_NOREPLACE", 0x100000), ("MAP_UNINITIALIZED", 0x4000000)]
MAP_ZEROS = [("MAP_FILE", 0xffffffffffffffff)]

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    event_0_buffer = bpf["event_0_buffer"]
    event_0_buffer.open_ring_buffer(
        lambda _context, data, _size: print_event_0(bpf, event_0_buffer.event(data)))
    return bpf

EVENT_0_FORMAT = "{:<12}  {:>7}  {:<15}  {:>10}  {:<20}  {:<20}  {}"

def print_event_0(bpf, event):
    write(EVENT_0_FORMAT.format(
        time_of_day(event.time), event.pid, printable(text(event.comm), True),
        in_units(event.len_kb, 1024), flag_names(event.prot, PROT, PROT_ZEROS),
        flag_names(event.flags, MAP, MAP_ZEROS), printable(text(event.file), True)))

def main():
    parser = argparse.ArgumentParser(description=
        "mmap show time, pid, comm, len in KB, prot, flags, file")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    if os.uname().release != "6.12.117+deb13-cloud-amd64":
        logging.getLogger().warning(
            "warning: structs are read as in Linux 6.12.117+deb13-cloud-amd64")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    write(EVENT_0_FORMAT.format("time", "pid", "comm", "len (KB)", "prot", "flags", "file"))
    run(options.duration, [], lambda seconds: bpf.ring_buffer_poll(int(seconds * 1000) + 1))
    bpf.ring_buffer_consume()
    print_problems(bpf, [
        "events were lost: they came faster than they were read",
        "texts are longer than what is kept of them, and were cut"])

