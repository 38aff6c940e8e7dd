/** Rates, distinct values and percentiles: of what a workload does in a known number. */
import { expect } from "vitest";
import { between, exactly, query, rowsWhere, said, type GuestCheck, type Row } from "./check.js";

interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
}

function boundsOf(row: Row | undefined, column: string): Bounds {
  return row?.values[column] as Bounds;
}

/** The bounds hold the exact value, and are at most 1/16 of it apart. */
function holds({ min, max }: Bounds, exact: number): void {
  expect(min).toBeLessThanOrEqual(exact);
  expect(max).toBeGreaterThanOrEqual(exact);
  expect((max ?? 0) - (min ?? 0)).toBeLessThan(exact / 16);
}

const MEASURED = 'uprobe:"/job/workloads/sizes":measured(value)';

export const AGGREGATE_CHECKS: readonly GuestCheck[] = [
  {
    id: "percentiles",
    command: query(`${MEASURED} p50(value), p90(value), p95(value), p99(value), count()`),
    workload: "sizes 5000",
    verify: (r) => {
      const [row] = r.rows;
      for (const percent of [50, 90, 95, 99])
        holds(boundsOf(row, `p${percent}(value)`), said(r, new RegExp(` p${percent}=(\\d+)`)));
      return exactly(Number(row?.values["count()"]), 5000);
    },
  },
  {
    id: "distinct",
    command: query(`${MEASURED} distinct(value), distinct(value % 7), distinct(comm) by comm`),
    workload: "sizes 5000",
    verify: (r) => {
      const [row] = rowsWhere(r, { comm: "sizes" });
      expect(row?.values["distinct(value % 7)"]).toBe(7);
      expect(row?.values["distinct(comm)"]).toBe(1);
      return exactly(Number(row?.values["distinct(value)"]), said(r, /distinct=(\d+)/));
    },
  },
  {
    id: "distinct-full",
    command: `${query(`${MEASURED} distinct(value)`)} --max-entries 1000`,
    workload: "sizes 5000",
    // It is too low, and the summary says so.
    verify: (r) => {
      expect(r.summary.incomplete?.some(({ why }) => why === "map full")).toBe(true);
      return between(Number(r.rows[0]?.values["distinct(value)"]), 900, 1000);
    },
  },
  {
    id: "rate",
    command: query('faults rate(), count() where comm == "touch_anon" every 500ms'),
    workload: "touch_anon 4000",
    // Each interval is as long as its own rate says: what was counted, divided by it, is its length in seconds.
    verify: (r) => {
      const lengths = r.rows
        .filter(({ values }) => Number(values["count()"]) > 0)
        .map(({ values }) => Number(values["count()"]) / Number(values["rate()"]));
      expect(lengths.length).toBeGreaterThan(0);
      // The first began before the command did, and the last may be short: none is longer than a busy guest makes it.
      for (const length of lengths) expect(length).toBeLessThan(5);
      return between(
        r.rows.reduce((sum, { values }) => sum + Number(values["count()"]), 0),
        4000,
        4100,
      );
    },
  },
];
