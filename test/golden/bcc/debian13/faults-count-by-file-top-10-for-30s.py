#!/usr/bin/python3 -I
"""faults count() by file top 10 for 30s

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
faults: fexit:handle_mm_fault
  not software:page-faults:1: it does not provide `file`
  not tracepoint:exceptions:page_fault_user: it does not provide `file`
  not rawtracepoint:page_fault_user: it does not provide `file`
Note: faults: counts faults of user code and those that the kernel makes for it, each once, after
    the kernel has handled it, and none outside any mapping
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

/* Offsets in bytes of the members read here, in Linux 6.12.117+deb13-cloud-amd64. */
#define VM_AREA_STRUCT__VM_FILE 128
#define FILE__F_PATH__DENTRY 72
#define DENTRY__D_NAME__NAME 40

/* How often each kind of problem occurred. */
enum { FULL_MAP, CUT_SHOWN, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

/* faults count() by file top 10 for 30s */
struct faults_key { char file[264]; };
BPF_PERCPU_HASH(faults_groups, struct faults_key, s64, MAX_ENTRIES);

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
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
        return 0;
    u64 whole = 0;
    bpf_get_func_ret(ctx, &whole);
    u32 returned = whole;
    if (((u64)returned & 0x400) != 0)
        return 0;
    struct faults_key key = {};
    u64 vma = ctx[0];
    u64 vm_file = 0;
    bpf_probe_read_kernel(&vm_file, sizeof(vm_file), (void *)(vma + VM_AREA_STRUCT__VM_FILE));
    u64 dentry = 0;
    bpf_probe_read_kernel(&dentry, sizeof(dentry), (void *)(vm_file + FILE__F_PATH__DENTRY));
    u64 name = 0;
    bpf_probe_read_kernel(&name, sizeof(name), (void *)(dentry + DENTRY__D_NAME__NAME));
    int kept = bpf_probe_read_kernel_str(&key.file, sizeof(key.file), (void *)name);
    if (kept == sizeof(key.file) && is_cut((void *)name, kept, 0))
        problems.increment(CUT_SHOWN);
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
        group = groups.setdefault((text(key.file),), [0])
        group[0] += sum(per_cpu)
    ranked = sorted(groups.items(), key=lambda row: (-row[1][0], row[0]))[:options.top or 10]
    rows = [[printable(key[0], True), group[0]] for key, group in ranked]
    print_table(["file", "count()"], "<>", rows)

def main():
    parser = argparse.ArgumentParser(description="faults count() by file top 10 for 30s")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument(
        "-d", "--duration", type=float, default=30, help="stop after this many seconds")
    parser.add_argument("--top", type=int, metavar="N", help="print only the N largest groups")
    parser.add_argument("--max-entries", type=int, default=16384, help="size of each table")
    options = parser.parse_args()
    if not all(value is None or value > 0 for value in vars(options).values()):
        parser.error("the value of an option must be above 0")
    if os.uname().release != "6.12.117+deb13-cloud-amd64":
        logging.getLogger().warning(
            "warning: structs are read as in Linux 6.12.117+deb13-cloud-amd64")
    bpf = start(load, options)
    logging.getLogger().warning("Tracing... Hit Ctrl-C to end.")
    stopping.wait(options.duration)
    print_faults(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "texts are longer than what is kept of them, and were cut"])

