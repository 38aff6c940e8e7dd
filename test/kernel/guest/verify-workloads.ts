/**
 * Runs every workload in a guest under hand-written bpftrace and compares what it causes with
 * what it says it causes.  usage: verify-workloads.ts TARGET…   Exit 1 when a number is not as said.
 */
import { rm } from "node:fs/promises";
import { buildWorkloads, runGuest, targets, type Check, type CheckResult, type Target } from "./guest.js";

interface Expectation {
  id: string;
  /** The bpftrace program, or one for each target. Its maps are scalars. */
  program: string | ((target: Target) => string);
  command: string;
  /** Map name → the exact number, or [at least, at most]. */
  expect: Record<string, number | [number, number]>;
}

const many = Number.MAX_SAFE_INTEGER;
const fileOf = "str(((struct vm_area_struct *)arg0)->vm_file->f_path.dentry->d_name.name)";
const byTarget =
  (choices: Record<Target, string>) =>
  (target: Target): string =>
    choices[target];
const swapProgram = (read: string, write: string): string =>
  `kprobe:${read} { @in = count(); } kprobe:${write} { @out = count(); }
   kprobe:do_swap_page /comm == "swapper-test"/ { @faults = count(); }`;

const expectations: Expectation[] = [
  {
    id: "touch_file",
    program: `kprobe:handle_mm_fault /comm == "touch_file"/ { if (${fileOf} == "libtouch.so") { @faults = count(); } }`,
    command: "touch_file libtouch.so 200 2",
    expect: { faults: 400 },
  },
  {
    id: "touch_file-read",
    program: `kprobe:handle_mm_fault /comm == "touch_file"/ { if (${fileOf} == "libtouch.so") { @faults = count(); } }`,
    command: "touch_file /var/tmp/libtouch.so 200 2 read",
    expect: { faults: 400 },
  },
  {
    id: "touch_file-write-ext4",
    program: `kprobe:handle_mm_fault /comm == "touch_file"/ { if (${fileOf} == "libtouch.so") { @faults = count(); } }`,
    command: "touch_file /var/tmp/libtouch.so 200 2",
    expect: { faults: 400 },
  },
  {
    id: "touch_anon",
    program: `kprobe:handle_mm_fault /comm == "anon-toucher"/ { @mm = count(); }
      software:page-faults:1 /comm == "anon-toucher"/ { @software = count(); }
      tracepoint:exceptions:page_fault_user /comm == "anon-toucher"/ { @user = count(); }`,
    command: "touch_anon 1000 anon-toucher",
    expect: { mm: 1000, software: 1000, user: 1000 },
  },
  {
    id: "brk_grow",
    program: `tracepoint:syscalls:sys_enter_brk /comm == "brk_grow" && args->brk/ { @calls = count(); }
      kprobe:do_brk_flags /comm == "brk_grow"/ { @grown = count(); }`,
    command: "brk_grow 50 8192 20",
    expect: { calls: 70, grown: [50, 51] },
  },
  {
    id: "leak",
    program: `uprobe:/lib/x86_64-linux-gnu/libc.so.6:malloc /arg0 == 1234/ { @malloc = count(); @armed[tid] = 1; }
      uretprobe:/lib/x86_64-linux-gnu/libc.so.6:malloc /@armed[tid]/ { delete(@armed[tid]); @live[retval] = 1; }
      uprobe:/lib/x86_64-linux-gnu/libc.so.6:free /@live[arg0]/ { delete(@live[arg0]); @free = count(); }
      END { clear(@live); clear(@armed); }`,
    command: "leak 100 1234 50 25",
    expect: { malloc: 175, free: 75 },
  },
  {
    id: "hugepage-madvise",
    program: "kprobe:hugepage_madvise { @calls = count(); }",
    command: "hugepage madvise 25",
    expect: { calls: 25 },
  },
  {
    id: "hugepage-hugetlb",
    program: "kprobe:hugetlb_fault { @faults = count(); }",
    command: "hugepage hugetlb 12",
    expect: { faults: 12 },
  },
  {
    id: "hugepage-thp",
    program: 'kprobe:do_huge_pmd_anonymous_page /comm == "hugepage"/ { @faults = count(); }',
    command: "hugepage thp 9",
    expect: { faults: 9 },
  },
  {
    id: "mmaps",
    program: `tracepoint:syscalls:sys_enter_mmap /comm == "mmaps" && (args->len == 12288 || args->len == 24576 || args->len == 36864 || args->len == 49152)/ {
        @calls = count(); @bytes = sum(args->len); }
      kprobe:do_mmap /comm == "mmaps" && arg3 == 0/ { @noprot = count(); }`,
    command: "mmaps 10 12288 mapped-file",
    expect: { calls: [40, 45], bytes: [1228800, 1400000], noprot: [10, 13] },
  },
  {
    id: "reclaim-memcg",
    program: `tracepoint:vmscan:mm_vmscan_memcg_reclaim_begin { @begin = count(); }
      tracepoint:vmscan:mm_vmscan_memcg_reclaim_end { @end = count(); }
      tracepoint:vmscan:mm_shrink_slab_start { @slab = count(); } kprobe:do_shrink_slab { @slab_calls = count(); }
      tracepoint:vmscan:mm_vmscan_lru_shrink_inactive { @inactive = count(); }`,
    command: "reclaim.sh memcg 2",
    expect: { begin: [100, many], end: [100, many] },
  },
  {
    id: "reclaim-direct",
    program: `tracepoint:vmscan:mm_vmscan_direct_reclaim_begin { @begin = count(); if (comm == "reclaimer") { @mine = count(); } }
      tracepoint:vmscan:mm_vmscan_direct_reclaim_end { @end = count(); }
      tracepoint:vmscan:mm_vmscan_kswapd_wake { @kswapd = count(); }
      tracepoint:vmscan:mm_shrink_slab_start { @slab = count(); }`,
    command: "reclaim.sh direct 2",
    expect: { mine: [1, many], end: [1, many], kswapd: [1, many] },
  },
  {
    id: "compact",
    program:
      "tracepoint:compaction:mm_compaction_begin { @begin = count(); } tracepoint:compaction:mm_compaction_end { @end = count(); }",
    command: "compact.sh 2",
    expect: { begin: 8, end: 8 },
  },
  {
    id: "oom",
    program:
      "kprobe:oom_kill_process { @kills = count(); } tracepoint:oom:mark_victim { @victims = count(); }",
    command: "oom.sh 3",
    expect: { kills: 3, victims: 3 },
  },
  {
    id: "swap",
    program: byTarget({
      debian12: swapProgram("swap_readpage", "swap_writepage"),
      debian13: swapProgram("swap_read_folio", "swap_writepage"),
      sid: swapProgram("swap_read_folio", "swap_writeout"),
    }),
    command: "swap.sh 8192 3",
    expect: { in: [1000, many], out: [1000, many], faults: [1000, many] },
  },
  {
    id: "migrate-move",
    program: `kprobe:migrate_pages /comm == "migrate"/ { @batches = count(); }
      tracepoint:migrate:mm_migrate_pages /comm == "migrate"/ { @pages = sum(args->succeeded); }`,
    command: "migrate move 500 2",
    expect: { pages: 2000 },
  },
  {
    id: "migrate-balance",
    program: byTarget({
      debian12: "kprobe:migrate_misplaced_page { @misplaced = count(); }",
      debian13: "kprobe:migrate_misplaced_folio { @misplaced = count(); }",
      sid: "kprobe:migrate_misplaced_folio { @misplaced = count(); }",
    }),
    command: "migrate.sh 2000 8",
    expect: { misplaced: [1000, many] },
  },
];

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function checkOf({ id, program, command }: Expectation, target: Target): Check {
  const text = typeof program === "string" ? program : program(target);
  // -c starts the command only once every probe is attached.
  return {
    id,
    command: `export PATH=$PATH:/job/workloads; bpftrace -e ${quote(text)} -c ${quote(`/usr/bin/env ${command}`)}`,
    timeoutSeconds: 120,
  };
}

