#!/usr/bin/python3 -I
"""brk by ustack, comm

Compiled by Faultline for debian12 (6.1.0-50-cloud-amd64), BCC 0.26.0.
brk: tracepoint:syscalls:sys_enter_brk
"""
import argparse
import itertools
import logging
import os
import signal
import sys
import threading

from bcc import BPF  # package python3-bpfcc or python3-bcc

PROGRAM = r"""
#include <uapi/linux/ptrace.h>
#include <linux/types.h>
#include <linux/errno.h>

BPF_STACK_TRACE(stacks, MAX_ENTRIES);

/* How often each kind of problem occurred. */
enum { FULL_MAP, MISSING_STACK, COLLIDED_STACK, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

static __always_inline int stack_of(int id)
{
    if (id < 0)
        problems.increment(id == -EEXIST ? COLLIDED_STACK : MISSING_STACK);
    return id;
}

/* brk by ustack, comm */
struct brk_key { s32 ustack; u32 ustack_pid; char comm[16]; };
BPF_PERCPU_HASH(brk_groups, struct brk_key, s64, MAX_ENTRIES);

TRACEPOINT_PROBE(syscalls, sys_enter_brk)
{
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    if (ONLY_PID && pid != ONLY_PID)
        return 0;
    struct brk_key key = {};
    key.ustack = stack_of(stacks.get_stackid(args, BPF_F_USER_STACK));
    key.ustack_pid = pid;
    bpf_get_current_comm(&key.comm, sizeof(key.comm));
    s64 zero = 0;
    s64 *count = brk_groups.lookup_or_try_init(&key, &zero);
    if (count)
        *count += 1;
    else
        problems.increment(FULL_MAP);
    return 0;
}
"""

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    return bpf

def print_brk(bpf, options):
    groups = {}
    for key, per_cpu in bpf["brk_groups"].items():
        group = groups.setdefault((
            stack(bpf, "stacks", key.ustack, key.ustack_pid), text(key.comm)), [0])
        group[0] += sum(per_cpu)
    ranked = sorted(groups.items(), key=lambda row: (-row[1][0], str(row[0])))[:options.top]
    rows = [[printable(key[1], True), group[0], frames(key[0])] for key, group in ranked]
    print_table(["comm", "count()", "ustack"], "<><", rows)

def main():
    parser = argparse.ArgumentParser(description="brk by ustack, comm")
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
    print_brk(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "stacks are missing: they could not be read",
        "stacks are missing: another stack took their slot"])

