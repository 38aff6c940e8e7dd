/** The checks that BCC is held to: those of bpftrace, number for number, and some of its own. */
import { ALLOCATOR_CHECKS } from "./checks/allocators.js";
import { expect } from "vitest";
import { CHECKS } from "./checks/all.js";
import { COMMAND_CHECKS } from "./checks/command.js";
import { PROGRAM_CHECKS } from "./checks/programs.js";
import { ENDING_CHECKS } from "./checks/ending.js";
import { LEAK } from "./checks/language.js";
import {
  asks,
  atLeast,
  between,
  exactly,
  isNamed,
  query,
  rowsWhere,
  total,
  type GuestCheck,
  LONGEST,
} from "./checks/check.js";

const OWN: readonly GuestCheck[] = [
  {
    id: "bcc-all-aggregates",
    ...asks(
      "malloc count(), sum(size), avg(size), min(size), max(size), stats(size), hist(size), lhist(size, 0, 20000, 1000) by comm where size == 12345",
    ),
    workload: LEAK,
    verify: (r) => {
      const [row] = rowsWhere(r, { comm: "leak" });
      expect(row?.values).toMatchObject({
        "avg(size)": 12345,
        "min(size)": 12345,
        "max(size)": 12345,
        "stats(size)": { count: 60, sum: 60 * 12345, avg: 12345 },
        "hist(size)": [{ min: 8192, max: 16383, count: 60 }],
        "lhist(size, 0, 20000, 1000)": [{ min: 12000, max: 12999, count: 60 }],
      });
      exactly(total(r, "sum(size)"), 60 * 12345);
      return exactly(total(r, "count()"), 60);
    },
  },
  {
    id: "bcc-two-stacks",
    ...asks("malloc count() by ustack, kstack, comm where size == 12345"),
    workload: LEAK,
    verify: (r) => exactly(total(r, "count()", { comm: "leak" }), 60),
  },
  {
    // Lines come through another buffer than what is told of code; the programs after the first show whether they wait.
    id: "bcc-line-stacks",
    ...asks('faults show comm, ustack where file ~ "*.so"'),
    workload: 'sh -c "for i in 1 2 3 4 5 6 7 8; do touch_file libtouch.so 200 2; done"',
    verify: (r) => {
      const named = r.rows.filter(isNamed);
      expect(r.rows).toHaveLength(named.length);
      return exactly(named.length, 8 * 400);
    },
  },
  {
    // Before 5.8 there is no ring: each CPU has a buffer, and before 5.5 no fentry.
    id: "bcc-old-kernel",
    command: `${query('brk show comm, ustack where comm == "brk_grow"')} --kernel /job/old-kernel.profile`,
    workload: "brk_grow 50 8192 10",
    verify: (r) => {
      expect(r.rows.every(({ values }) => values["comm"] === "brk_grow")).toBe(true);
      return between(r.rows.length, 60, 63);
    },
  },
  {
    // While other processes come by the same probes: a kernel that interrupts them has one stack for all on a CPU.
    id: "bcc-own-stack",
    command: "memleak --min-age 0s --interval 1h --where 'size == 48'",
    workload: "blocks keep 200000 48 20000",
    timeoutSeconds: 400,
    verify: (r) => exactly(total(r, "count()"), 200_000),
  },
  {
    id: "bcc-every",
    ...asks("brk by comm every 1s"),
    workload: "brk_grow 50 8192 10",
    verify: (r) => between(total(r, "count()", { comm: "brk_grow" }), 60, 63),
  },
  {
    id: "bcc-line",
    ...asks('every 1s show count(brk) as "BRK", sum(heap_growth.bytes) as "GROWN"'),
    workload: "brk_grow 50 8192 10",
    verify: (r) => atLeast(total(r, "GROWN"), 50 * 8192),
  },
  {
    id: "bcc-fexit",
    ...asks("fexit:handle_mm_fault count() by comm where retval >= 0"),
    workload: "touch_anon 300 toucher",
    verify: (r) => atLeast(total(r, "count()", { comm: "toucher" }), 300),
  },
  {
    // At the place where new processes of the command are noticed.
    id: "bcc-fork",
    ...asks("fork show child, comm"),
    workload: "sh -c 'for i in 1 2 3 4; do /bin/true; done; true'",
    verify: (r) => exactly(rowsWhere(r, { comm: "sh" }).length, 4),
  },
  {
    id: "bcc-kprobe-wildcard",
    ...asks("kprobe:do_brk* by probe"),
    workload: "brk_grow 50 8192 10",
    verify: (r) => atLeast(total(r, "count()", { probe: "kprobe:do_brk_flags" }), 50),
  },
];

/** BCC starts clang, which takes its time under emulation. */
const STARTS_IN = 60;

const idThroughBcc = ({ id }: GuestCheck): string => (id.startsWith("bcc-") ? id : `bcc-${id}`);

function throughBcc(check: GuestCheck): GuestCheck {
  return {
    ...check,
    id: idThroughBcc(check),
    command: `${check.command} --via bcc`,
    options: "--via bcc",
    timeoutSeconds: (check.timeoutSeconds ?? LONGEST) + STARTS_IN,
  };
}

/** Originals are compared once. */
export const BCC_CHECKS: readonly GuestCheck[] = [
  ...CHECKS.filter((c) => c.beside === undefined),
  ...OWN,
].map(throughBcc);

/** Besides the rows of the book's chapter: what has a kind of probe, map, span or form that those do not have. */
const CHOSEN = [
  "card", "cgroup-containers", "cgroup-glob", "cgroup-path", "interval", "open-allocation", "open-sum", "pidns-open", "runqueue", "syscall",
  "texts-bytes", "texts-list", "texts-inside", "texts-long-inside", "texts-cut", "texts-shown", "texts-of-files",
].map((name) => `bcc-${name}`); // prettier-ignore

const ALL: readonly string[] = [
  ...OWN,
  ...ALLOCATOR_CHECKS,
  ...COMMAND_CHECKS,
  ...ENDING_CHECKS,
  ...PROGRAM_CHECKS,
].map(idThroughBcc);

/** For the suite: a check for each row, and of the others those that differ most. The rest is run by hand. */
export const SUITE_BCC_CHECKS: readonly GuestCheck[] = BCC_CHECKS.filter(
  ({ id, row }, i) =>
    (row !== undefined && BCC_CHECKS.findIndex((other) => other.row === row) === i) ||
    CHOSEN.includes(id) ||
    ALL.includes(id),
);
