#!/usr/bin/python3 -I
"""kprobe:handle_mm_fault(vma, address, flags) hist(address) where flags has FAULT_FLAG_WRITE

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
kprobe:handle_mm_fault: kprobe:handle_mm_fault
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

/* kprobe:handle_mm_fault(vma, address, flags) hist(address) where flags has FAULT_FLAG_WRITE */
BPF_PERCPU_ARRAY(handle_mm_fault_hist_address_slots, u64, 66);

/* 0 for negative numbers, 1 for zero, then one slot per power of two. */
static __always_inline u32 log2_slot(s64 number)
{
    return number < 0 ? 0 : number == 0 ? 1 : bpf_log2l(number) + 1;
}

int on_handle_mm_fault(struct pt_regs *ctx)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u32 flags = PT_REGS_PARM3(ctx);
    if (!(flags & 0x1))
        return 0;
    u64 address = PT_REGS_PARM2(ctx);
    int slot = log2_slot(address);
    u64 *count = handle_mm_fault_hist_address_slots.lookup(&slot);
    if (count)
        *count += 1;
    return 0;
}
"""

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    bpf.attach_kprobe(event=b"handle_mm_fault", fn_name=b"on_handle_mm_fault")
    return bpf

def print_handle_mm_fault_hist_address(bpf, options):
    groups = {(): [{}]}
    for key, per_cpu in bpf["handle_mm_fault_hist_address_slots"].items():
        group = groups.setdefault((), [{}])
        slot = key.value
        if sum(per_cpu):
            group[0][slot] = group[0].get(slot, 0) + sum(per_cpu)
    for _, group in groups.items():
        write("hist(address)")
        print_histogram(buckets(group[0], log2_bounds), str)

def main():
    parser = argparse.ArgumentParser(description=
        "kprobe:handle_mm_fault(vma, address, flags) hist(address) where flags has "
        "FAULT_FLAG_WRITE")
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
    print_handle_mm_fault_hist_address(bpf, options)

