/** What other languages and people call the fields, aggregates and sources of this one. */

/** Words for one thing, each group with the names of this language first; those a source has are offered. */
const FIELD_GROUPS: readonly (readonly [ours: readonly string[], others: readonly string[]])[] = [
  [["comm"], ["process", "program", "command", "proc", "task", "name", "app", "application", "exe", "executable", "cmd",
    "execname", "procname", "process_name", "command_name", "program_name", "processes", "programs", "who"]],
  [["pid"], ["process", "process_id", "processid", "tgid", "id"]],
  [["tid"], ["thread", "thread_id", "threadid", "lwp", "threads"]],
  [["uid"], ["user", "username", "user_id", "userid", "owner", "users"]],
  [["gid"], ["group", "group_id", "groupid"]],
  [["cpu"], ["core", "processor", "cpuid", "cpu_id", "cpus"]],
  [["cgroup"], ["cgroup_id", "cgroupid", "service", "slice"]],
  [["container"], ["container_id", "containerid", "container_name", "docker"]],
  [["pod"], ["pod_id", "pod_uid", "pod_name", "kubernetes"]],
  [["ustack"], ["stack", "stacks", "stacktrace", "stack_trace", "backtrace", "trace", "callstack", "call_stack", "callers",
    "caller", "code", "userstack", "user_stack", "where_from"]],
  [["kstack"], ["kernelstack", "kernel_stack", "kernelstacks", "kernel_stacks", "stack"]],
  [["time"], ["timestamp", "ts", "date", "now", "nsecs", "walltimestamp", "when"]],
  [["elapsed"], ["uptime", "since_start", "seconds"]],
  [["probe"], ["func", "function", "probefunc", "probename", "probe_name", "event", "name", "syscall"]],
  [["size", "len", "bytes", "bytes_alloc", "growth", "bytes_req", "pages", "order"],
    ["size", "len", "length", "bytes", "amount", "nbytes", "bytes_alloc", "alloc_size", "memory", "mem", "sz", "volume",
      "count", "pages"]],
  [["address", "ip", "ptr", "addr"], ["address", "addr", "ptr", "pointer", "va", "location", "start", "base"]],
  [["file", "name", "path", "filename"], ["file", "filename", "path", "fname", "file_name", "pathname", "library", "lib"]],
  [["latency", "age", "wait", "elapsed"], ["latency", "duration", "delay", "lat", "wait", "took", "time_taken",
    "runtime", "dur", "age", "response_time", "ms", "us"]],
  [["result", "retval", "ret", "error"], ["result", "ret", "retval", "return_value", "returned", "errno", "error"]],
  [["flags", "prot", "gfp"], ["flags", "flag", "gfp", "gfp_flags", "protection", "perm", "mode"]],
  [["disk", "device"], ["disk", "device", "dev", "drive"]],
]; // prettier-ignore

/** What this language calls a field; of a scope with known names only those that it has. */
export function fieldsMeant(word: string, names: readonly string[] | undefined): readonly string[] {
  const lower = word.toLowerCase();
  const found = FIELD_GROUPS.flatMap(([ours, others]) => (others.includes(lower) ? ours : []));
  const meant = [...new Set([lower, ...found])].filter((name) => name !== word);
  return names === undefined
    ? meant.filter((name) => name !== lower)
    : meant.filter((name) => names.includes(name));
}

/** Whether some source may have such a field, in whatever word. */
export function isKnownField(word: string): boolean {
  const lower = word.toLowerCase();
  return FIELD_GROUPS.some(([ours, others]) => ours.includes(lower) || others.includes(lower));
}

const AGGREGATE_GROUPS: Readonly<Record<string, readonly string[]>> = {
  count: [
    "cnt",
    "tally",
    "number",
    "num",
    "countif",
    "len",
    "length",
    "frequency",
    "freq",
    "counts",
    "how_many",
    "n",
  ],
  sum: ["total", "add", "amount", "totals"],
  avg: ["mean", "average", "avgif"],
  min: ["minimum", "smallest", "least", "lowest", "shortest"],
  max: ["maximum", "largest", "biggest", "peak", "highest", "greatest", "longest", "slowest"],
  stats: ["stddev", "stdev", "variance", "summary", "describe", "stddev_pop"],
  hist: ["histogram", "quantize", "histo", "distribution", "heatmap", "buckets", "dist", "tseries"],
  lhist: ["lquantize", "linear", "linear_histogram", "llquantize", "llhist", "histogram_linear"],
  rate: ["irate", "increase", "per_second", "throughput", "persec", "delta", "rates", "bandwidth"],
  distinct: [
    "uniq",
    "unique",
    "nunique",
    "count_distinct",
    "cardinality",
    "dcount",
    "count_unique",
    "approx_distinct",
  ],
  p50: ["median", "med", "percentile_50"],
  p95: ["p96", "p97"],
  p99: ["percentile", "quantile", "p98", "p999", "p100", "histogram_quantile", "percentiles"],
  p90: ["p75", "p80", "p85"],
};

