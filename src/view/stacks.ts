/** Groups and rows as stacks: what flame graphs, folded text and speedscope are made of. */
import type { Result, ResultAggregate, ResultColumn } from "../plan/plan.js";
import { isInteger, magnitude } from "../runtime/aggregates.js";
import type { Group, Value } from "../runtime/events.js";
import { aggregatesOf, keyColumns } from "../runtime/groups.js";
import { UNSIGNED } from "../semantics/types.js";
import { escapeText } from "./escape.js";
import { formatValue, type Formatting } from "./format-value.js";

export type FrameKind = "key" | "user" | "kernel";

/** One object a name, so that frames can be told apart by identity. */
export interface Frame {
  readonly name: string;
  readonly kind: FrameKind;
}

export function hasStack(result: Result): boolean {
  return keyColumns(result).some(({ type }) => type.kind === "stack");
}

/** Reads the columns of one result as a stack: the other columns first, then the frames from the outermost. */
export class StackReader {
  private readonly columns: readonly ResultColumn[];
  /** By the text as it came: a frame stands in thousands of stacks. */
  private readonly frames: Readonly<Record<FrameKind, Map<string, Frame>>> = {
    key: new Map(),
    user: new Map(),
    kernel: new Map(),
  };
  /** By the name without its offset. */
  private readonly byName = new Map<string, Frame>();

  constructor(
    result: Result,
    private readonly formatting: Formatting,
  ) {
    this.columns = keyColumns(result);
  }

  read(keys: readonly Value[]): Frame[] {
    const names: Frame[] = [];
    const user: Frame[] = [];
    const kernel: Frame[] = [];
    for (const [i, column] of this.columns.entries()) {
      const value = keys[i] ?? null;
      if (column.type.kind !== "stack")
        names.push(this.frame(formatValue(value, column, this.formatting), "key"));
      else if (typeof value === "string" && value !== "") {
        const { space } = column.type;
        const of = space === "user" ? user : kernel;
        const lines = value.split("\n");
        for (let at = lines.length - 1; at >= 0; at--) of.push(this.frame(lines[at] as string, space));
      }
    }
    // A kernel stack stands on the user stack that called it.
    return [...names, ...user, ...kernel];
  }

  private frame(text: string, kind: FrameKind): Frame {
    const known = this.frames[kind].get(text);
    if (known) return known;
    // Frames that differ only in their offset are one.
    const name = escapeText(text).replace(/\+(?:\d+|0x[0-9a-f]+)$/, "") || "-";
    const id = `${kind} ${name}`;
    let frame = this.byName.get(id);
    if (!frame) this.byName.set(id, (frame = { name, kind }));
    this.frames[kind].set(text, frame);
    return frame;
  }
}

/** What a stack weighs: a column of the result, or its lines. */
export interface Weight {
  readonly column: ResultColumn;
  of(group: Group): number | bigint;
  /** For a person: `12 events`, `1.2 MiB sum(size)`. */
  describe(weight: number | bigint): string;
}

const ADDITIVE: ReadonlySet<string> = new Set(["count", "sum"]);
const SUMMARIES: ReadonlySet<string> = new Set(["hist", "lhist", "stats"]);

/** By what ranks the groups if that can be added up, else by the first that can. */
export function weightOf(result: Result, formatting: Formatting): Weight {
  const aggregates = aggregatesOf(result);
  const ranking = "top" in result && result.top && "by" in result.top ? result.top.by : undefined;
  const order = [
    ranking === undefined ? -1 : isAdditive(aggregates[ranking]) ? ranking : -1,
    aggregates.findIndex(({ fn }) => ADDITIVE.has(fn)),
    aggregates.findIndex(({ fn }) => SUMMARIES.has(fn)),
    0,
  ];
  const index = order.find((each) => each !== -1) ?? 0;
  const aggregate = aggregates[index];
  const isCount = aggregate === undefined || ["count", "hist", "lhist"].includes(aggregate.fn);
  const column: ResultColumn =
    aggregate === undefined || isCount
      ? { label: aggregate?.label ?? "events", type: UNSIGNED }
      : { ...aggregate, type: measure(aggregate) };
  return {
    column,
    of(group) {
      if (aggregate === undefined) return 1;
      const size = magnitude(group.values[index]);
      if (!isInteger(size) || !Number.isFinite(Number(size)) || size < 0) return 0;
      return typeof size === "number" ? Math.round(size) : size;
    },
    describe(weight) {
      const text = formatValue(weight, column, formatting);
      return isCount
        ? `${text} ${weight === 1 || weight === 1n ? "event" : "events"}`
        : `${text} ${column.label}`;
    },
  };
}

function isAdditive(aggregate: ResultAggregate | undefined): boolean {
  return aggregate !== undefined && (ADDITIVE.has(aggregate.fn) || SUMMARIES.has(aggregate.fn));
}

function measure({ type }: ResultAggregate): ResultColumn["type"] {
  return type.kind === "stats" ? { kind: "number", unit: type.unit, signed: true } : type;
}
