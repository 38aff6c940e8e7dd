/**
 * Measures what a probe of each type costs, for `src/plan/probe-costs.ts`: by hand, on a quiet machine.
 *
 *     npx tsx test/kernel/measure-costs.ts debian12 debian13 sid
 *
 * For each type: how much longer the event takes with a probe that only counts, and how long its program runs
 * by the kernel's own statistics (kernel.bpf_stats_enabled). A round has every probe once; medians of the rounds.
 */
import { rm } from "node:fs/promises";
import { buildWorkloads, runGuest, targets, type Check, type Target } from "./guest/guest.js";

const ROUNDS = 7;

const FAULTS = "faults 40960";
const SYSCALLS = "syscalls 100000";
const CALLS = "calls 20000";
const WORKLOADS = [FAULTS, SYSCALLS, CALLS];

const CASES: readonly { readonly type: string; readonly probe: string; readonly workload: string }[] = [
  { type: "software", probe: "software:page-faults:1", workload: FAULTS },
  { type: "tracepoint", probe: "tracepoint:exceptions:page_fault_user", workload: FAULTS },
  { type: "tracepoint, a call's", probe: "tracepoint:syscalls:sys_enter_getppid", workload: SYSCALLS },
  { type: "tracepoint, all calls", probe: "tracepoint:raw_syscalls:sys_enter", workload: SYSCALLS },
  { type: "rawtracepoint", probe: "rawtracepoint:sys_enter", workload: SYSCALLS },
  { type: "fentry", probe: "FENTRY:__task_pid_nr_ns", workload: SYSCALLS },
  { type: "fexit", probe: "FEXIT:__task_pid_nr_ns", workload: SYSCALLS },
  { type: "kprobe", probe: "kprobe:__task_pid_nr_ns", workload: SYSCALLS },
  { type: "kretprobe", probe: "kretprobe:__task_pid_nr_ns", workload: SYSCALLS },
  { type: "uprobe", probe: "uprobe:/job/workloads/probe_cost:probed", workload: CALLS },
  { type: "uretprobe", probe: "uretprobe:/job/workloads/probe_cost:probed", workload: CALLS },
];

const PROGRAM = "/job/workloads/probe_cost";

function checksOf(target: Target): Check[] {
  const name = (probe: string): string =>
    probe
      .replace("FENTRY", target === "debian12" ? "kfunc" : "fentry")
      .replace("FEXIT", target === "debian12" ? "kretfunc" : "fexit");
  const traced = (probe: string, workload: string): string =>
    `timeout -k 5 60 bpftrace -e '${name(probe)} { @ = count(); }' -c '${PROGRAM} ${workload}'`;
  const rounds = Array.from({ length: ROUNDS }, (_, round) => [
    ...WORKLOADS.map((w, i) => ({ id: `base-${i}-${round}`, command: `${PROGRAM} ${w}` })),
    ...CASES.map((c, i) => ({ id: `cost-${i}-${round}`, command: traced(c.probe, c.workload) })),
  ]).flat();
  return [
    ...rounds,
    { id: "statistics-on", command: "sysctl -w kernel.bpf_stats_enabled=1" },
    ...CASES.map((c, i) => ({ id: `program-${i}`, command: traced(c.probe, c.workload) })),
  ];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

const wanted = process.argv.slice(2).filter((t): t is Target => (targets as readonly string[]).includes(t));
if (wanted.length === 0) {
  console.error(`usage: measure-costs.ts ${targets.join("|")} …`);
  process.exit(2);
}
const workloads = await buildWorkloads();
try {
  for (const target of wanted) {
    const { results, kernel, bpftrace } = await runGuest(target, {
      files: { workloads },
      checks: checksOf(target),
      timeoutSeconds: 1500,
    });
    const numbers = (id: string): number[] =>
      (/^(\d+) (\d+) (\d+)$/m.exec(results.get(id)?.stdout ?? "")?.slice(1) ?? []).map(Number);
    const each = (prefix: string): number =>
      median(
        Array.from({ length: ROUNDS }, (_, round) => numbers(`${prefix}-${round}`)[0] ?? NaN).filter(
          (n) => !Number.isNaN(n),
        ),
      );
    console.log(`${target}: kernel ${kernel}, bpftrace ${bpftrace}`);
    CASES.forEach((c, i) => {
      const added = each(`cost-${i}`) - each(`base-${WORKLOADS.indexOf(c.workload)}`);
      const [, runs = 0, spent = 0] = numbers(`program-${i}`);
      const why = results.get(`program-${i}`)?.stderr.trim().split("\n")[0] ?? "";
      console.log(
        Number.isNaN(added)
          ? `  ${c.type.padEnd(26)} did not run: ${why}`
          : `  ${c.type.padEnd(26)} ${added.toFixed(0).padStart(7)} ns an event, program ${runs > 0 ? (spent / runs).toFixed(0) : "?"} ns`,
      );
    });
  }
} finally {
  await rm(workloads, { recursive: true, force: true });
}
