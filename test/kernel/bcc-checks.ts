/** The checks that BCC is held to: those of bpftrace, number for number, and what is BCC's own. */
import { expect } from "vitest";
import { between, CHECKS, total, type QueryCheck } from "./checks.js";

const OWN: readonly QueryCheck[] = [
  {
    id: "bcc-all-aggregates",
    query:
      "malloc count(), sum(size), avg(size), min(size), max(size), stats(size), hist(size), lhist(size, 0, 20000, 1000) by comm where size == 12345",
    workload: "leak 30 12345 20 10",
    verify: (r) => {
      const [row] = r.rows.filter((each) => each.values.comm === "leak");
      expect(row?.values).toMatchObject({
        "count()": 60,
        "sum(size)": 60 * 12345,
        "avg(size)": 12345,
        "min(size)": 12345,
        "max(size)": 12345,
        "stats(size)": { count: 60, sum: 60 * 12345, avg: 12345 },
        "hist(size)": [{ min: 8192, max: 16383, count: 60 }],
        "lhist(size, 0, 20000, 1000)": [{ min: 12000, max: 12999, count: 60 }],
      });
    },
  },
  {
    id: "bcc-stack-of-malloc",
    query: "malloc count() by ustack, kstack, comm where size == 12345",
    workload: "leak 30 12345 20 10 2",
    verify: (r) => expect(total(r, "count()", { comm: "leak" })).toBe(60),
  },
  {
    id: "bcc-every",
    query: "brk by comm every 1s",
    workload: "brk_grow 50 8192 10",
    verify: (r) => between(total(r, "count()", { comm: "brk_grow" }), 60, 63),
  },
  {
    id: "bcc-line",
    query: 'every 1s show count(brk) as "BRK", sum(heap_growth.bytes) as "GROWN"',
    workload: "brk_grow 50 8192 10",
    verify: (r) => expect(total(r, "GROWN")).toBeGreaterThanOrEqual(50 * 8192),
  },
  {
    id: "bcc-fexit",
    query: "fexit:handle_mm_fault count() by comm where retval == 0 or retval != 0",
    workload: "touch_anon 300 toucher",
    verify: (r) => expect(total(r, "count()", { comm: "toucher" })).toBeGreaterThanOrEqual(300),
  },
  {
    id: "bcc-kprobe-wildcard",
    query: "kprobe:do_brk* by probe",
    workload: "brk_grow 50 8192 10",
    verify: (r) => expect(total(r, "count()", { probe: "kprobe:do_brk_flags" })).toBeGreaterThanOrEqual(50),
  },
];

export const BCC_CHECKS: readonly QueryCheck[] = [...CHECKS, ...OWN];
