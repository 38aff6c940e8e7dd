/**
 * The providers of a source beside each other, in one run on one workload: those that count the same events give the
 * same number, and of the others the definition says how they differ.
 */
import { expect } from "vitest";
import type { Target } from "../guest/guest.js";
import { between, query, said, total, type GuestCheck, type Report } from "./check.js";

interface Provided {
  readonly source: string;
  /** As `via` takes them. */
  readonly providers: readonly string[];
  /** With `count()` among them. */
  readonly clauses: string;
  readonly workload: string;
  readonly timeoutSeconds?: number;
  /** The rows that count; all when absent. */
  readonly rows?: Readonly<Record<string, unknown>>;
  /** What each must give: at least and at most. */
  readonly bounds: (report: Report) => readonly [number, number];
  /** How far apart they may be: for what happens all the time, and so while the probes are attached one by one. */
  readonly slack?: number;
}

const within =
  (least: number, most = least): Provided["bounds"] =>
  () => [least, most];

/** Pages that the kernel says it has moved; some processes move them while probes are attached. */
const nearly =
  (pattern: RegExp, least = 0.95): Provided["bounds"] =>
  (report) => {
    const pages = said(report, pattern);
    return [Math.floor(pages * least), Math.ceil(pages * 1.05)];
  };

const RAW = ["tracepoint", "rawtracepoint"];
const CALLS = ["fentry", "kprobe"];
const FORKS = "sh -c 'for i in 1 2 3 4; do /bin/true; done; true'";
const SLEEPS = "sh -c 'for i in $(seq 40); do sleep 0.01; done'";
const DENTRIES = "dentries.sh 500";
const SYSCALLS = "dd if=/dev/zero of=/dev/null bs=1 count=5000 status=none";

