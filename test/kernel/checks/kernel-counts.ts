/** Figures beside the kernel's own counts, which the workload reads: every page, fault and victim, and each once. */
import { expect } from "vitest";
import { asks, between, exactly, ofResult, rowsWhere, said, total, type GuestCheck } from "./check.js";

const KSWAPD = "reclaim.sh kswapd";
const HUGE = "swap_huge.sh 4";
const COLD = "touch_cold /var/tmp/cold.bin 64";
const GROUP = "oom.sh 2 group";

export const KERNEL_COUNT_CHECKS: readonly GuestCheck[] = [
  {
    // It is woken many times before it sleeps once: pgsteal_kswapd of /proc/vmstat.
    id: "count-kswapd-run",
    ...asks("kswapd_run sum(reclaimed)"),
    workload: KSWAPD,
    timeoutSeconds: 180,
    verify: (r) => exactly(total(r, "sum(reclaimed)"), said(r, /reclaimed by kswapd: (\d+)/)),
  },
  {
    id: "count-reclaim",
    ...asks("reclaim sum(reclaimed) by kind"),
    workload: KSWAPD,
    timeoutSeconds: 180,
    verify: (r) =>
      exactly(total(r, "sum(reclaimed)", { kind: "kswapd" }), said(r, /reclaimed by kswapd: (\d+)/)),
  },
  {
    // Folios of 512 pages: pswpout of /proc/vmstat.
    id: "count-swap-out",
    ...asks("swap_out count()"),
    workload: HUGE,
    timeoutSeconds: 180,
    verify: (r) => {
      expect(said(r, /pages out: (\d+)/)).toBe(4 * 512);
      return exactly(total(r, "count()"), 4 * 512);
    },
  },
  {
    id: "count-swapin",
    ...asks("swapin count()"),
    workload: HUGE,
    timeoutSeconds: 180,
    verify: (r) => {
      expect(said(r, /pages in: (\d+)/)).toBe(4 * 512);
      return exactly(total(r, "count()"), 4 * 512);
    },
  },
  {
    id: "count-swap-residency",
    ...asks("swap_residency count()"),
    workload: HUGE,
    timeoutSeconds: 180,
    verify: (r) => exactly(total(r, "count()"), 4 * 512),
  },
  {
    // Each waits for a read, and is handled again: ru_majflt of the process.
    id: "count-page-fault",
    ...asks('page_fault count(), sum(retries) by major where file == "cold.bin"'),
    workload: COLD,
    verify: (r) => {
      expect(said(r, /major faults: (\d+)/)).toBe(64);
      expect(rowsWhere(r, { major: false })).toEqual([]);
      return exactly(total(r, "count()", { major: true }), 64);
    },
  },
  {
    id: "count-faults-by-file",
    ...asks('faults by file where file == "cold.bin"'),
    workload: COLD,
    verify: (r) => exactly(total(r, "count()"), 64),
  },
  {
    // memory.oom.group: the other process of the cgroup is a victim too.
    id: "count-oom-group",
    ...asks("oomkill count() by victim, comm", "oomkill show victim, pages"),
    workload: GROUP,
    timeoutSeconds: 150,
    verify: (r) => {
      exactly(rowsWhere(r, { victim: "oomvictim", pages: 4096 }).length, 2);
      exactly(rowsWhere(r, { victim: "sleep", pages: 0 }).length, 2);
      return exactly(total(ofResult(r, 0), "count()"), 4);
    },
  },
  {
    // What each thread waited, by /proc/PID/task/TID/schedstat; the tracer also sees it start and end.
    id: "count-runqueue",
    ...asks('runqueue sum(latency) by comm where comm ~ "hog*"'),
    workload: "share_cpu 1500",
    verify: (r) => {
      const shares = ["hoga", "hogb"].map((comm) => {
        const waited = said(r, new RegExp(`${comm} waited: (\\d+)`));
        const share = total(r, "sum(latency)", { comm }) / waited;
        expect(share, `${comm}, of ${waited} ns`).toBeGreaterThan(0.9);
        expect(share, `${comm}, of ${waited} ns`).toBeLessThan(1.2);
        return share.toFixed(2);
      });
      return { expected: "0.9 to 1.2 of schedstat", seen: shares.join(", ") };
    },
  },
  {
    // kfree_rcu frees them later, many at once.
    id: "count-kfree-rcu",
    ...asks('open kernel_allocation count() by caller where comm == "timerfds" and age > 10s'),
    workload: "timerfds 300 30",
    timeoutSeconds: 150,
    verify: (r, target) => {
      const left = r.rows
        .filter(({ values }) => String(values["caller"]).includes("timerfd_create"))
        .reduce((sum, { values }) => sum + Number(values["count()"]), 0);
      // Newer kernels free them by sheaves of 32, and a sheaf of each CPU waits to be full.
      return target === "sid" ? between(left, 0, 2 * 32) : exactly(left, 0);
    },
  },
];
