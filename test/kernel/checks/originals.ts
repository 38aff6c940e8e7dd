/**
 * Ours beside the original, both at once on one workload: what Debian ships of BCC's and bpftrace's own tools, and the
 * one-liners as the book has them. The book's own scripts are in no package, so there is nothing of them to run.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Target } from "../guest/guest.js";
import { query, rowsWhere, said, statsCount, total, type GuestCheck, type Report } from "./check.js";
import { file } from "./oneliners.js";

interface Original {
  readonly row: string;
  /** A name for the check. */
  readonly name: string;
  /** The original's command, for a shell. */
  readonly original: string;
  readonly command: string;
  readonly workload: string;
  readonly timeoutSeconds?: number;
  /** The same figure of both: of what the original printed, and of our result. */
  readonly theirs: (printed: string) => number;
  readonly ours: (report: Report) => number;
  /** How far apart they may be, in parts of the larger; 0 when absent. */
  readonly bound?: number;
  readonly targets?: readonly Target[];
  /** Where it does not run any more, and why, as it says itself. */
  readonly gone?: Partial<Record<Target, RegExp>>;
}

const MARK = /^beside: the other tracer (ran|did not run)$/m;

/** The second line for bpftrace in the one-liner's file. */
function bpftraceOf(name: string): string {
  const text = readFileSync(join(import.meta.dirname, "../../../examples/oneliners", `${name}.fl`), "utf8");
  const program = /^\/\/ bpftrace: (.*)$/m.exec(text)?.[1];
  if (program === undefined) throw new Error(`${name} has no original`);
  // With the 4,096 keys that it has otherwise, stacks of what else runs fill the map, and later ones are lost.
  return `env BPFTRACE_MAP_KEYS_MAX=65536 BPFTRACE_MAX_MAP_KEYS=65536 bpftrace -e ${query(program)}`;
}

/** Of all that a pattern finds, the sum of its last group. */
const sumOf =
  (pattern: RegExp) =>
  (printed: string): number =>
    [...printed.matchAll(pattern)].reduce((sum, found) => sum + Number(found.at(-1)), 0);

/** The counts of a map's keys that match, as bpftrace prints them: `@[…, comm]: 3`. */
const counts = (key: RegExp): Original["theirs"] => sumOf(new RegExp(`${key.source}\\]: (\\d+)$`, "gm"));

/** `comm;frame;frame 3`, of one command. */
const folded = (comm: string): Original["theirs"] => sumOf(new RegExp(`^${comm}[; ].*?(\\d+)$`, "gm"));

const lines =
  (pattern: RegExp) =>
  (printed: string): number =>
    printed.split("\n").filter((line) => pattern.test(line)).length;

const counted =
  (where: Readonly<Record<string, unknown>> = {}) =>
  (report: Report): number =>
    total(report, "count()", where);

