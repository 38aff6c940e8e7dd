/** What is run in the guests: a query or a tool, a workload whose numbers are known, and what must come out. */
import { expect } from "vitest";
import type { Check, CheckResult, Target } from "../guest/guest.js";

export interface Row {
  readonly result: number;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Summary {
  readonly lost: number;
  /** Absent: nothing is known to be missing. */
  readonly incomplete?: readonly {
    readonly why: string;
    readonly result?: number;
    readonly count?: number;
  }[];
}

export interface Report {
  readonly results: readonly { readonly columns: readonly { readonly name: string }[] }[];
  readonly rows: readonly Row[];
  readonly summary: Summary;
  /** What the workload and the runner said. */
  readonly stderr: string;
}

/** What was expected and what came, for the table of results. */
export interface Seen {
  readonly expected: string;
  readonly seen: string;
}

export interface GuestCheck {
  readonly id: string;
  /** The row of the book's chapter that it is about: A1, B4, C10. */
  readonly row?: string;
  /** The words behind `faultline`, as a shell reads them. */
  readonly command: string;
  /** What `command` asks, when it is queries and `options` and nothing else: such checks may share a run. */
  readonly queries?: readonly string[];
  readonly options?: string;
  /** The traced command; a program of test/kernel/workloads. */
  readonly workload: string;
  /** A tracer that runs at the same time, as a line for the shell; what it prints is in `stderr`. */
  readonly beside?: string;
  /** What `faultline` is run by, such as `unshare`; the words of a shell. */
  readonly within?: string;
  readonly timeoutSeconds?: number;
  /** Where it is known to hold; everywhere when absent. */
  readonly targets?: readonly Target[];
  /** Throws when what came is wrong. */
  readonly verify: (report: Report, target: Target) => Seen;
}

/** A query as one word of a shell. */
export const query = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A command that is nothing but queries, a result each. */
export const asks = (...queries: readonly string[]): Pick<GuestCheck, "command" | "queries"> => ({
  command: query(queries.join("; ")),
  queries,
});

/** The rows whose columns have these values. */
export function rowsWhere(report: Report, where: Readonly<Record<string, unknown>> = {}): readonly Row[] {
  return report.rows.filter((r) => Object.entries(where).every(([k, v]) => r.values[k] === v));
}

/** Whether a row's user stack has names: a workload's begins in `main`. */
export function isNamed({ values }: Row): boolean {
  return /^main\+\d+ \[\w+\]\n/.test(String(values["ustack"]));
}

/** One result of several. */
export function ofResult(report: Report, result: number): Report {
  return { ...report, rows: report.rows.filter((row) => row.result === result) };
}

/**
 * The kernel of sid preempts the programs of probes. So a return is lost now and then, which is told, and once in some
 * 100,000 calls a program reads what another one has left in memory of the CPU, which nothing tells.
 */
const MOST_TOLD = 20;
const CALLS_TO_AN_ERROR = 20_000;

export function exactlyBut(seen: number, wanted: number, told: number): Seen {
  expect(told).toBeLessThanOrEqual(MOST_TOLD);
  const untold = Math.ceil(wanted / CALLS_TO_AN_ERROR);
  expect(seen).toBeLessThanOrEqual(wanted + untold);
  expect(seen).toBeGreaterThanOrEqual(wanted - told - untold);
  return { expected: `${wanted}, but for ${told} that are told`, seen: `${seen}` };
}

/** What the summary says is missing of all results for one of these reasons. */
export function missing({ summary }: Report, ...whys: readonly string[]): number {
  const found = summary.incomplete?.filter(({ why }) => whys.includes(why)) ?? [];
  return found.reduce((sum, { count = 0 }) => sum + count, 0);
}

/** The numbers of one column, added up over the rows whose other columns have these values. */
export function total(report: Report, column: string, where: Readonly<Record<string, unknown>> = {}): number {
  return rowsWhere(report, where).reduce((sum, r) => sum + Number(r.values[column]), 0);
}

export function exactly(seen: number, wanted: number): Seen {
  expect(seen).toBe(wanted);
  return { expected: `${wanted}`, seen: `${seen}` };
}

export function between(seen: number, least: number, most: number): Seen {
  expect(seen).toBeGreaterThanOrEqual(least);
  expect(seen).toBeLessThanOrEqual(most);
  return { expected: `${least} to ${most}`, seen: `${seen}` };
}

export function atLeast(seen: number, least: number): Seen {
  expect(seen).toBeGreaterThanOrEqual(least);
  return { expected: `at least ${least}`, seen: `${seen}` };
}

/** A number that the workload itself printed, or the kernel's own count that it read. */
export function said(report: Report, pattern: RegExp): number {
  const found = pattern.exec(report.stderr)?.[1];
  if (found === undefined) throw new Error(`the workload did not say ${pattern.source}: ${report.stderr}`);
  return Number(found);
}

export function isFor({ targets }: { readonly targets?: readonly Target[] }, target: Target): boolean {
  return targets?.includes(target) ?? true;
}

/** In seconds, where a check says nothing else. Maps of a million entries take a minute to make under emulation. */
export const LONGEST = 180;

/** What a guest runs. */
export function guestCheck({
  id,
  command,
  workload,
  beside,
  within,
  timeoutSeconds = LONGEST,
}: GuestCheck): Check {
  const other = beside === undefined ? "" : `beside.sh ${query(beside)} `;
  const faultline = `${within === undefined ? "" : `${within} `}node /job/dist/cli.cjs run ${command} -c ${query(workload)} --format json`;
  return { id, command: `PATH=/job/workloads:/job/bin:$PATH ${other}${faultline}`, timeoutSeconds };
}

/** How often something happened, of a column with `stats`. */
export function statsCount(row: Row | undefined, column: string): number {
  return Number((row?.values[column] as { count?: number } | undefined)?.count);
}

/** The result as the command line printed it. */
export function readReport(result: CheckResult): Report {
  if (result.exitCode !== 0)
    throw new Error(
      `exit ${String(result.exitCode)} after ${result.seconds} s\n${result.stdout.slice(-2000)}\n${result.stderr.slice(-4000)}`,
    );
  const { results, rows, summary } = JSON.parse(result.stdout) as Omit<Report, "stderr">;
  return { results, rows, summary, stderr: result.stderr };
}
