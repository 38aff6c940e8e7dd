/** The command of `-c`: the shell that starts it is in no result, what it starts is, and the events add up exactly. */
import { expect } from "vitest";
import { asks, exactly, ofResult, rowsWhere, total, type GuestCheck, type Report } from "./check.js";

/** Two programs after each other, one that is piped, and one that the shell becomes. */
const SHELLED = "touch_anon 300 one; touch_anon 200 two | cat; A=1 touch_anon 100 three";

function commsOf({ rows }: Report): readonly string[] {
  return [...new Set(rows.map(({ values }) => String(values["comm"])))].sort();
}

/** Of the processes that have these names after their start. */
const TOUCHED = 'where comm in ("one", "two", "three")';

export const COMMAND_CHECKS: readonly GuestCheck[] = [
  {
    id: "command-of-shell",
    ...asks(
      "faults by comm",
      "faults show comm",
      `faults count() ${TOUCHED}`,
      "open allocation count() by comm",
    ),
    workload: SHELLED,
    timeoutSeconds: 180,
    verify: (r) => {
      for (const result of [0, 1, 3]) {
        const comms = commsOf(ofResult(r, result));
        expect(comms.filter((comm) => !["cat", "one", "three", "touch_anon", "two"].includes(comm))).toEqual(
          [],
        );
      }
      expect(rowsWhere(ofResult(r, 0)).length).toBeGreaterThan(3);
      return exactly(total(ofResult(r, 2), "count()"), 600);
    },
  },
  {
    id: "command-alone",
    ...asks("faults by comm", "exec by comm", 'faults count() where comm == "toucher"'),
    workload: "touch_anon 300 toucher",
    verify: (r) => {
      expect(commsOf(ofResult(r, 0))).toEqual(["touch_anon", "toucher"]);
      // Its own start is its first event.
      expect(ofResult(r, 1).rows.map(({ values }) => values)).toEqual([{ comm: "touch_anon", "count()": 1 }]);
      return exactly(total(ofResult(r, 2), "count()"), 300);
    },
  },
];
