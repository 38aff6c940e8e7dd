/** Every allocator of a program: each of its blocks is one, whichever functions call one another for it. */
import { expect } from "vitest";
import { asks, exactly, ofResult, rowsWhere, total, type GuestCheck, type Report } from "./check.js";

/** Sizes and numbers of the blocks that the workload takes, and how many of them stay. */
const BLOCKS: readonly { readonly size: number; readonly count: number; readonly open: number }[] = [
  { size: 100_000, count: 20, open: 20 },
  { size: 7000, count: 20, open: 20 },
  { size: 50, count: 20, open: 0 },
  { size: 512, count: 4, open: 4 },
  { size: 77, count: 3, open: 0 },
  { size: 1000, count: 30, open: 30 },
  { size: 64, count: 30, open: 0 },
  { size: 3000, count: 10, open: 3 },
  { size: 500, count: 5, open: 0 },
  { size: 900, count: 5, open: 5 },
  { size: 640, count: 6, open: 6 },
  { size: 704, count: 7, open: 7 },
  { size: 832, count: 8, open: 8 },
  { size: 1100, count: 9, open: 9 },
];

const FREED = BLOCKS.reduce((sum, { count, open }) => sum + count - open, 0);

function countsOf(report: Report): readonly number[] {
  return BLOCKS.map(({ size }) => total(report, "count()", { size }));
}

export const ALLOCATOR_CHECKS: readonly GuestCheck[] = [
  {
    id: "allocators",
    ...asks("heap_alloc count() by size", "heap_free count()", "open allocation count() by size"),
    workload: "allocators",
    timeoutSeconds: 400,
    verify: (r) => {
      const [got, open] = [countsOf(ofResult(r, 0)), countsOf(ofResult(r, 2))];
      expect(got).toEqual(BLOCKS.map(({ count }) => count));
      expect(open).toEqual(BLOCKS.map(({ open: stay }) => stay));
      // With what the operators of C++ added in front of each, nothing was asked for by the program.
      expect(rowsWhere(ofResult(r, 0), { size: 100_016 })).toEqual([]);
      expect(r.stderr).toContain("jemalloc with the prefix je_ (");
      return exactly(total(ofResult(r, 1), "count()"), FREED);
    },
  },
];
