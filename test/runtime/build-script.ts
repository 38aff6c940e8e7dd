/** Small scripts and plans for tests of what comes after the compiler. */
import type { MapRole, Script } from "../../src/tracers/script.js";
import type {
  GroupsResult,
  LineResult,
  OpenGroupsResult,
  OpenRowsResult,
  Plan,
  Result,
  ResultAggregate,
  ResultColumn,
  RowsResult,
  SpanState,
} from "../../src/plan/plan.js";
import type { AggregateFunction } from "../../src/aggregates/aggregates.js";
import type { Display } from "../../src/semantics/typed.js";
import { ADDRESS, BYTES, DURATION, INT, STRING, UNSIGNED, type Type } from "../../src/types/types.js";

export const KSTACK: Type = { kind: "stack", space: "kernel" };
export const USTACK: Type = { kind: "stack", space: "user" };
export { ADDRESS, BYTES, DURATION, INT, STRING, UNSIGNED };

export function column(label: string, type: Type, display?: Display): ResultColumn {
  return { label, type, ...(display ? { display } : {}) };
}

export function aggregate(
  fn: AggregateFunction,
  label: string,
  type: Type = UNSIGNED,
  display?: Display,
): ResultAggregate {
  return { ...column(label, type, display), fn, map: label };
}

export function groups(
  keys: ResultColumn[],
  aggregates: ResultAggregate[],
  more: Partial<GroupsResult> = {},
): GroupsResult {
  return { kind: "groups", query: "faults", asked: [], keys, aggregates, ...more };
}

export function rows(columns: ResultColumn[], more: Partial<RowsResult> = {}): RowsResult {
  return { kind: "rows", query: "faults show", asked: [], columns, ...more };
}

export function line(aggregates: ResultAggregate[], more: Partial<LineResult> = {}): LineResult {
  return { kind: "line", query: "every 1s show", asked: [], every: 1_000_000_000n, aggregates, ...more };
}

const OPEN = { query: "open allocation", asked: [], state: "allocation" } as const;

export function openGroups(parts: Partial<OpenGroupsResult>): OpenGroupsResult {
  return { kind: "openGroups", ...OPEN, keys: [], aggregates: [], ...parts };
}

export function openRows(parts: Partial<OpenRowsResult>): OpenRowsResult {
  return { kind: "openRows", ...OPEN, columns: [], ...parts };
}

export function plan(results: Result[], more: Partial<Plan> = {}): Plan {
  return { probes: [], states: [], results, choices: [], derived: [], notes: [], maxEntries: 16384, ...more };
}

/** `maps` by printed name: what each holds. */
export function script(
  results: Result[],
  maps: Record<string, MapRole | readonly [result: number, aggregate: number]> = {},
  more: {
    states?: SpanState[];
    text?: string;
    duration?: bigint;
    environment?: Record<string, string>;
    endsWithMaps?: true;
  } = {},
): Script {
  const roles = Object.entries(maps).map(([name, role]): [string, MapRole] => [
    name,
    "holds" in role ? role : { holds: "aggregate", result: role[0], aggregate: role[1] },
  ]);
  return {
    form: "stream",
    text: more.text ?? "",
    plan: plan(results, {
      states: more.states ?? [],
      ...(more.duration === undefined ? {} : { duration: more.duration }),
    }),
    maps: new Map(roles),
    environment: more.environment ?? {},
    ...(more.endsWithMaps ? { endsWithMaps: true } : {}),
  };
}