const PROVIDED: readonly Provided[] = [
  {
    source: "faults",
    providers: ["software", "tracepoint", "rawtracepoint", "fentry", "kprobe"],
    clauses: "by comm",
    workload: "touch_anon 300 toucher",
    rows: { comm: "toucher" },
    bounds: within(300, 315),
    // What differs (faults of the kernel's own, faults retried) hardly happens here.
    slack: 15,
  },
  {
    source: "user_faults",
    providers: RAW,
    clauses: "by comm",
    workload: "touch_anon 300 toucher",
    rows: { comm: "toucher" },
    bounds: within(300, 315),
  },
  {
    source: "page_fault",
    providers: CALLS,
    clauses: "count(), sum(latency) by comm",
    workload: "touch_anon 300 toucher",
    rows: { comm: "toucher" },
    bounds: within(300, 315),
  },
  {
    source: "huge_faults",
    providers: CALLS,
    clauses: "by comm",
    workload: "hugepage hugetlb 8",
    rows: { comm: "hugepage" },
    bounds: within(8),
  },
  {
    source: "mmap",
    providers: ["tracepoint", "kprobe"],
    // The kernel's own mappings, which the kprobe counts as well, are not of this file.
    clauses: 'by comm where file == "known.bin"',
    workload: "mmaps 5 1048576 known.bin",
    rows: { comm: "mmaps" },
    bounds: within(5),
  },
  {
    source: "swapin",
    providers: CALLS,
    clauses: "count()",
    workload: "swap.sh 6000 2",
    timeoutSeconds: 180,
    bounds: nearly(/pages in: (\d+)/),
  },
  {
    source: "swap_out",
    providers: CALLS,
    clauses: "count()",
    workload: "swap.sh 6000 2",
    timeoutSeconds: 180,
    // A call writes a folio, which may be several pages.
    bounds: nearly(/pages out: (\d+)/, 0.5),
  },
  {
    source: "reclaim_write",
    providers: RAW,
    clauses: "count()",
    workload: "swap.sh 6000 2",
    timeoutSeconds: 180,
    bounds: nearly(/pages out: (\d+)/, 0.5),
  },
  {
    source: "oomkill",
    providers: CALLS,
    clauses: "count()",
    workload: "oom.sh 1",
    timeoutSeconds: 120,
    bounds: within(1),
  },
  {
    source: "numa_move",
    providers: CALLS,
    clauses: "count()",
    workload: "migrate.sh",
    timeoutSeconds: 120,
    bounds: nearly(/pages migrated: (\d+)/, 0.25),
  },
  {
    source: "slab_alloc",
    // Nothing fails here; what is taken many at once is what the last does not see.
    providers: [...RAW, "slab_call", "kprobe"],
    clauses: "by comm",
    workload: DENTRIES,
    rows: { comm: "dentries.sh" },
    bounds: within(500, 30_000),
    slack: 300,
  },
  ...["cache_alloc", "cache_free", "kfree"].map((source): Provided => ({
    source,
    providers: RAW,
    clauses: "by comm",
    workload: DENTRIES,
    rows: { comm: "dentries.sh" },
    bounds: within(source === "cache_alloc" ? 500 : 20, 30_000),
  })),
  ...["page_alloc", "page_free"].map((source): Provided => ({
    source,
    providers: RAW,
    clauses: "by comm",
    workload: "touch_anon 300 toucher",
    rows: { comm: "toucher" },
    bounds: within(source === "page_alloc" ? 300 : 250, 1500),
  })),
  {
    source: "rss",
    providers: RAW,
    clauses: "by comm",
    workload: "touch_anon 1000 toucher",
    rows: { comm: "toucher" },
    bounds: within(10, 1200),
  },
  { source: "fork", providers: RAW, clauses: "count()", workload: FORKS, bounds: within(4) },
  { source: "thread_start", providers: RAW, clauses: "count()", workload: FORKS, bounds: within(4) },
  // The shell is one itself.
  { source: "exec", providers: RAW, clauses: "count()", workload: FORKS, bounds: within(5) },
  { source: "exit", providers: RAW, clauses: "count()", workload: FORKS, bounds: within(5) },
  {
    source: "switch",
    providers: RAW,
    clauses: "count() by comm",
    workload: SLEEPS,
    // By the one that runs: nobody else has the name, so all happen while both are attached.
    rows: { comm: "sleep" },
    bounds: within(40, 20_000),
  },
  {
    source: "thread_wakeup",
    providers: RAW,
    clauses: "count() by comm",
    workload: SLEEPS,
    // By the one that runs: nobody else has the name, so all happen while both are attached.
    rows: { comm: "sleep" },
    bounds: within(20, 20_000),
  },
  {
    source: "syscall",
    providers: RAW,
    clauses: "count() by comm",
    workload: SYSCALLS,
    rows: { comm: "dd" },
    // A read and a write each, and what a program needs to start.
    bounds: within(10_000, 10_150),
  },
  {
    source: "direct_reclaim",
    providers: RAW,
    clauses: 'count() by comm where comm == "reclaimer"',
    workload: "reclaim.sh direct",
    timeoutSeconds: 180,
    bounds: within(1, 10_000),
  },
  {
    source: "memcg_reclaim",
    providers: RAW,
    clauses: "count() by comm",
    workload: "reclaim.sh memcg",
    timeoutSeconds: 120,
    rows: { comm: "dd" },
    bounds: within(10, 10_000),
  },
  {
    source: "kswapd_wake",
    providers: RAW,
    clauses: "count()",
    workload: "reclaim.sh direct",
    timeoutSeconds: 180,
    bounds: within(1, 10_000),
  },
  {
    source: "compaction",
    providers: RAW,
    clauses: "count()",
    workload: "compact.sh 3",
    bounds: (r) => [said(r, /compactions: (\d+)/), said(r, /compactions: (\d+)/)],
  },
  {
    source: "tcp_state",
    providers: RAW,
    clauses: "count() by comm",
    workload: "sh -c 'ip link set lo up; tcp 5 5555'",
    rows: { comm: "tcp" },
    bounds: within(5, 60),
  },
];

/** bpftrace 0.17 cannot attach to a raw tracepoint as we write it. */
const WHERE_RAW: readonly Target[] = ["debian13", "sid"];

export const PROVIDER_CHECKS: readonly GuestCheck[] = PROVIDED.flatMap((each) => {
  const cooked = each.providers.filter((provider) => provider !== "rawtracepoint");
  if (cooked.length === each.providers.length) return [beside(each, each.providers)];
  return [
    { ...beside(each, each.providers), targets: WHERE_RAW },
    ...(cooked.length > 1
      ? [{ ...beside(each, cooked), id: `via-${each.source}-cooked`, targets: ["debian12" as const] }]
      : []),
  ];
});

function beside(each: Provided, providers: readonly string[]): GuestCheck {
  const { source, clauses, workload, timeoutSeconds, slack = 0 } = each;
  return {
    id: `via-${source}`,
    command: query(providers.map((provider) => `${source} ${clauses} via ${provider}`).join("; ")),
    workload,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    verify: (report) => {
      const counts = providers.map((_provider, result) =>
        total({ ...report, rows: report.rows.filter((r) => r.result === result) }, "count()", each.rows),
      );
      const [least, most] = each.bounds(report);
      for (const count of counts) between(count, least, most);
      expect(Math.max(...counts) - Math.min(...counts), counts.join(", ")).toBeLessThanOrEqual(slack);
      return {
        expected: `${least === most ? `${least}` : `${least} to ${most}`}, ${slack === 0 ? "all the same" : `within ${slack}`}`,
        seen: providers.map((provider, i) => `${provider} ${counts[i]}`).join(", "),
      };
    },
  };
}
