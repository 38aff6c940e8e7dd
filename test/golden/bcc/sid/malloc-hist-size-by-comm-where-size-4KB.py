#!/usr/bin/python3 -I
"""malloc hist(size) by comm where size > 4KB

Compiled by Faultline for sid (7.2.13+deb14-cloud-amd64), BCC 0.37.0.
malloc: uprobe:libc:malloc
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

/* malloc hist(size) by comm where size > 4KB */
struct malloc_hist_size_key { char comm[16]; };
struct malloc_hist_size_slots {
    struct malloc_hist_size_key group;
    u32 number;
};
BPF_PERCPU_HASH(malloc_hist_size_slots, struct malloc_hist_size_slots, u64, MAX_ENTRIES);

/* Newer kernels keep variables in memory of the CPU, where other threads may write, unless a program may call another. */
BPF_PROG_ARRAY(no_programs, 1);
static __always_inline void own_stack(void *ctx)
{
    u64 never = 0;
    asm volatile("" : "+r"(never));
    if (never)
        no_programs.call(ctx, 0);
}

/* 0 for negative numbers, 1 for zero, then one slot per power of two. */
static __always_inline u32 log2_slot(s64 number)
{
    return number < 0 ? 0 : number == 0 ? 1 : bpf_log2l(number) + 1;
}

int on_malloc(struct pt_regs *ctx)
{
    own_stack(ctx);
    u64 argument_0 = PT_REGS_PARM1(ctx);
    if (argument_0 <= 4096)
        return 0;
    struct malloc_hist_size_key key = {};
    bpf_get_current_comm(&key.comm, sizeof(key.comm));
    struct malloc_hist_size_slots slot = {};
    slot.group = key;
    slot.number = log2_slot(argument_0);
    u64 zero = 0;
    u64 *count = malloc_hist_size_slots.lookup_or_try_init(&slot, &zero);
    if (count)
        *count += 1;
    else
        problems.increment(FULL_MAP);
    return 0;
}
"""

def load(options):
    pid = options.pid or -1
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    bpf.attach_uprobe(name=b"c", sym=b"malloc", fn_name=b"on_malloc", pid=pid)
    return bpf

def print_malloc_hist_size(bpf, options):
    groups = {}
    for key, per_cpu in bpf["malloc_hist_size_slots"].items():
        group = groups.setdefault((text(key.group.comm),), [{}])
        slot = key.number
        group[0][slot] = group[0].get(slot, 0) + sum(per_cpu)
    ranked = sorted(
        groups.items(), key=lambda row: (-sum(row[1][0].values()), row[0]))[:options.top]
    if not ranked:
        write("no events")
    for key, group in ranked:
        write("comm", printable(key[0], True))
        write("hist(size)")
        print_histogram(buckets(group[0], log2_bounds), size)

def main():
    parser = argparse.ArgumentParser(description="malloc hist(size) by comm where size > 4KB")
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
    print_malloc_hist_size(bpf, options)
    print_problems(bpf, ["events of new groups were not counted: a table is full"])

