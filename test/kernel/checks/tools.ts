/** The tools of the chapter, each on a workload that makes its event happen. */
import { expect } from "vitest";
import {
  asks,
  atLeast,
  between,
  exactly,
  rowsWhere,
  said,
  statsCount,
  total,
  type GuestCheck,
  type Report,
  type Seen,
} from "./check.js";
import type { Target } from "../guest/guest.js";

/** What `heap` leaves, by size: see its source. */
const LEFT = [5001, 5002, 5003, 5056, 5005, 5006, 5007, 5013, 50010, 5201, 5301];

/** The pages that the functions of `ranges` keep: see its source. */
const KEPT = {
  cut_at_start: 590,
  cut_at_end: 30,
  cut_at_both: 200,
  made_larger: 2500,
  made_smaller: 50,
  with_neighbours: 0,
  committed: 0,
  in_halves: 0,
  through_holes: 0,
};

/** The pages that are shown under a function. */
function keptBy(report: Report, maker: string): number {
  return (
    report.rows
      .filter(({ values }) => String(values["ustack"]).includes(`${maker}+`))
      .reduce((sum, { values }) => sum + Number(values["sum(size)"]), 0) / 4096
  );
}

/**
 * What several threads do at a time. On newer kernels a thread may be interrupted while it is traced, and those that run
 * meanwhile are not: then the result says so.
 */
function exactlyOrMissed(report: Report, target: Target, seen: number, wanted: number): Seen {
  const missed = report.summary.incomplete?.some(({ why }) => why === "probe missed") ?? false;
  if (target !== "sid" || !missed) return exactly(seen, wanted);
  return { expected: `${wanted}, or said to lack something`, seen: `${seen}, said to lack something` };
}

/** A column of each row, as text. */
const texts = (report: Report, column: string): readonly string[] =>
  report.rows.map((row) => String(row.values[column]));

const sizes = (report: Report): readonly number[] =>
  report.rows.map((row) => Number(row.values.size)).sort((a, b) => a - b);

