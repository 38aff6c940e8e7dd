/** Names that are bytes: what a query writes is what the kernel has, as much of it as there is. */
import { expect } from "vitest";
import { asks, exactly, missing, rowsWhere, total, type GuestCheck } from "./check.js";

const WORKLOAD = "odd_names";
const LONG = `${"n".repeat(188)}-the-end.dat`;

const opened = (condition: string): string =>
  `openat_call by file where comm == "odd_names" and (${condition})`;

/** How often names were opened that match. Those of a group share a script: bpftrace's stack has no room for all. */
const counts = (group: string, id: string, condition: string, wanted: number): GuestCheck => ({
  id: `texts-${id}`,
  ...asks(opened(condition)),
  workload: `${WORKLOAD} ${group}`,
  verify: (r) => exactly(total(r, "count()"), wanted),
});

export const TEXT_CHECKS: readonly GuestCheck[] = [
  {
    id: "texts-bytes",
    ...asks(opened('file == "bad\\xff\\xfe.so"')),
    workload: `${WORKLOAD} whole`,
    // It is shown as it was written.
    verify: (r) => {
      expect(r.rows.map(({ values }) => values["file"])).toEqual(["bad\\xff\\xfe.so"]);
      return exactly(total(r, "count()"), 3);
    },
  },
  counts("whole", "character", 'file == "bad\\u{ff}.so"', 2),
  counts("whole", "list", 'file in ("bad\\xff\\xfe.so", "back\\\\slash.so", "quo\\"te.so")', 9),
  counts("patterns", "beginning", 'file ~ "bad\\xff*"', 3),
  counts("patterns", "inside", 'file ~ "*d\\xff[\\x80-\\xff].s*"', 3),
  counts("patterns", "backslash", 'file ~ "*k\\\\s*"', 4),
  counts("long", "long-inside", 'file ~ "*n-the-e*"', 5),
  counts("long", "long-end", 'file ~ "n*-the-end.dat"', 5),
  counts("long", "long-whole", `file == "${LONG}"`, 5),
  {
    // Of the path of 308 bytes it is not known whether it has that in it: it is in neither result, and counted.
    id: "texts-cut",
    ...asks(opened('file ~ "*no-such*"'), opened('file !~ "*no-such*" and file ~ "./*"')),
    workload: `${WORKLOAD} cut`,
    verify: (r) => {
      expect(missing(r, "text cut")).toBeGreaterThanOrEqual(6);
      return exactly(total(r, "count()"), 0);
    },
  },
  {
    id: "texts-shown",
    ...asks(opened('file ~ "*-the-end.dat"')),
    // In a trace of its own: old versions of bpftrace show more where they compare no copies of texts.
    workload: `${WORKLOAD} alone`,
    verify: (r) => {
      const [row] = r.rows;
      const file = String(row?.values["file"]);
      // bpftrace 0.17 keeps 199 bytes at the most, and says so.
      expect(LONG.startsWith(file)).toBe(true);
      if (file.length < LONG.length) expect(missing(r, "text cut")).toBeGreaterThan(0);
      expect(file.length).toBeGreaterThanOrEqual(199);
      return exactly(total(r, "count()"), 5);
    },
  },
  {
    id: "texts-of-files",
    ...asks(
      'faults by file where file == "map\\xff\\xfe.so"',
      'faults count() by file where file ~ "map\\xff*"',
    ),
    workload: WORKLOAD,
    verify: (r) => {
      expect(rowsWhere(r, { file: "map\\xff\\xfe.so" })).toHaveLength(r.rows.length);
      return exactly(total(r, "count()"), 14);
    },
  },
];