const ORIGINALS: readonly Original[] = [
  {
    row: "A2",
    name: "stackcount-bpfcc",
    original: "stackcount-bpfcc -f -P -U t:syscalls:sys_enter_brk",
    command: "stackcount --event brk",
    workload: "brk_grow 50 8192 10",
    theirs: folded("brk_grow"),
    ours: counted({ comm: "brk_grow" }),
  },
  {
    row: "A8",
    name: "swapin.bt",
    original: "swapin.bt",
    command: "swapin --interval 1s",
    workload: "swap.sh 6000 2",
    timeoutSeconds: 200,
    theirs: counts(/swapper-test, \d+/),
    ours: counted({ comm: "swapper-test" }),
    // The original clears what it has counted while it prints.
    bound: 0.02,
  },
  {
    row: "A10",
    name: "biolatency-bpfcc",
    original: "biolatency-bpfcc -D",
    command: "biolatency --by disk",
    workload: "block_io.sh 50",
    theirs: (printed) => {
      const ofDisk = printed.slice(printed.indexOf("vdc")).split("disk =")[0] ?? "";
      return sumOf(/^ *\d+ -> \d+ *: (\d+)/gm)(ofDisk);
    },
    ours: (r) => statsCount(rowsWhere(r, { disk: "vdc" })[0], "stats(latency)"),
    gone: { debian12: /Failed to attach BPF program \S+ to kprobe \S+blk_account_io_done/ },
  },
  {
    row: "A13",
    name: "slabratetop-bpfcc",
    original: "slabratetop-bpfcc",
    command: "slabratetop --interval 500ms",
    workload: "dentries.sh 500",
    theirs: lines(/./),
    ours: (r) => r.rows.length,
    // On 6.1 it runs, and sees no dentries: those are made by kmem_cache_alloc_lru, which it does not know.
    targets: ["debian13", "sid"],
    gone: {
      debian13: /Linux 6\.8 and later are not supported/,
      sid: /Linux 6\.8 and later are not supported/,
    },
  },
  ...["oomkill-bpfcc", "oomkill.bt"].map((name): Original => ({
    row: "A15",
    name,
    original: name,
    command: "oomkill",
    workload: "oom.sh 2",
    timeoutSeconds: 150,
    theirs: lines(/OOM kill of PID \d+ \("oomvictim"\)/),
    ours: (r) => rowsWhere(r, { victim: "oomvictim" }).length,
  })),
  {
    row: "A18",
    name: "shmsnoop-bpfcc",
    original: "shmsnoop-bpfcc",
    command: "shmsnoop",
    workload: "shm 5 8192",
    theirs: lines(/^\d+ +shm +SHM/),
    ours: (r) => rowsWhere(r, { comm: "shm" }).length,
  },
  {
    row: "A19",
    name: "stackcount-bpfcc-faults",
    original: "stackcount-bpfcc -f -P -U t:exceptions:page_fault_user",
    command: query("user_faults by comm, ustack"),
    workload: "touch_anon 300 toucher",
    theirs: folded("toucher"),
    ours: counted({ comm: "toucher" }),
  },
  {
    row: "A21",
    name: "drsnoop-bpfcc",
    original: "drsnoop-bpfcc",
    command: "drsnoop",
    workload: "reclaim.sh direct",
    timeoutSeconds: 200,
    theirs: lines(/^reclaimer /),
    ours: (r) => rowsWhere(r, { comm: "reclaimer" }).length,
  },
  {
    row: "B1",
    name: "b1",
    original: bpftraceOf("b1-brk-stacks"),
    command: file("b1-brk-stacks"),
    workload: "brk_grow 50 8192 10",
    theirs: counts(/, brk_grow/),
    ours: counted({ comm: "brk_grow" }),
  },
  {
    row: "B2",
    name: "b2",
    original: bpftraceOf("b2-faults-by-process"),
    command: file("b2-faults-by-process"),
    workload: "touch_anon 300 toucher",
    theirs: counts(/toucher, \d+/),
    ours: counted({ comm: "toucher" }),
  },
  {
    row: "B3",
    name: "b3",
    original: bpftraceOf("b3-user-fault-stacks"),
    command: file("b3-user-fault-stacks"),
    workload: "touch_anon 300 toucher",
    theirs: counts(/, toucher/),
    ours: counted({ comm: "toucher" }),
  },
  {
    row: "B4",
    name: "b4",
    original: bpftraceOf("b4-vmscan-events"),
    command: file("b4-vmscan-events"),
    workload: "reclaim.sh memcg",
    timeoutSeconds: 150,
    theirs: counts(/mm_vmscan_memcg_reclaim_begin/),
    ours: counted({ probe: "tracepoint:vmscan:mm_vmscan_memcg_reclaim_begin" }),
  },
  {
    row: "B5",
    name: "b5",
    original: bpftraceOf("b5-hugepage-madvise"),
    command: file("b5-hugepage-madvise"),
    workload: "hugepage madvise 25",
    theirs: lines(/^kprobe:hugepage_madvise by PID \d+$/),
    ours: (r) => r.rows.length,
  },
  {
    row: "B6",
    name: "b6",
    // It counts those of all processes: the kernel's own balancing is to rest meanwhile.
    original: `sh -c ${query(`echo 0 >/proc/sys/kernel/numa_balancing; exec ${bpftraceOf("b6-page-migrations")}`)}`,
    command: file("b6-page-migrations"),
    workload: "migrate move 50 3",
    theirs: (printed) => Number(/^@: (\d+)$/m.exec(printed)?.[1]),
    ours: counted(),
  },
  {
    row: "B7",
    name: "b7",
    original: bpftraceOf("b7-compactions"),
    command: file("b7-compactions"),
    workload: "compact.sh 3",
    theirs: lines(/^\d\d:\d\d:\d\d$/),
    ours: (r) => said(r, /compactions: (\d+)/),
  },
];

export const ORIGINAL_CHECKS: readonly GuestCheck[] = ORIGINALS.map((each) => ({
  id: `original-${each.name}`,
  row: each.row,
  command: each.command,
  beside: each.original,
  workload: each.workload,
  ...(each.targets ? { targets: each.targets } : {}),
  timeoutSeconds: each.timeoutSeconds ?? 150,
  verify: (report, target) => {
    const mark = MARK.exec(report.stderr);
    const printed = report.stderr.slice((mark?.index ?? 0) + (mark?.[0].length ?? 0));
    const gone = each.gone?.[target];
    if (gone) {
      expect(mark?.[1]).toBe("did not run");
      expect(printed).toMatch(gone);
      return { expected: `${each.name}: does not run any more`, seen: gone.exec(printed)?.[0] ?? "" };
    }
    expect(mark?.[1], printed.slice(-500)).toBe("ran");
    const [theirs, ours] = [each.theirs(printed), each.ours(report)];
    expect(theirs).toBeGreaterThan(0);
    const bound = each.bound ?? 0;
    expect(Math.abs(theirs - ours), `${theirs} and ${ours}`).toBeLessThanOrEqual(
      bound * Math.max(theirs, ours),
    );
    return {
      expected: `${each.name}: ${theirs}${bound > 0 ? ` within ${bound * 100} %` : ""}`,
      seen: `${ours}`,
    };
  },
}));
