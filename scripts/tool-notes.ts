/** Documentation of tools beyond their definitions: an example, and how the original differs. */
export interface ToolNote {
  /** The arguments of `faultline`; `-c` and the workload are added when it is run. */
  readonly command: string;
  /** A program of test/kernel/workloads that causes the event. */
  readonly workload: string;
  readonly original: string;
}

export const TOOL_NOTES: Readonly<Record<string, ToolNote>> = {
  allocsnoop: {
    command: "allocsnoop --min-size 64KB",
    workload: "pages.sh",
    original:
      "The book names it and ships no source. Here flags have their names on every kernel, and what was given stands beside what was asked for.",
  },
  biolatency: {
    command: "biolatency --by disk",
    workload: "block_io.sh 50",
    original:
      "BCC's biolatency has `-D` for disks, `-F` for flags and `-Q` for the time in the queue: here `--by disk`, `--by operation` and `--queued`, and the sums beside the histogram.",
  },
  brkstack: {
    command: "brkstack --comm brk_grow",
    workload: "brk_grow 50 8192 10",
    original:
      "The same as BCC's `stackcount -U t:syscalls:sys_enter_brk`, which does not tell processes apart.",
  },
  drsnoop: {
    command: "drsnoop --min-latency 500us",
    workload: "reclaim.sh direct",
    original:
      "BCC's drsnoop shows the process, the time and the pages. Here also the order and the flags of the request, and a threshold.",
  },
  faultstack: {
    command: "faultstack --comm toucher --top 5",
    workload: "touch_anon 300 toucher",
    original:
      "The book's `faults.bt` is a map of stacks that bpftrace prints at the end; `-o FILE.svg` here makes it a picture.",
  },
  ffaults: {
    command: "ffaults --comm touch_file",
    workload: "touch_file libtouch.so 200 2",
    original:
      "The book's `ffaults.bt` includes kernel headers, and fails without them. Here the types come from BTF.",
  },
  hfaults: {
    command: "hfaults",
    workload: "hugepage hugetlb 8",
    original: "As the book's `hfaults.bt`.",
  },
  kmem: {
    command: "kmem --top 3",
    workload: "dentries.sh 500",
    original:
      "The book's `kmem.bt` counts bytes. Here also calls, and of each cache whichever of the functions' names the kernel has (`kmem_cache_alloc` became `…_noprof`).",
  },
  kpages: {
    command: "kpages --top 3 --comm dd",
    workload: "dd if=/dev/zero of=/var/tmp/faultline-pages bs=1M count=8 status=none",
    original: "The book's `kpages.bt` counts allocations. Here pages too: one allocation may be of many.",
  },
  mallocstacks: {
    command: "mallocstacks --where 'size == 12345'",
    workload: "leak 30 12345 20 10 2",
    original:
      "The book's tool is a script with bytes by stack, piped into other programs for a flame graph: here `-o FILE.svg`.",
  },
  memleak: {
    command: "memleak --comm leak --min-age 1s --top 3",
    workload: "leak 30 12345 20 10 3",
    original:
      "BCC's memleak has `-o` (age in ms), `-a`, `-s`, `-z`, `-Z` and `-T`: here `--min-age`, `--each`, `--sample`, `--min-size`, `--max-size` and `--top`. Units are written out. Kernel objects, kernel pages and mappings are asked for by name.",
  },
  mmapsnoop: {
    command: "mmapsnoop --comm mmaps --where 'len >= 1MB'",
    workload: "mmaps 1 1048576 known.bin",
    original:
      "The book's `mmapsnoop.py` prints the protection and the flags as letters, some of them as numbers. Here by their names.",
  },
  numamove: {
    command: "numamove",
    workload: "migrate.sh 2000 4",
    original:
      "The book's `numamove.bt` fails from kernel 6.7 on, where `migrate_misplaced_page` became `migrate_misplaced_folio`. The columns are the same.",
  },
  oomkill: {
    command: "oomkill",
    workload: "oom.sh 2",
    original:
      "BCC's and the book's oomkill read the load from /proc/loadavg after the event. Here it is the kernel's own figure, at that moment.",
  },
  pagefaultsnoop: {
    command: "pagefaultsnoop --where 'file == \"libtouch.so\"'",
    workload: "touch_file libtouch.so 4 2",
    original:
      "The book names it and ships no source. Here with the time a fault took, and whether something had to be read.",
  },
  reclaimsnoop: {
    command: "reclaimsnoop --min-latency 500us",
    workload: "reclaim.sh memcg",
    original:
      "The book names it and ships no source. Here direct, cgroup and kswapd reclaim are in one table.",
  },
  rssstat: {
    command: "rssstat --comm toucher",
    workload: "touch_anon 500 toucher",
    original:
      "The book names it and ships no source. The kernel keeps the first changes of a process to itself, up to 64 pages, so small processes show little.",
  },
  shmsnoop: {
    command: "shmsnoop",
    workload: "shm 1 8192",
    original:
      "BCC's shmsnoop prints flags as numbers. Here they and the commands of shmctl have their names.",
  },
  slabratetop: {
    command: "slabratetop --interval 2s --top 5",
    workload: "dentries.sh 2000",
    original:
      "The book's `slabratetop.bt` includes kernel headers, and BCC's is compiled with them. Here the types come from BTF.",
  },
  stackcount: {
    command: "stackcount --event brk --comm brk_grow",
    workload: "brk_grow 50 8192 10",
    original:
      "BCC's stackcount takes patterns of functions. Here any source or probe of the language is an event, with conditions.",
  },
  swapin: {
    command: "swapin",
    workload: "swap.sh",
    original:
      "The book's `swapin.bt` fails from kernel 6.6 on, where `swap_readpage` became `swap_read_folio`.",
  },
  vmgrowth: {
    command: "vmgrowth",
    workload: "vm_growth 30",
    original:
      "There is none: it is exercise 5 of the chapter. What is given back is taken off, by munmap, mremap and brk.",
  },
  vmscan: {
    command: "vmscan --interval 500ms",
    workload: "reclaim.sh memcg 2",
    original:
      "The book's `vmscan.bt` fails on all of these kernels: `mm_vmscan_writepage` became `mm_vmscan_write_folio`. The columns are the same; the header is repeated (exercise 2), and an interval may be less than a second.",
  },
};
