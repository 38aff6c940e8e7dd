#!/usr/bin/python3 -I
"""faults by comm, ustack where file ~ "*.so"

Compiled by Faultline for debian12 (6.1.0-50-cloud-amd64), BCC 0.26.0.
faults: fexit:handle_mm_fault
  not software:page-faults:1: it does not provide `file`
  not tracepoint:exceptions:page_fault_user: it does not provide `file`
  not rawtracepoint:page_fault_user: it does not provide `file`
Note: faults: counts faults of user code and those that the kernel makes for it, each once, after
    the kernel has handled it, and none outside any mapping
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

/* Offsets in bytes of the members read here, in Linux 6.1.0-50-cloud-amd64. */
#define VM_AREA_STRUCT__VM_FILE 112
#define FILE__F_PATH__DENTRY 24
#define DENTRY__D_NAME__NAME 40
#define DENTRY__D_NAME__LEN 36

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

/* faults by comm, ustack where file ~ "*.so" */
struct faults_key { char comm[16]; s32 ustack; u32 ustack_pid; };
BPF_PERCPU_HASH(faults_groups, struct faults_key, s64, MAX_ENTRIES);

/* Whether a string matches "*.so". */
static __always_inline int matches_so(const char *bytes, u32 length)
{
    if (length < 3)
        return 0;
    char tail[3] = {};
    bpf_probe_read_kernel(&tail, sizeof(tail), bytes + length - 3);
    if (tail[0] != '.' || tail[1] != 's' || tail[2] != 'o')
        return 0;
    return 1;
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
    u64 vma = ctx[0];
    u64 vm_file = 0;
    bpf_probe_read_kernel(&vm_file, sizeof(vm_file), (void *)(vma + VM_AREA_STRUCT__VM_FILE));
    u64 dentry = 0;
    bpf_probe_read_kernel(&dentry, sizeof(dentry), (void *)(vm_file + FILE__F_PATH__DENTRY));
    u64 name = 0;
    bpf_probe_read_kernel(&name, sizeof(name), (void *)(dentry + DENTRY__D_NAME__NAME));
    u32 len = 0;
    bpf_probe_read_kernel(&len, sizeof(len), (void *)(dentry + DENTRY__D_NAME__LEN));
    if (!matches_so((void *)name, len))
        return 0;
    struct faults_key key = {};
    bpf_get_current_comm(&key.comm, sizeof(key.comm));
    key.ustack = stack_of(stacks.get_stackid(ctx, BPF_F_USER_STACK));
    key.ustack_pid = pid;
    s64 zero = 0;
    s64 *count = faults_groups.lookup_or_try_init(&key, &zero);
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

def print_faults(bpf, options):
    groups = {}
    for key, per_cpu in bpf["faults_groups"].items():
        group = groups.setdefault((
            text(key.comm), stack(bpf, "stacks", key.ustack, key.ustack_pid)), [0])
        group[0] += sum(per_cpu)
    ranked = sorted(groups.items(), key=lambda row: (-row[1][0], str(row[0])))[:options.top]
    rows = [[printable(key[0], True), group[0], frames(key[1])] for key, group in ranked]
    print_table(["comm", "count()", "ustack"], "<><", rows)

def main():
    parser = argparse.ArgumentParser(description="faults by comm, ustack where file ~ \"*.so\"")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
    parser.add_argument("--top", type=int, metavar="N", help="print only the N largest groups")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    if os.uname().release != "6.1.0-50-cloud-amd64":
        logging.getLogger().warning("warning: structs are read as in Linux 6.1.0-50-cloud-amd64")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    stopping.wait(options.duration)
    print_faults(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "stacks are missing: they could not be read",
        "stacks are missing: another stack took their slot"])

