#!/usr/bin/python3 -I
"""swap_residency hist(latency)

Compiled by Faultline for debian13 (6.12.117+deb13-cloud-amd64), BCC 0.31.0.
swapin: fentry:swap_read_folio
  not fentry:swap_read_folio: only a kernel structure has fields to follow with `.f`
  not kprobe:swap_read_folio: only a kernel structure has fields to follow with `.f`
  not fentry:swap_read_folio: struct folio has no field `_nr_pages` in debian13
      (6.12.117+deb13-cloud-amd64)
  not kprobe:swap_read_folio: struct folio has no field `_nr_pages` in debian13
      (6.12.117+deb13-cloud-amd64)
  not kprobe:swap_read_folio: it costs more
  not kprobe:swap_readpage: debian13 (6.12.117+deb13-cloud-amd64) has no function swap_readpage
swap_out: fentry:__swap_writepage
  not fentry:__swap_writepage: only a kernel structure has fields to follow with `.f`
  not kprobe:__swap_writepage: only a kernel structure has fields to follow with `.f`
  not fentry:__swap_writepage: struct folio has no field `_nr_pages` in debian13
      (6.12.117+deb13-cloud-amd64)
  not kprobe:__swap_writepage: struct folio has no field `_nr_pages` in debian13
      (6.12.117+deb13-cloud-amd64)
  not kprobe:__swap_writepage: it costs more
  not fentry:__swap_writepage: it costs the same, and comes later in the definition
  not kprobe:__swap_writepage: it costs more
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
#define FOLIO__FLAGS 0
#define FOLIO___FOLIO_NR_PAGES 96
#define FOLIO__SWAP__VAL 40

/* How often each kind of problem occurred. */
enum { FULL_MAP, LEFT_OUT, PROBLEMS };
BPF_PERCPU_ARRAY(problems, u64, PROBLEMS);

/* each open swap_residency, by entry: its time */
BPF_HASH(swap_residency_begun, u64, u64, MAX_ENTRIES);

/* swap_residency hist(latency) */
BPF_PERCPU_ARRAY(swap_residency_hist_latency_slots, u64, 66);

/* 0 for negative numbers, 1 for zero, then one slot per power of two. */
static __always_inline u32 log2_slot(s64 number)
{
    return number < 0 ? 0 : number == 0 ? 1 : bpf_log2l(number) + 1;
}

/* swap_out: record the start of swap_residency */
KFUNC_PROBE(__swap_writepage)
{
    if (ONLY_PID && bpf_get_current_pid_tgid() >> 32 != ONLY_PID)
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
        u64 folio_2 = ctx[0];
        u64 val = 0;
        bpf_probe_read_kernel(&val, sizeof(val), (void *)(folio_2 + FOLIO__SWAP__VAL));
        u64 entry = val + i;
        u64 now = bpf_ktime_get_boot_ns();
        if (swap_residency_begun.update(&entry, &now))
            problems.increment(FULL_MAP);
    }
    return 0;
}

/* swapin: aggregate into @swap_residency_hist_latency */
KFUNC_PROBE(swap_read_folio)
{
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
        u64 folio_2 = ctx[0];
        u64 val = 0;
        bpf_probe_read_kernel(&val, sizeof(val), (void *)(folio_2 + FOLIO__SWAP__VAL));
        u64 entry = val + i;
        u64 *time = swap_residency_begun.lookup(&entry);
        if (time) {
            u64 now = bpf_ktime_get_boot_ns();
            u64 latency = now - *time;
            int slot = log2_slot(latency);
            u64 *count = swap_residency_hist_latency_slots.lookup(&slot);
            if (count)
                *count += 1;
            swap_residency_begun.delete(&entry);
        }
    }
    return 0;
}
"""

def load(options):
    cflags = ["-w", "-DMAX_ENTRIES=%d" % options.max_entries, "-DONLY_PID=%d" % (options.pid or 0)]
    bpf = BPF(text=PROGRAM, cflags=cflags)
    return bpf

def print_swap_residency_hist_latency(bpf, options):
    groups = {(): [{}]}
    for key, per_cpu in bpf["swap_residency_hist_latency_slots"].items():
        group = groups.setdefault((), [{}])
        slot = key.value
        if sum(per_cpu):
            group[0][slot] = group[0].get(slot, 0) + sum(per_cpu)
    for _, group in groups.items():
        write("hist(latency)")
        print_histogram(buckets(group[0], log2_bounds), duration)

def main():
    parser = argparse.ArgumentParser(description="swap_residency hist(latency)")
    parser.add_argument("-p", "--pid", type=int, help="trace only this process")
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
    stopping.wait(options.duration)
    print_swap_residency_hist_latency(bpf, options)
    print_problems(bpf, [
        "events of new groups were not counted: a table is full",
        "events were left out: an event of the kernel stands for 512 at most"])

