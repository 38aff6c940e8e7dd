/** Suggests commands to run next, from the increase of the counters between two readings. */
import type { Counters, Memory, Pressure } from "./facts.js";

export interface Tip {
  /** The observation. */
  readonly because: string;
  /** The command to run. */
  readonly command: string;
}

interface Sign {
  /** The counters in /proc/vmstat that count it. */
  readonly counters: readonly string[];
  readonly because: (count: number) => string;
  readonly command: string;
}

const SIGNS: readonly Sign[] = [
  {
    counters: ["oom_kill"],
    because: (n) => `the kernel killed ${n} for lack of memory`,
    command: "faultline run oomkill",
  },
  {
    counters: ["pswpin"],
    because: (n) => `${n} pages came back from swap: processes wait for them`,
    command: "faultline run swapin",
  },
  {
    counters: ["pswpout"],
    because: (n) => `${n} pages went out to swap`,
    command: "faultline 'swap_residency hist(latency)'",
  },
  {
    counters: ["allocstall_normal", "allocstall_movable", "allocstall_dma32", "allocstall_dma"],
    because: (n) => `${n} times a process had to reclaim memory itself`,
    command: "faultline run drsnoop",
  },
  {
    counters: ["pgscan_kswapd", "pgscan_direct"],
    because: (n) => `${n} pages were scanned for reclaim`,
    command: "faultline run vmscan",
  },
  {
    counters: ["compact_stall"],
    because: (n) => `${n} times a process waited for compaction`,
    command: "faultline 'compaction hist(latency)'",
  },
  {
    counters: ["pgmajfault"],
    because: (n) => `${n} page faults had to read from a disk`,
    command: "faultline run pagefaultsnoop --major-only",
  },
  {
    counters: ["numa_pages_migrated"],
    because: (n) => `${n} pages were moved between nodes`,
    command: "faultline run numamove",
  },
];

const SCARCE = 0.1;

/** Returns suggestions, the most serious first, and at least one. */
export function advise(
  memory: Memory,
  pressure: Pressure | undefined,
  grown: Counters,
  pid: number | undefined,
): readonly Tip[] {
  const found = SIGNS.flatMap(({ counters, because, command }): Tip[] => {
    const count = counters.reduce((sum, name) => sum + (grown.get(name) ?? 0), 0);
    return count > 0 ? [{ because: because(count), command }] : [];
  });
  if (memory.available < memory.total * SCARCE)
    found.push({ because: "less than a tenth of memory is available", command: "faultline run vmgrowth" });
  if ((pressure?.some[0] ?? 0) > 1 && found.length === 0)
    found.push({ because: "processes wait for memory", command: "faultline run reclaimsnoop" });
  const only = pid === undefined ? "" : ` -p ${pid}`;
  if (pid !== undefined)
    found.push({
      because: "what this process allocates and does not free",
      command: `faultline run memleak${only}`,
    });
  if (found.length === 0)
    found.push({
      because: "there is no memory pressure: see which processes touch new memory",
      command: "faultline 'faults by comm, pid for 5s'",
    });
  return found;
}
