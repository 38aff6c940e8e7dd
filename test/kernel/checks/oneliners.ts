/** The one-liners of the chapter, run as the files in examples/oneliners. */
import { expect } from "vitest";
import { atLeast, between, exactly, said, total, type GuestCheck } from "./check.js";

export const file = (name: string): string => `/job/examples/oneliners/${name}.fl`;

export const ONELINER_CHECKS: readonly GuestCheck[] = [
  {
    id: "b1",
    row: "B1",
    command: file("b1-brk-stacks"),
    workload: "brk_grow 50 8192 10",
    verify: (r) => between(total(r, "count()", { comm: "brk_grow" }), 60, 63),
  },
  {
    id: "b2",
    row: "B2",
    command: file("b2-faults-by-process"),
    workload: "touch_anon 300 toucher",
    verify: (r) => between(total(r, "count()", { comm: "toucher" }), 300, 315),
  },
  {
    id: "b3",
    row: "B3",
    command: file("b3-user-fault-stacks"),
    workload: "touch_anon 300 toucher",
    verify: (r) => between(total(r, "count()", { comm: "toucher" }), 300, 315),
  },
  {
    id: "b4",
    row: "B4",
    command: file("b4-vmscan-events"),
    workload: "reclaim.sh memcg",
    timeoutSeconds: 120,
    verify: (r) => {
      const begins = total(r, "count()", { probe: "tracepoint:vmscan:mm_vmscan_memcg_reclaim_begin" });
      expect(total(r, "count()", { probe: "tracepoint:vmscan:mm_vmscan_memcg_reclaim_end" })).toBe(begins);
      return atLeast(begins, 10);
    },
  },
  {
    id: "b5",
    row: "B5",
    command: file("b5-hugepage-madvise"),
    workload: "hugepage madvise 25",
    verify: (r) => exactly(r.rows.length, 25),
  },
  {
    id: "b6",
    row: "B6",
    command: file("b6-page-migrations"),
    workload: "migrate move 50 3",
    verify: (r) => atLeast(total(r, "count()"), 6),
  },
  {
    id: "b7",
    row: "B7",
    command: file("b7-compactions"),
    workload: "compact.sh 3",
    verify: (r) => exactly(r.rows.length, said(r, /compactions: (\d+)/)),
  },
];
