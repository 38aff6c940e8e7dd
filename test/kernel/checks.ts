/** What is run in the guests: a query, a workload whose numbers are known, and what must come out. */
import { expect } from "vitest";
import type { CheckResult, Target } from "./guest/guest.js";

export interface Row {
  readonly result: number;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Report {
  readonly rows: readonly Row[];
  /** What the workload and the runner said. */
  readonly stderr: string;
}

export interface QueryCheck {
  readonly id: string;
  readonly query: string;
  /** The traced command; a program of test/kernel/workloads. */
  readonly workload: string;
  readonly timeoutSeconds?: number;
  /** Where it is known to hold; everywhere when absent. */
  readonly targets?: readonly Target[];
  readonly verify: (report: Report) => void;
}

/** The numbers of one column, of the rows whose other column has this value. */
export function total(report: Report, column: string, where: Readonly<Record<string, unknown>> = {}): number {
  return report.rows
    .filter((r) => Object.entries(where).every(([k, v]) => r.values[k] === v))
    .reduce((sum, r) => sum + Number(r.values[column]), 0);
}

export function between(value: number, least: number, most: number): void {
  expect(value).toBeGreaterThanOrEqual(least);
  expect(value).toBeLessThanOrEqual(most);
}

/** 200 pages, twice: the writes of touch_file fault exactly once a page a round. */
const TOUCH = "touch_file libtouch.so 200 2";

export const CHECKS: readonly QueryCheck[] = [
  {
    id: "card",
    query: 'faults by comm, ustack where file ~ "*.so"',
    workload: TOUCH,
    verify: (r) => {
      expect(total(r, "count()", { comm: "touch_file" })).toBe(400);
      // The process has ended when its stacks are printed, so bpftrace knows addresses and no names.
      expect(r.rows.every((row) => String(row.values.ustack).split("\n").length >= 2)).toBe(true);
    },
  },
  {
    id: "glob-prefix",
    query: 'faults by comm where file ~ "libtouch*"',
    workload: TOUCH,
    verify: (r) => expect(total(r, "count()")).toBe(400),
  },
  {
    id: "glob-middle",
    query: 'faults by comm where file ~ "*touch*"',
    workload: "touch_file libtouch.so 200 2",
    verify: (r) => expect(total(r, "count()")).toBeGreaterThanOrEqual(400),
  },
  {
    id: "glob-class",
    query: 'faults by file where file ~ "l?b*[a-h].so"',
    workload: TOUCH,
    verify: (r) => expect(total(r, "count()", { file: "libtouch.so" })).toBe(400),
  },
  {
    id: "glob-comm",
    query: 'faults count() by comm where comm ~ "*ouch_f*l[a-f]" and file ~ "*.so"',
    workload: TOUCH,
    verify: (r) => expect(total(r, "count()")).toBe(400),
  },
  {
    id: "glob-none",
    query: 'faults by file where file ~ "*.sox" or file ~ "touch*.so"',
    workload: TOUCH,
    verify: (r) => expect(total(r, "count()")).toBe(0),
  },
  {
    id: "faults-by-pid",
    query: "faults by comm, pid",
    workload: "touch_anon 300 toucher",
    // Under its own name the process also faults on its stack and the pages of the C library that it comes to.
    verify: (r) => between(total(r, "count()", { comm: "toucher" }), 300, 315),
  },
  {
    id: "faults-show",
    query: 'faults show comm, address, write where comm == "toucher" and write',
    workload: "touch_anon 50 toucher",
    verify: (r) => between(r.rows.length, 50, 65),
  },
  {
    id: "brk",
    query: "brk by comm",
    workload: "brk_grow 50 8192 10",
    // The C library asks up to three times where the heap is.
    verify: (r) => between(total(r, "count()", { comm: "brk_grow" }), 60, 63),
  },
  {
    id: "heap-growth",
    query: "heap_growth sum(bytes), count() by comm",
    workload: "brk_grow 50 8192 10",
    verify: (r) => {
      expect(total(r, "sum(bytes)", { comm: "brk_grow" })).toBe(50 * 8192);
      expect(total(r, "count()", { comm: "brk_grow" })).toBe(50);
    },
  },
  {
    id: "malloc",
    query: "malloc count(), sum(size) by comm where size == 12345",
    workload: "leak 30 12345 20 10",
    verify: (r) => {
      expect(total(r, "count()", { comm: "leak" })).toBe(60);
      expect(total(r, "sum(size)", { comm: "leak" })).toBe(60 * 12345);
    },
  },
  {
    id: "open-allocation",
    query: "open allocation sum(size), count() by comm where size == 12345",
    workload: "leak 30 12345 20 10",
    verify: (r) => {
      expect(total(r, "count()", { comm: "leak" })).toBe(30);
      expect(total(r, "sum(size)", { comm: "leak" })).toBe(30 * 12345);
    },
  },
  {
    id: "open-age",
    query: "open allocation count() by ustack where age > 1s and size == 12345",
    workload: "leak 30 12345 20 10 3",
    verify: (r) => {
      expect(total(r, "count()")).toBe(30);
      expect(r.rows.length).toBe(1);
    },
  },
  {
    id: "compaction",
    query: "compaction count(), hist(latency)",
    workload: "compact.sh 3",
    verify: (r) => expect(total(r, "count()")).toBe(Number(/compactions: (\d+)/.exec(r.stderr)?.[1])),
  },
  {
    id: "direct-reclaim",
    query: "direct_reclaim show time, comm, latency, reclaimed",
    workload: "reclaim.sh direct",
    timeoutSeconds: 120,
    verify: (r) => {
      expect(r.rows.length).toBeGreaterThan(0);
      for (const row of r.rows) expect(Number(row.values.latency)).toBeGreaterThan(0);
      expect(r.rows.some((row) => row.values.comm === "reclaimer")).toBe(true);
    },
  },
  {
    id: "vmscan-wildcard",
    query: "tracepoint:vmscan:* by probe",
    workload: "reclaim.sh memcg",
    timeoutSeconds: 120,
    verify: (r) => {
      const begins = total(r, "count()", { probe: "tracepoint:vmscan:mm_vmscan_memcg_reclaim_begin" });
      expect(begins).toBeGreaterThan(10);
      expect(total(r, "count()", { probe: "tracepoint:vmscan:mm_vmscan_memcg_reclaim_end" })).toBe(begins);
    },
  },
  {
    id: "hugepage-show",
    query: "kprobe:hugepage_madvise show probe, pid",
    workload: "hugepage madvise 25",
    verify: (r) => {
      expect(r.rows.length).toBe(25);
      expect(new Set(r.rows.map((row) => row.values.probe))).toEqual(new Set(["kprobe:hugepage_madvise"]));
    },
  },
  {
    id: "huge-faults",
    query: "huge_faults by comm, pid",
    workload: "hugepage hugetlb 8",
    verify: (r) => expect(total(r, "count()", { comm: "hugepage" })).toBe(8),
  },
  {
    id: "oomkill",
    query: "oomkill show comm, victim, victim_pid, pages",
    workload: "oom.sh 2",
    timeoutSeconds: 120,
    verify: (r) => {
      expect(r.rows.length).toBe(2);
      for (const row of r.rows) expect(row.values.victim).toBe("oomvictim");
    },
  },
  {
    id: "swapin",
    query: "swapin by comm",
    workload: "swap.sh",
    timeoutSeconds: 120,
    verify: (r) => expect(total(r, "count()", { comm: "swapper-test" })).toBeGreaterThan(100),
  },
];

/** The result as the command line printed it. */
export function readReport(result: CheckResult): Report {
  if (result.exitCode !== 0)
    throw new Error(
      `exit ${String(result.exitCode)} after ${result.seconds} s\n${result.stdout.slice(-2000)}\n${result.stderr.slice(-4000)}`,
    );
  const document = JSON.parse(result.stdout) as { rows: Row[] };
  return { rows: document.rows, stderr: result.stderr };
}
