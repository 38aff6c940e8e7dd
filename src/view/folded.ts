/**
 * `--format folded`: a stack a line, the outermost frame first, for flame graphs (flamegraph.pl, inferno,
 * speedscope). What else the query groups by comes before the stack; the number is what ranks the groups.
 */
import type { Result } from "../plan/plan.js";
import { isInteger, magnitude } from "../runtime/aggregates.js";
import type { Group, GroupsEvent, RowEvent, Value } from "../runtime/events.js";
import { aggregatesOf, keyColumns } from "../runtime/groups.js";
import { escapeText } from "./escape.js";
import { formatValue } from "./format-value.js";
import type { ViewContext, Writer } from "./types.js";

export class FoldedWriter implements Writer {
  constructor(private readonly context: ViewContext) {}

  /** An event counts one. */
  row(event: RowEvent): void {
    const result = this.context.plan.results[event.result];
    if (result) this.context.write(`${this.stackOf(event.values, result)} 1\n`);
  }

  groups(event: GroupsEvent): void {
    const result = this.context.plan.results[event.result];
    if (!result) return;
    // Frames that differ only in their offset are one here.
    const sums = new Map<string, bigint>();
    for (const group of event.groups) {
      const stack = this.stackOf(group.keys, result);
      sums.set(stack, (sums.get(stack) ?? 0n) + weight(group, result));
    }
    for (const [stack, sum] of sums) this.context.write(`${stack} ${sum}\n`);
  }

  end(): void {
    // Each batch is whole.
  }

  private stackOf(keys: readonly Value[], result: Result): string {
    const columns = keyColumns(result);
    const names: string[] = [];
    const frames: string[] = [];
    for (const [i, column] of columns.entries()) {
      const text = formatValue(keys[i] ?? null, column, this.context);
      if (column.type.kind !== "stack") names.push(frameText(text));
      // A kernel stack stands on the user stack that called it.
      else if (column.type.space === "user") frames.unshift(...framesOf(text));
      else frames.push(...framesOf(text));
    }
    return [...names, ...frames].join(";") || "all";
  }
}

function framesOf(text: string): string[] {
  return text === "" || text === "-" ? [] : text.split("\n").reverse().map(frameText);
}

/** Without its offset, and without what separates frames. */
function frameText(text: string): string {
  return (
    escapeText(text)
      .replace(/\+(?:\d+|0x[0-9a-f]+)$/, "")
      .replaceAll(";", ":") || "-"
  );
}

function weight(group: Group, result: Result): bigint {
  const top = "top" in result ? result.top?.by : undefined;
  const numeric = aggregatesOf(result).findIndex(({ fn }) => !["hist", "lhist", "stats"].includes(fn));
  const size = magnitude(group.values[top ?? (numeric === -1 ? 0 : numeric)]);
  return isInteger(size) && Number.isFinite(Number(size))
    ? BigInt(typeof size === "number" ? Math.round(size) : size)
    : 0n;
}
