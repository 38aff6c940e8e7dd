/** What is on its way when a trace ends, and what a full map refuses: nothing is missing that is not told, by number. */
import { expect } from "vitest";
import { exactly, missing, ofResult, query, rowsWhere, total, type GuestCheck, type Seen } from "./check.js";

const TOUCHER = 'where comm == "toucher"';

/** What came and what is told to be missing, together. */
function accounted(came: number, told: number, wanted: number): Seen {
  expect(came + told).toBe(wanted);
  return { expected: `${wanted} shown or told to be missing`, seen: `${came} and ${told}` };
}

/** Through bpftrace on each target of each run, and through BCC on one. Each is a run of its own, as what fills one's maps would be lost for others. */
export const ENDING_CHECKS: readonly GuestCheck[] = [
  {
    id: "ending-all-lines",
    command: query(`faults show comm, address ${TOUCHER}`),
    workload: "touch_anon 8000 toucher",
    timeoutSeconds: 150,
    verify: (r) => {
      expect(r.summary.lost).toBe(0);
      return exactly(rowsWhere(r, { comm: "toucher" }).length, 8000);
    },
  },
  {
    // More than the way to the reader has room for.
    id: "ending-lost-lines",
    command: query(
      `faults show comm, address, file ${TOUCHER}; faults count() ${TOUCHER} and file !~ "*.none"`,
    ),
    workload: "touch_anon 40000 toucher",
    timeoutSeconds: 240,
    verify: (r) => {
      // A fault that has to wait is handled twice; one that comes while the program runs is told to be missed.
      const counted = total(ofResult(r, 1), "count()");
      expect(counted + missing(r, "probe missed")).toBeGreaterThanOrEqual(40_000);
      return accounted(ofResult(r, 0).rows.length, r.summary.lost, counted);
    },
  },
  {
    id: "ending-full-groups",
    command: `${query(`faults count() by address ${TOUCHER}`)} --max-entries 500`,
    workload: "touch_anon 3000 toucher",
    verify: (r) => accounted(total(r, "count()"), missing(r, "map full"), 3000),
  },
  {
    // Probes go one by one when a trace is stopped, while the program goes on: it never has more than one block.
    id: "ending-while-busy",
    command: query("open allocation count(); malloc count() for 4s"),
    workload: "blocks churn",
    timeoutSeconds: 150,
    verify: (r) => {
      const [open, allocated] = [0, 1].map((result) => total(ofResult(r, result), "count()"));
      expect(allocated).toBeGreaterThan(4000);
      expect(open).toBeLessThanOrEqual(1);
      return { expected: "at most 1 open", seen: `${open} of ${allocated}` };
    },
  },
  {
    id: "ending-full-open",
    command: `${query("open allocation count(); malloc count()")} --max-entries 1000`,
    workload: "leak 17000 64 0 0",
    timeoutSeconds: 150,
    verify: (r, target) => {
      const [open, allocated] = [0, 1].map((result) => total(ofResult(r, result), "count()"));
      expect(open).toBe(1000);
      // The kernel of sid interrupts probes: see `exactlyBut`.
      const least = 17_000 - missing(r, "end missed", "probe missed") - (target === "sid" ? 1 : 0);
      expect(allocated).toBeGreaterThanOrEqual(least);
      // A few allocations of the shell and the loader are none of malloc's, or are freed.
      const kept = 1000 + missing(r, "map full");
      expect(kept).toBeGreaterThanOrEqual(least);
      expect(kept).toBeLessThanOrEqual(17_100);
      return { expected: "16000 to 16100 not kept", seen: `${kept - 1000}` };
    },
  },
];
