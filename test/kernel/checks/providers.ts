/**
 * The providers of a source beside each other, in one run on one workload: those that count the same events give the
 * same number, and of the others the definition says how they differ. Sources with the same workload share the run.
 */
import { expect } from "vitest";
import type { Target } from "../guest/guest.js";
import { asks, said, total, type GuestCheck, type Report } from "./check.js";

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
const TOUCHES = "touch_anon 1000 toucher";
const SWAPS = "swap.sh 6000 2";
const SYSCALLS = "dd if=/dev/zero of=/dev/null bs=1 count=5000 status=none";

const PROVIDED: readonly Provided[] = [
  {
    source: "faults",
    providers: ["software", "tracepoint", "rawtracepoint", "fexit", "fentry", "kprobe"],
    clauses: "by comm",
    workload: TOUCHES,
    rows: { comm: "toucher" },
    bounds: within(1000, 1015),
    // What differs (faults of the kernel's own, faults retried) hardly happens here.
    slack: 15,
  },
  {
    source: "user_faults",
    providers: RAW,
    clauses: "by comm",
    workload: TOUCHES,
    rows: { comm: "toucher" },
    bounds: within(1000, 1015),
  },
  {
    source: "page_fault",
    providers: CALLS,
    clauses: "count(), sum(latency) by comm",
    workload: TOUCHES,
    rows: { comm: "toucher" },
    bounds: within(1000, 1015),
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
    workload: SWAPS,
    timeoutSeconds: 180,
    bounds: nearly(/pages in: (\d+)/),
  },
  {
    source: "swap_out",
    providers: CALLS,
    clauses: "count()",
    workload: SWAPS,
    timeoutSeconds: 180,
    bounds: nearly(/pages out: (\d+)/),
  },
  {
    source: "reclaim_write",
    providers: RAW,
    clauses: "count()",
    workload: SWAPS,
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
    workload: TOUCHES,
    rows: { comm: "toucher" },
    bounds: within(source === "page_alloc" ? 1000 : 800, 3000),
  })),
  {
    source: "rss",
    providers: RAW,
    clauses: "by comm",
    workload: TOUCHES,
    rows: { comm: "toucher" },
    bounds: within(10, 1200),
  },
  { source: "fork", providers: RAW, clauses: "count()", workload: FORKS, bounds: within(4) },
  // The kernel starts threads of its own as well.
  { source: "thread_start", providers: RAW, clauses: "count()", workload: FORKS, bounds: within(4, 20) },
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
    workload: "reclaim.sh kswapd",
    timeoutSeconds: 120,
    bounds: (report) => {
      const runs = said(report, /kswapd ran: (\d+)/);
      // The one that begins or ends beside the workload.
      return [Math.max(runs - 1, 1), runs + 1];
    },
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

const WORKLOADS = [...new Set(PROVIDED.map(({ workload }) => workload))];

export const PROVIDER_CHECKS: readonly GuestCheck[] = WORKLOADS.flatMap((workload) => {
  const sources = PROVIDED.filter((each) => each.workload === workload);
  const cooked = sources.map(withoutRaw).filter(({ providers }) => providers.length > 1);
  const id = `via-${sources.map(({ source }) => source).join("+")}`;
  if (sources.every((each) => !hasRaw(each))) return [beside(id, sources)];
  return [
    { ...beside(id, sources), targets: WHERE_RAW },
    ...(cooked.length > 0 ? [{ ...beside(`${id}-cooked`, cooked), targets: ["debian12" as const] }] : []),
  ];
});

function hasRaw({ providers }: Provided): boolean {
  return providers.includes("rawtracepoint");
}

function withoutRaw(each: Provided): Provided {
  return { ...each, providers: each.providers.filter((provider) => provider !== "rawtracepoint") };
}

function beside(id: string, sources: readonly Provided[]): GuestCheck {
  const compared = sources.flatMap((each) => each.providers.map((provider) => ({ each, provider })));
  return {
    id,
    ...asks(...compared.map(({ each, provider }) => `${each.source} ${each.clauses} via ${provider}`)),
    workload: sources[0]?.workload ?? "",
    timeoutSeconds: Math.max(...sources.map(({ timeoutSeconds = 90 }) => timeoutSeconds)),
    verify: (report) => {
      const count = (result: number, rows: Provided["rows"]): number =>
        total({ ...report, rows: report.rows.filter((r) => r.result === result) }, "count()", rows);
      const seen = sources.map((each) => {
        const counts = compared.flatMap((c, result) =>
          c.each === each ? [{ provider: c.provider, count: count(result, each.rows) }] : [],
        );
        return { each, counts, expected: verifySame(report, each, counts) };
      });
      return {
        expected: seen.map(({ each, expected }) => `${each.source}: ${expected}`).join("; "),
        seen: seen.map(({ each, counts }) => told(each, counts)).join("; "),
      };
    },
  };
}

interface Counted {
  readonly provider: string;
  readonly count: number;
}

function told({ source }: Provided, counts: readonly Counted[]): string {
  return `${source}: ${counts.map(({ provider, count }) => `${provider} ${count}`).join(", ")}`;
}

/** What was expected of these counts, all of which met it. */
function verifySame(report: Report, each: Provided, counts: readonly Counted[]): string {
  const { bounds, slack = 0 } = each;
  const [least, most] = bounds(report);
  const missed = Number(/probes missed (\d+) events/.exec(report.stderr)?.[1] ?? 0);
  const all = counts.map((c) => c.count);
  for (const count of all) {
    expect(count, told(each, counts)).toBeGreaterThanOrEqual(least - missed);
    expect(count, told(each, counts)).toBeLessThanOrEqual(most);
  }
  expect(Math.max(...all) - Math.min(...all), told(each, counts)).toBeLessThanOrEqual(slack + missed);
  const range = least === most ? `${least}` : `${least} to ${most}`;
  return `${range}, ${slack === 0 ? "all the same" : `within ${slack}`}`;
}