/** What this language calls an aggregate. */
export function aggregatesMeant(word: string): readonly string[] {
  const lower = word.toLowerCase();
  return Object.entries(AGGREGATE_GROUPS).flatMap(([ours, others]) =>
    (lower === ours && word !== ours) || others.includes(lower) ? [ours] : [],
  );
}

/** What people call a source; a query on it may need more than its name. */
const SOURCE_GROUPS: readonly (readonly [ours: readonly string[], others: readonly string[]])[] = [
  [["open allocation"], ["leak", "leaks", "memleak", "memory_leak", "leaked", "unfreed", "outstanding"]],
  [["faults"], ["fault", "page_faults", "pagefaults", "page_fault_user", "pgfault", "minor_faults", "major_faults", "pf"]],
  [["malloc", "page_alloc", "kmalloc"], ["mem", "memory", "alloc", "allocs", "allocations", "allocate", "heap", "new"]],
  [["huge_faults"], ["thp", "hugepage", "hugepages", "huge_pages", "huge", "hugetlb", "transparent_hugepage"]],
  [["swapin", "swap_out"], ["swap", "swaps", "swapping", "swap_in", "paging"]],
  [["swap_out"], ["swapout", "swap_write"]],
  [["oomkill"], ["oom", "ooms", "oom_kill", "out_of_memory", "killed"]],
  [["direct_reclaim", "reclaim"], ["reclaims", "vmscan", "directreclaim", "pressure"]],
  [["kswapd_run", "kswapd_wake"], ["kswapd"]],
  [["slab_alloc"], ["slab", "slabs", "kmem_cache", "kmem_cache_alloc", "cache"]],
  [["kmalloc"], ["kmem", "kernel_memory", "kmallocs"]],
  [["free"], ["frees", "freed", "kfree_call"]],
  [["page_alloc"], ["pages", "page", "alloc_pages", "mm_page_alloc"]],
  [["rss"], ["resident", "resident_set", "memory_usage", "usage", "rss_stat"]],
  [["memory_growth", "heap_growth"], ["growth", "vsz", "virtual", "vmsize", "address_space"]],
  [["brk"], ["sbrk"]],
  [["mmap"], ["mmaps", "mappings", "map", "mmap2", "mmap64"]],
  [["compaction"], ["compact", "defrag", "fragmentation"]],
  [["migrate", "numa_move"], ["migration", "migrations", "numa", "page_migration"]],
  [["block_io"], ["io", "disk", "bio", "block", "biolatency", "disk_io"]],
  [["file_open"], ["open", "opens", "openat", "files", "opensnoop"]],
  [["syscall"], ["syscalls", "system_call", "raw_syscalls", "strace"]],
  [["exec"], ["execs", "execve", "execsnoop", "processes", "process"]],
  [["switch", "runqueue"], ["context_switch", "context_switches", "ctxsw", "cs", "sched", "scheduler"]],
  [["shm_call"], ["shm", "shared_memory", "shmem"]],
  [["tcp_connect"], ["tcp", "connect", "connections", "network"]],
]; // prettier-ignore

/** What this language calls a source: by other words, or by a part of its name. */
export function sourcesMeant(word: string, names: readonly string[]): readonly string[] {
  const lower = word.toLowerCase();
  const exact = names.includes(lower) ? [lower] : [];
  const grouped = SOURCE_GROUPS.flatMap(([ours, others]) => (others.includes(lower) ? ours : []));
  const parts = lower.length < 3 ? [] : names.filter((name) => name.split("_").includes(lower));
  return [...new Set([...exact, ...grouped, ...(grouped.length > 0 ? [] : parts)])].slice(0, 4);
}
