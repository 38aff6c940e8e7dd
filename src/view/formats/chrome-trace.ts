/**
 * `-o x.trace.json`: trace events for Perfetto and Chrome. An event with a duration is a slice that ends at its time
 * (or begins there, where the column is a span's `begin.time`); an event without one is an instant; results at an
 * interval are counters, but an instant where the interval is partial. Times are in microseconds since boot.
 */
import type { Plan, Result, RowsResult } from "../../plan/plan.js";
import type { GroupsEvent, RowEvent } from "../../results/events.js";
import type { Type } from "../../types/types.js";
import { aggregatesOf, keyColumns } from "../../plan/columns.js";
import { magnitude } from "../../aggregates/shapes.js";
import type { AggregateValue } from "../../aggregates/values.js";
import { formatValue } from "../value/format-value.js";
import { partialText } from "../partial.js";
import { notesOf } from "../notes.js";
import { rowValues, toJson, type Plain } from "./records.js";
import type { Note, ViewContext, ViewSummary, Writer } from "../types.js";

/** Returns why the results of a plan cannot be shown on a timeline; undefined if they can. */
export function traceGap(plan: Plan): string | undefined {
  for (const result of plan.results) {
    if (result.kind === "rows" && timeColumn(result) === -1)
      return `\`${result.query}\` does not say when: show \`time\` too`;
    if (result.kind !== "rows" && result.every === undefined)
      return `\`${result.query}\` is one result at the end, and a trace is over time: use \`show time, …\`, or \`every 1s\``;
  }
  return undefined;
}

export class TraceWriter implements Writer {
  private isFirst = true;
  private readonly notes: Note[] = [];
  /** Processes whose name has been written. */
  private readonly named = new Set<string>();

  constructor(private readonly context: ViewContext) {
    context.write(`{"displayTimeUnit": "ms",\n"traceEvents": [`);
  }

  row(event: RowEvent): void {
    const result = this.context.plan.results[event.result];
    if (result?.kind !== "rows") return;
    const at = timeColumn(result);
    const time = microseconds(event.values[at]);
    if (time === undefined) return;
    const measured = durationColumn(result);
    const duration = measured === -1 ? undefined : microseconds(event.values[measured]);
    const pid = numberIn(event, result, "pid") ?? 0;
    const tid = numberIn(event, result, "tid") ?? pid;
    this.name(event, result, pid, tid);
    const values = rowValues(event.values, result, this.context);
    const args = Object.fromEntries(result.columns.map(({ label }, i) => [label, values[i] ?? null]));
    const common = { name: sourceOf(result), cat: "faultline", pid, tid, args };
    if (duration === undefined) this.write({ ...common, ph: "i", s: "t", ts: time });
    else {
      const isBegin = result.columns[at]?.label.startsWith("begin.") === true;
      this.write({ ...common, ph: "X", ts: exact(isBegin ? time : time - duration), dur: duration });
    }
  }

  groups(event: GroupsEvent): void {
    const result = this.context.plan.results[event.result];
    const time = microseconds(event.nsecs);
    if (!result || result.kind === "rows" || time === undefined) return;
    const keys = keyColumns(result);
    for (const [i, { label, type }] of aggregatesOf(result).entries()) {
      const args: Record<string, Plain> = {};
      for (const group of event.groups) {
        const name = keys.map((key, k) => formatValue(group.keys[k] ?? null, key, this.context)).join(", ");
        args[name || label] = numeric(group.values[i] ?? null, type);
      }
      const name = `${sourceOf(result)} ${label}`;
      const common = { cat: "faultline", pid: 0, ts: time, args };
      // A counter would fall there.
      const partial = partialText(event);
      if (partial === undefined) this.write({ ...common, name, ph: "C" });
      else this.write({ ...common, name: `${name} (${partial})`, ph: "i", s: "g" });
    }
  }

  note(note: Note): void {
    this.notes.push(note);
  }

  end(summary: ViewSummary): void {
    const queries = this.context.plan.results.map(({ query }) => query);
    const notes = notesOf(summary, this.notes);
    this.context.write(`\n],\n"otherData": ${toJson({ exporter: "faultline", queries, notes })}}\n`);
  }

  /** Names a track after its process. */
  private name(event: RowEvent, result: RowsResult, pid: number, tid: number): void {
    const comm = event.values[result.columns.findIndex(({ label }) => label === "comm")];
    const id = `${pid} ${tid} ${String(comm)}`;
    if (typeof comm !== "string" || this.named.has(id) || this.named.size >= MOST_NAMED) return;
    this.named.add(id);
    const args = { name: comm };
    this.write({ name: "process_name", ph: "M", pid, tid, args });
    this.write({ name: "thread_name", ph: "M", pid, tid, args });
  }

  private write(event: Plain): void {
    this.context.write(`${this.isFirst ? "\n" : ",\n"}${toJson(event)}`);
    this.isFirst = false;
  }
}

const MOST_NAMED = 100_000;

function timeColumn({ columns }: RowsResult): number {
  return columns.findIndex(({ type }) => type.kind === "number" && type.unit === "timestamp");
}

/** Returns the index of the duration column: the span's own, if there is one. */
function durationColumn({ columns }: RowsResult): number {
  const isDuration = (type: RowsResult["columns"][number]["type"]): boolean =>
    type.kind === "number" && type.unit === "duration";
  const latency = columns.findIndex(({ label, type }) => label === "latency" && isDuration(type));
  return latency === -1 ? columns.findIndex(({ type }) => isDuration(type)) : latency;
}

function numberIn(event: RowEvent, result: RowsResult, label: string): number | undefined {
  const value = event.values[result.columns.findIndex((column) => column.label === label)];
  return typeof value === "number" ? value : undefined;
}

/** Converts nanoseconds to microseconds. */
function microseconds(value: unknown): number | undefined {
  return typeof value === "number" || typeof value === "bigint" ? exact(Number(value) / 1000) : undefined;
}

/** Rounds microseconds to the nanosecond. */
function exact(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function numeric(value: AggregateValue, type: Type): number {
  const size = Number(magnitude(value, type));
  return Number.isFinite(size) ? size : 0;
}

/** Returns the first name in the query: `direct_reclaim` of `direct_reclaim show …`. */
function sourceOf({ query }: Result): string {
  return /^(?:open\s+)?([^\s({]+)/.exec(query)?.[1] ?? query;
}
