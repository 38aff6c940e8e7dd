/**
 * Checks that ask queries of the same workload, through the same tracer, share one run: under emulation most of a check's
 * time is the start of the tracer.
 */
import { greatest } from "../../../src/lists.js";
import type { Check, CheckResult } from "../guest/guest.js";
import { guestCheck, query, readReport, type GuestCheck, type Report } from "./check.js";

export interface Batch {
  readonly checks: readonly GuestCheck[];
  /** What a guest runs for them all. */
  readonly guest: Check;
}

/** More would only make one script that takes long to load. */
const MOST_QUERIES = 16;
/** For each check beside the first. */
const SECONDS_MORE = 30;

export function batchesOf(checks: readonly GuestCheck[]): readonly Batch[] {
  const groups = new Map<string, GuestCheck[]>();
  const batches: GuestCheck[][] = [];
  for (const check of checks) {
    const key = JSON.stringify([check.workload, check.options]);
    const group = check.queries && groups.get(key);
    if (group && queriesOf([...group, check]).length <= MOST_QUERIES) group.push(check);
    else {
      const fresh = [check];
      batches.push(fresh);
      if (check.queries) groups.set(key, fresh);
    }
  }
  return batches.map((each) => ({ checks: each, guest: guestCheck(joined(each)) }));
}

const queriesOf = (checks: readonly GuestCheck[]): readonly string[] =>
  checks.flatMap(({ queries = [] }) => queries);

function joined(checks: readonly GuestCheck[]): GuestCheck {
  const [first] = checks;
  if (!first) throw new Error("a batch has no check");
  if (checks.length === 1) return first;
  return {
    ...first,
    id: checks.map(({ id }) => id).join("+"),
    command: [query(queriesOf(checks).join("; ")), first.options].join(" ").trim(),
    timeoutSeconds:
      greatest(checks.map(({ timeoutSeconds = 90 }) => timeoutSeconds)) + SECONDS_MORE * (checks.length - 1),
  };
}

/** What a run reports on one of its checks, as if it had been run alone. */
export function reportOn(check: GuestCheck, { checks }: Batch, result: CheckResult): Report {
  const report = readReport(result);
  if (checks.length === 1) return report;
  const before = queriesOf(checks.slice(0, checks.indexOf(check))).length;
  const after = before + queriesOf([check]).length;
  const own = (result: number): boolean => result >= before && result < after;
  const { incomplete, ...summary } = report.summary;
  return {
    results: report.results.slice(before, after),
    rows: report.rows.flatMap((row) => (own(row.result) ? [{ ...row, result: row.result - before }] : [])),
    summary: {
      ...summary,
      ...(incomplete && {
        incomplete: incomplete.flatMap(({ result, ...missing }) => {
          if (result === undefined) return [missing];
          return own(result) ? [{ ...missing, result: result - before }] : [];
        }),
      }),
    },
    stderr: report.stderr,
  };
}
