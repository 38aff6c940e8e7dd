#!/usr/bin/python3 -I
"""malloc sum(size) as total, count() by ustack top 20 by total

Compiled by Faultline for sid (7.2.13+deb14-cloud-amd64), BCC 0.37.0.
malloc: uprobe:libc:malloc
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

/* malloc sum(size) as total, count() by ustack top 20 by total */
struct malloc_sum_size_key { s32 ustack; u32 ustack_pid; u64 ustack_caller; };
struct malloc_sum_size_value { s64 sum; s64 count; };
BPF_PERCPU_HASH(malloc_sum_size_groups, struct malloc_sum_size_key, struct malloc_sum_size_value, MAX_ENTRIES);

/* Newer kernels keep variables in memory of the CPU, where other threads may write, unless a program may call another. */
BPF_PROG_ARRAY(no_programs, 1);
static __always_inline void own_stack(void *ctx)
{
    u64 never = 0;
    asm volatile("" : "+r"(never));
    if (never)
        no_programs.call(ctx, 0);
}

int on_malloc(struct pt_regs *ctx)
{
    own_stack(ctx);
    u64 argument_0 = PT_REGS_PARM1(ctx);
    u64 stack_pointer = PT_REGS_SP(ctx);
    u64 word = 0;
    bpf_probe_read_user(&word, sizeof(word), (void *)stack_pointer);
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    struct malloc_sum_size_key key = { .ustack_caller = word };
    key.ustack = stack_of(stacks.get_stackid(ctx, BPF_F_USER_STACK));
    key.ustack_pid = pid;
    struct malloc_sum_size_value zero = {};
    struct malloc_sum_size_value *group = malloc_sum_size_groups.lookup_or_try_init(&key, &zero);
    if (group) {
        group->sum += argument_0;
        group->count += 1;
    } else {
        problems.increment(FULL_MAP);
    }
    return 0;
}
"""

def load(options):
    pid = options.pid or -1
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    bpf.attach_uprobe(name=b"c", sym=b"malloc", fn_name=b"on_malloc", pid=pid)
    return bpf

def print_malloc_sum_size(bpf, options):
    groups = {}
    for key, per_cpu in bpf["malloc_sum_size_groups"].items():
        group = groups.setdefault((
            stack(bpf, "stacks", key.ustack, key.ustack_pid),
            symbol(bpf, key.ustack_caller, key.ustack_pid)), [0, 0])
        group[0] += sum(value.sum for value in per_cpu)
        group[1] += sum(value.count for value in per_cpu)
    ranked = sorted(groups.items(), key=lambda row: (-row[1][0], str(row[0])))[:options.top or 20]
    rows = [
        [size(group[0]), group[1], frames(with_caller(key[0], key[1]))]
        for key, group in ranked]
    print_table(["total", "count()", "ustack"], ">><", rows)

def main():
    parser = argparse.ArgumentParser(description=
        "malloc sum(size) as total, count() by ustack top 20 by total")
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
    print_malloc_sum_size(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "stacks are missing: they could not be read",
        "stacks are missing: another stack took their slot"])