export const TOOL_CHECKS: readonly GuestCheck[] = [
  {
    id: "memleak",
    row: "A1",
    command: "memleak --min-age 0s --interval 1h --by size --top 100 --where 'size > 5000 and size < 50011'",
    workload: "heap 10",
    timeoutSeconds: 240,
    verify: (r) => {
      expect(sizes(r)).toEqual([...LEFT].sort((a, b) => a - b));
      for (const row of r.rows) expect(row.values["count()"]).toBe(10);
      return exactly(total(r, "sum(size)"), 10 * LEFT.reduce((a, b) => a + b));
    },
  },
  {
    id: "memleak-each",
    row: "A1",
    command: "memleak --each --min-age 1s --interval 1h --where 'size == 12345'",
    workload: "leak 30 12345 20 10 3",
    timeoutSeconds: 240,
    verify: (r) => {
      for (const row of r.rows) expect(String(row.values.ustack)).toContain("leak_block");
      return exactly(r.rows.length, 30);
    },
  },
  {
    id: "memleak-kernel",
    row: "A1",
    command: "memleak --kernel-objects --min-age 0s --interval 1h --by caller --top 100",
    workload: "dentries.sh 500",
    timeoutSeconds: 240,
    // Each name that is looked up stays as a dentry.
    verify: (r) => atLeast(total(r, "count()", callerLike(r, /d_alloc/)), 500),
  },
  {
    id: "memleak-mappings",
    row: "A1",
    command: "memleak --mappings --min-age 0s --interval 1h --by size --where 'size == 40960'",
    workload: "vm_growth 10",
    timeoutSeconds: 240,
    // Of each mapping a part is unmapped from its start.
    verify: (r) => exactly(total(r, "count()"), 0),
  },
  {
    id: "memleak-ranges",
    row: "A1",
    command: "memleak --mappings --interval 1h --top 1000",
    workload: "ranges",
    verify: (r) => {
      expect(r.summary.incomplete ?? []).toEqual([]);
      for (const [maker, pages] of Object.entries(KEPT))
        expect([maker, keptBy(r, maker)]).toEqual([maker, pages]);
      return exactly(keptBy(r, "made_larger"), KEPT.made_larger);
    },
  },
  {
    id: "memleak-ranges-threads",
    row: "A1",
    command: "memleak --mappings --interval 1h --top 1000",
    workload: "ranges threads",
    verify: (r, target) => exactlyOrMissed(r, target, keptBy(r, "map_and_unmap"), 280),
  },
  {
    // What ends in the middle of a mapping is found by neither of its ends.
    id: "memleak-ranges-middle",
    row: "A1",
    command: "memleak --mappings --interval 1h --top 1000",
    workload: "ranges middle",
    verify: (r) => {
      expect(r.summary.incomplete).toEqual([{ why: "range missed", count: 10 * 10 * 4096 }]);
      expect(r.stderr).toMatch(/409600 bytes ended inside ranges/);
      return exactly(keptBy(r, "cut_in_middle"), 10 * 40);
    },
  },
  {
    id: "allocsnoop",
    row: "A2",
    command: "allocsnoop --min-size 4KB",
    workload: "pages.sh",
    timeoutSeconds: 120,
    verify: (r) => {
      const kinds = new Set(texts(r, "kind"));
      expect(kinds).toContain("vmalloc");
      expect(kinds).toContain("kmalloc");
      expect(texts(r, "gfp").some((gfp) => gfp.includes("GFP_KERNEL"))).toBe(true);
      for (const row of r.rows)
        expect(Number(row.values.allocated)).toBeGreaterThanOrEqual(Number(row.values.size));
      return atLeast(r.rows.length, 20);
    },
  },
  {
    id: "stackcount",
    row: "A3",
    command: "stackcount --event brk",
    workload: "brk_grow 50 8192 10",
    // The C library asks up to three times where the heap is.
    verify: (r) => between(total(r, "count()", { comm: "brk_grow" }), 60, 63),
  },
  {
    id: "stackcount-kernel",
    row: "A3",
    command: "stackcount --event kprobe:do_brk_flags --kernel-stack --comm brk_grow",
    workload: "brk_grow 50 8192 10",
    verify: (r) => {
      expect(texts(r, "kstack").some((stack) => stack.includes("sys_brk"))).toBe(true);
      return between(total(r, "count()"), 50, 52);
    },
  },
  {
    id: "mallocstacks",
    row: "A4",
    command: "mallocstacks --where 'size == 12345'",
    workload: "leak 30 12345 20 10 2",
    verify: (r) => {
      expect(texts(r, "ustack").some((stack) => stack.includes("use_block"))).toBe(true);
      expect(total(r, "count()")).toBe(60);
      return exactly(total(r, "sum(size)"), 60 * 12345);
    },
  },
  {
    id: "pagefaultsnoop",
    row: "A5",
    command: "pagefaultsnoop --where 'file == \"libtouch.so\"'",
    workload: "touch_file libtouch.so 200 2",
    timeoutSeconds: 120,
    verify: (r) => {
      for (const row of r.rows)
        expect(row.values).toMatchObject({ comm: "touch_file", write: true, user: true, major: false });
      return exactly(r.rows.length, 400);
    },
  },
  {
    id: "pagefaultsnoop-major",
    row: "A5",
    command: "pagefaultsnoop --major-only --comm swapper-test",
    workload: "swap.sh 6000 2",
    timeoutSeconds: 180,
    verify: (r) => {
      for (const row of r.rows) expect(row.values.major).toBe(true);
      return atLeast(r.rows.length, 50);
    },
  },
  {
    id: "reclaimsnoop",
    row: "A6",
    command: "reclaimsnoop",
    workload: "reclaim.sh memcg",
    timeoutSeconds: 120,
    verify: (r) => {
      const cgroup = rowsWhere(r, { kind: "cgroup" });
      expect(total(r, "reclaimed", { kind: "cgroup" })).toBeGreaterThan(0);
      for (const row of cgroup) expect(Number(row.values["latency (ms)"])).toBeGreaterThan(0);
      return atLeast(cgroup.length, 10);
    },
  },
  {
    id: "reclaimsnoop-direct",
    row: "A6",
    command: "reclaimsnoop",
    workload: "reclaim.sh direct 2",
    timeoutSeconds: 180,
    verify: (r) => {
      expect(total(r, "reclaimed", { kind: "direct" })).toBeGreaterThan(0);
      return atLeast(rowsWhere(r, { kind: "direct", comm: "reclaimer" }).length, 2);
    },
  },
  {
    id: "rssstat",
    row: "A7",
    command: "rssstat --comm toucher",
    workload: "touch_anon 1000 toucher",
    verify: (r) => {
      // The kernel counts in batches of each processor, and what is not handed in yet is not there.
      const anonymous = rowsWhere(r, { member: "MM_ANONPAGES" }).map((row) => Number(row.values.size) / 4096);
      return between(Math.max(...anonymous), 1000 - 256, 1000 + 256);
    },
  },
  {
    id: "swapin",
    row: "A8",
    command: "swapin --interval 1s",
    workload: "swap.sh",
    timeoutSeconds: 180,
    verify: (r) => {
      const pages = said(r, /pages in: (\d+)/);
      expect(total(r, "count()", { comm: "swapper-test" })).toBeGreaterThan(100);
      return between(total(r, "count()"), Math.floor(pages * 0.95), Math.ceil(pages * 1.05));
    },
  },
  {
    id: "vmscan",
    row: "A9",
    command: "vmscan --interval 500ms --for 1h",
    workload: "reclaim.sh memcg 6",
    timeoutSeconds: 180,
    verify: (r) => {
      // The histograms of the end are results of their own.
      const lines = { ...r, rows: r.rows.filter((row) => row.result === 0) };
      expect(total(lines, "M-RECLAIMms")).toBeGreaterThan(0);
      expect(total(lines, "S-SLABms")).toBeGreaterThan(0);
      return atLeast(lines.rows.length, 3);
    },
  },
  {
    id: "biolatency",
    row: "A10",
    command: "biolatency --by disk",
    workload: "block_io.sh 50",
    verify: (r) => {
      const [row] = rowsWhere(r, { disk: "vdc" });
      return exactly(statsCount(row, "stats(latency)"), 100);
    },
  },
  {
    id: "biolatency-operation",
    row: "A10",
    command: "biolatency --by 'operation, disk'",
    workload: "block_io.sh 50",
    verify: (r) => {
      const counts = rowsWhere(r, { disk: "vdc" }).map((row) => statsCount(row, "stats(latency)"));
      expect(counts).toEqual([50, 50]);
      return exactly(counts.length, 2);
    },
  },
  {
    id: "kmem",
    row: "A11",
    command: "kmem",
    workload: "dentries.sh 500",
    verify: (r) =>
      atLeast(
        r.rows
          .filter((row) => String(row.values.kstack).includes("d_alloc"))
          .reduce((sum, row) => sum + Number(row.values["count()"]), 0),
        500,
      ),
  },
  {
    id: "kpages",
    row: "A12",
    command: "kpages --comm dd --by comm",
    workload: "write_file.sh 8",
    // 8 MB of page cache are 2,048 pages; what else dd needs is a few more.
    verify: (r) => between(total(r, "sum(pages)", { comm: "dd" }), 2048, 2600),
  },
  {
    id: "slabratetop",
    row: "A13",
    command: "slabratetop --interval 500ms",
    workload: "dentries.sh 500",
    verify: (r) => atLeast(total(r, "allocs", { cache: "dentry" }), 500),
  },
  {
    id: "numamove",
    row: "A14",
    command: "numamove --interval 1s",
    workload: "migrate.sh",
    timeoutSeconds: 120,
    verify: (r) => {
      const pages = said(r, /pages migrated: (\d+)/);
      expect(pages).toBeGreaterThan(0);
      // A folio, which is moved by one call, has up to four pages here, and a few have more.
      return between(total(r, "MIGRATIONS"), Math.floor(pages / 5), Math.ceil(pages * 1.2) + 5);
    },
  },
  {
    id: "oomkill",
    row: "A15",
    command: "oomkill",
    workload: "oom.sh 2",
    timeoutSeconds: 120,
    verify: (r) => {
      for (const row of r.rows) {
        expect(row.values.victim).toBe("oomvictim");
        expect(Number(row.values.load)).toBeGreaterThan(0);
        expect(row.values).toMatchObject({ group: "/faultline-oom", "limit (MB)": 16 });
      }
      return exactly(r.rows.length, 2);
    },
  },
  {
    id: "mmapsnoop",
    row: "A16",
    command: "mmapsnoop --comm mmaps --where 'len >= 1MB and prot != 0 or flags has MAP_NORESERVE'",
    workload: "mmaps 5 1048576 known.bin",
    verify: (r) => {
      const ours = rowsWhere(r, { file: "known.bin" });
      for (const row of ours)
        expect(row.values).toMatchObject({
          "len (KB)": 3072,
          prot: "PROT_READ|PROT_EXEC",
          flags: "MAP_PRIVATE",
        });
      return exactly(ours.length, 5);
    },
  },
  {
    id: "brkstack",
    row: "A17",
    command: "brkstack",
    workload: "brk_grow 50 8192 10",
    verify: (r) => {
      // Neither `brk` nor `sbrk` has a frame pointer: that the stack ends there, or has a gap, is said.
      expect(JSON.stringify(r.summary)).toMatch(/cut off, in [^:]*libc\.so\.6|where it reads \[gap\]/);
      return between(total(r, "count()", { comm: "brk_grow" }), 60, 63);
    },
  },
  {
    id: "shmsnoop",
    row: "A18",
    command: "shmsnoop",
    workload: "shm 5 8192",
    verify: (r) => {
      const made = rowsWhere(r, { call: "shmget", size: 8192 });
      for (const row of made) {
        expect(String(row.values.flags)).toContain("IPC_CREAT|IPC_EXCL");
        expect(Number(row.values.result)).toBeGreaterThanOrEqual(0);
      }
      expect(made.length).toBe(5);
      for (const row of rowsWhere(r, { call: "shmat" })) expect(row.values.attach_flags).toBe("SHM_RDONLY");
      for (const row of rowsWhere(r, { call: "shmctl" })) expect(row.values.command).toBe("IPC_RMID");
      expect(rowsWhere(r, { call: "shmget", result: -2 }).length).toBe(1);
      return exactly(r.rows.length, 21);
    },
  },
  {
    id: "faultstack",
    row: "A19",
    command: "faultstack",
    workload: "touch_anon 300 toucher",
    verify: (r) => between(total(r, "count()", { comm: "toucher" }), 300, 315),
  },
  {
    id: "ffaults",
    row: "A20",
    command: "ffaults",
    workload: "touch_file libtouch.so 200 2",
    verify: (r) => exactly(total(r, "count()", { file: "libtouch.so" }), 400),
  },
  {
    id: "drsnoop",
    row: "A21",
    command: "drsnoop",
    workload: "reclaim.sh direct",
    timeoutSeconds: 120,
    verify: (r) => {
      for (const row of r.rows) expect(Number(row.values["latency (ms)"])).toBeGreaterThan(0);
      for (const row of r.rows) expect(String(row.values.gfp)).toMatch(/GFP/);
      return atLeast(rowsWhere(r, { comm: "reclaimer" }).length, 1);
    },
  },
  {
    id: "hfaults",
    row: "A22",
    command: "hfaults",
    workload: "hugepage hugetlb 8",
    verify: (r) => exactly(total(r, "count()", { comm: "hugepage" }), 8),
  },
  {
    id: "vmgrowth",
    row: "C5",
    command: "vmgrowth",
    workload: "sh -c 'vm_growth 30; vm_growth 10; true'",
    verify: (r) => {
      // What the start of a program maps is the same for both: what differs is what twenty rounds add.
      const [more = 0, less = 0] = rowsWhere(r, { comm: "vm_growth" })
        .map((row) => Number(row.values["sum(bytes)"]))
        .sort((a, b) => b - a);
      return exactly(more - less, 20 * (10 - 4 + 3 - 1) * 4096);
    },
  },
  ...["calls", "threads"].map((how): GuestCheck => ({
    // Not by how much each call was asked for: a mapping over others, a hole or an error changes nothing.
    id: `vmgrowth-${how}`,
    row: "C5",
    command: "vmgrowth --comm measured",
    workload: `vm_size ${how}`,
    verify: (r, target) => {
      const grown = said(r, /VmSize grew by (\d+) kB/) * 1024;
      expect(grown).toBeGreaterThan(0);
      return exactlyOrMissed(r, target, total(r, "sum(bytes)"), grown);
    },
  })),
  {
    id: "heap-growth",
    row: "C6",
    ...asks("heap_growth sum(bytes), count() by comm"),
    workload: "brk_grow 50 8192 10",
    verify: (r) => {
      expect(total(r, "count()", { comm: "brk_grow" })).toBe(50);
      return exactly(total(r, "sum(bytes)", { comm: "brk_grow" }), 50 * 8192);
    },
  },
  {
    id: "compaction",
    row: "C7",
    ...asks("compaction count(), hist(latency)"),
    workload: "compact.sh 3",
    verify: (r) => exactly(total(r, "count()"), said(r, /compactions: (\d+)/)),
  },
  {
    id: "shrink-slab",
    row: "C8",
    ...asks("shrink_slab count(), sum(latency), hist(latency) by shrinker"),
    // Has every shrinker give back what it can; in a cgroup that reclaims there may be nothing to shrink.
    workload: "sh -c 'dentries.sh 200; echo 2 >/proc/sys/vm/drop_caches'",
    verify: (r) => {
      // By the names of functions, and not their addresses.
      expect(texts(r, "shrinker").some((name) => /^[a-z]\w+$/.test(name))).toBe(true);
      return atLeast(total(r, "count()"), 1);
    },
  },
  {
    id: "swap-residency",
    row: "C10",
    ...asks("swap_residency count(), hist(latency), avg(latency)"),
    workload: "swap.sh 6000 2",
    timeoutSeconds: 180,
    verify: (r) => {
      const pages = said(r, /pages in: (\d+)/);
      expect(total(r, "avg(latency)")).toBeGreaterThan(0);
      return between(total(r, "count()"), Math.floor(pages * 0.9), Math.ceil(pages * 1.05));
    },
  },
];

/** The caller's name has an offset or not, by version: the first that fits. */
function callerLike(report: Report, pattern: RegExp): Readonly<Record<string, unknown>> {
  const caller = report.rows.map((row) => row.values.caller).find((name) => pattern.test(String(name)));
  return { caller };
}
