/** Blocks of the heap that stay: as many as a large heap has, in processes that end, and samples of them. */
import { expect } from "vitest";
import { between, exactly, exactlyBut, missing, total, type GuestCheck } from "./check.js";

const OPEN = 200_000;

export const HEAP_CHECKS: readonly GuestCheck[] = [
  {
    id: "heap-many",
    command: "memleak --min-age 0s --interval 1h --where 'size == 48'",
    workload: `blocks keep ${OPEN} 48 20000`,
    timeoutSeconds: 400,
    verify: (r) => {
      const open = total(r, "count()");
      expect(total(r, "sum(size)")).toBe(open * 48);
      return exactlyBut(open, OPEN, missing(r, "end missed", "probe missed"));
    },
  },
  {
    id: "heap-old",
    command: "memleak --min-age 500ms --interval 1h --where 'size == 48'",
    workload: "blocks keep 2000 48 1000",
    timeoutSeconds: 240,
    verify: (r) => exactly(total(r, "count()"), 2000),
  },
  {
    id: "heap-exit",
    command: "memleak --min-age 0s --interval 1h --where 'size == 10000'",
    workload: "blocks children 8 100 10000",
    timeoutSeconds: 240,
    verify: (r) => exactly(total(r, "count()"), 0),
  },
  {
    id: "heap-exec",
    command: "memleak --min-age 0s --interval 1h --where 'size == 10000'",
    workload: "blocks exec 25 3 10000",
    timeoutSeconds: 240,
    verify: (r) => exactly(total(r, "count()"), 3),
  },
  {
    id: "heap-each-exit",
    command: "memleak --each --min-age 0s --interval 1h --where 'size == 10000'",
    workload: "blocks children 8 100 10000",
    timeoutSeconds: 240,
    verify: (r) => exactly(r.rows.length, 0),
  },
  {
    id: "heap-each-exec",
    command: "memleak --each --min-age 0s --interval 1h --where 'size == 10000'",
    workload: "blocks exec 25 3 10000",
    timeoutSeconds: 240,
    verify: (r) => exactly(r.rows.length, 3),
  },
  {
    id: "heap-sample",
    command: "memleak --sample 10 --min-age 0s --interval 1h --by size --top 100",
    workload: "blocks sizes",
    timeoutSeconds: 240,
    // A tenth of each size is looked at, and multiplied by ten.
    verify: (r) => {
      between(total(r, "count()", { size: 200_000 }), 150, 450);
      between(total(r, "count()", { size: 4096 }), 250, 550);
      return between(total(r, "count()", { size: 152 }), 2500, 3500);
    },
  },
];
