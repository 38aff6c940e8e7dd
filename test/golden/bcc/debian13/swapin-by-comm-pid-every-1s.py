#!/usr/bin/python3 -I
"""swapin by comm, pid every 1s

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
pid: a number of the initial PID namespace, as ps shows outside of containers
swapin: fentry:swap_read_folio
  not fentry:swap_read_folio: only a kernel structure has fields to follow with `.f`
  not kprobe:swap_read_folio: only a kernel structure has fields to follow with `.f`
  not fentry:swap_read_folio: struct folio has no field `_nr_pages` in debian13
      (6.12.117+deb13-cloud-amd64)
  not kprobe:swap_read_folio: struct folio has no field `_nr_pages` in debian13
      (6.12.117+deb13-cloud-amd64)
  not kprobe:swap_read_folio: it costs more
  not kprobe:swap_readpage: debian13 (6.12.117+deb13-cloud-amd64) has no function swap_readpage
"""
import argparse
import ctypes
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
#define FOLIO__FLAGS 0
#define FOLIO___FOLIO_NR_PAGES 96

/* How often each kind of problem occurred. */
enum { FULL_MAP, LEFT_OUT, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

/* The set of entries (0 or 1) that each result updates, while the other one is read. */
BPF_ARRAY(turns, u32, 1);

static __always_inline u32 turn_of(int result)
{
    u32 *turn = turns.lookup(&result);
    return turn ? *turn : 0;
}

/* swapin by comm, pid every 1s */
struct swapin_key { char comm[16]; u32 pid; u32 turn; };
BPF_PERCPU_HASH(swapin_groups, struct swapin_key, s64, 2 * MAX_ENTRIES);

KFUNC_PROBE(swap_read_folio)
{
    u32 pid = bpf_get_current_pid_tgid() >> 32;
    if (ONLY_PID && pid != ONLY_PID)
        return 0;
    u64 folio = ctx[0];
    u64 flags = 0;
    bpf_probe_read_kernel(&flags, sizeof(flags), (void *)(folio + FOLIO__FLAGS));
    u32 folio_nr_pages = 0;
    bpf_probe_read_kernel(&folio_nr_pages, sizeof(folio_nr_pages), (void *)(folio + FOLIO___FOLIO_NR_PAGES));
    u64 times = (u64)(((flags >> 6) & 0x1) == 1 ? (u64)folio_nr_pages : 1);
    if (times > 512)
        problems.increment(LEFT_OUT, times - 512);
    #pragma clang loop unroll(disable)
    for (u64 i = 0; i < 512 && i < times; i++) {
        asm volatile("" : "+r"(i));
        u32 turn_now = turn_of(0);
        u32 pid_2 = bpf_get_current_pid_tgid() >> 32;
        struct swapin_key key = {};
        bpf_get_current_comm(&key.comm, sizeof(key.comm));
        key.pid = pid_2;
        key.turn = turn_now;
        s64 zero = 0;
        s64 *count = swapin_groups.lookup_or_try_init(&key, &zero);
        if (count)
            *count += 1;
        else
            problems.increment(FULL_MAP);
    }
    return 0;
}
"""

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    return bpf

def print_swapin(bpf, options):
    turn = switch_turn(bpf, 0)
    groups = {}
    due = take(bpf["swapin_groups"], lambda key: key.turn == turn)
    for key, per_cpu in due:
        group = groups.setdefault((text(key.comm), key.pid), [0])
        group[0] += sum(per_cpu)
    write("\n" + time.strftime("%H:%M:%S"))
    ranked = sorted(groups.items(), key=lambda row: (-row[1][0], row[0]))[:options.top]
    rows = [[printable(key[0], True), key[1], group[0]] for key, group in ranked]
    print_table(["comm", "pid", "count()"], "<>>", rows)

def main():
    parser = argparse.ArgumentParser(description="swapin by comm, pid every 1s")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
    parser.add_argument("-i", "--interval", type=float, help="seconds between reports (1)")
    parser.add_argument("-d", "--duration", type=float, help="stop after this many seconds")
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
    run(options.duration, [(options.interval or 1, lambda: print_swapin(bpf, options))])
    write("(partial)")
    print_swapin(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "events were left out: an event of the kernel stands for 512 at most"])