function problemsOf({ expect }: Expectation, result: CheckResult | undefined): string[] {
  const seen = new Map(
    [...(result?.stdout ?? "").matchAll(/^@(\w+): (-?\d+)$/gm)].map((m) => [m[1], Number(m[2])]),
  );
  return Object.entries(expect).flatMap(([name, wanted]) => {
    const [low, high] = typeof wanted === "number" ? [wanted, wanted] : wanted;
    const number = seen.get(name) ?? 0;
    return number >= low && number <= high ? [] : [`@${name} is ${String(number)}, not ${String(wanted)}`];
  });
}

async function verify(target: Target, workloads: string): Promise<boolean> {
  const only = process.env.FAULTLINE_WORKLOADS?.split(",");
  const chosen = expectations.filter(({ id }) => only?.includes(id) ?? true);
  const run = await runGuest(target, {
    files: { workloads },
    checks: chosen.map((each) => checkOf(each, target)),
    timeoutSeconds: 900,
  });
  console.log(
    `${target}: kernel ${run.kernel}, bpftrace ${run.bpftrace}, booted in ${run.bootSeconds.toFixed(1)} s`,
  );
  let good = true;
  for (const each of chosen) {
    const result = run.results.get(each.id);
    const problems = problemsOf(each, result);
    if (result?.exitCode !== 0) problems.push(`exit ${String(result?.exitCode)}`);
    good &&= problems.length === 0;
    const numbers = (result?.stdout ?? "").match(/^(@\w+|[a-z ]+): -?\d+$/gm) ?? [];
    console.log(
      `  ${problems.length > 0 ? "BAD" : "ok "} ${each.id} (${String(result?.seconds)} s): ${numbers.join(", ")}`,
    );
    if (problems.length > 0)
      console.log(`      ${problems.join("; ")}\n${result?.stdout ?? ""}${result?.stderr ?? ""}`);
  }
  return good;
}

const chosenTargets = targets.filter((target) => process.argv.slice(2).includes(target));
if (chosenTargets.length === 0) {
  console.error(`usage: verify-workloads.ts ${targets.join("|")}…`);
  process.exit(2);
}
const workloads = await buildWorkloads();
try {
  for (const target of chosenTargets) if (!(await verify(target, workloads))) process.exitCode = 1;
} finally {
  await rm(workloads, { recursive: true });
}
