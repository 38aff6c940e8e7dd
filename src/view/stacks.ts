/** Groups and rows as stacks: what flame graphs, folded text and speedscope are made of. */
import type { Result, ResultAggregate, ResultColumn } from "../plan/plan.js";
import { isInteger, magnitude } from "../runtime/aggregates.js";
import type { Group, Value } from "../runtime/events.js";
import { aggregatesOf, keyColumns } from "../runtime/groups.js";
import { UNSIGNED } from "../semantics/types.js";
import { escapeText } from "./escape.js";
import { formatValue, type Formatting } from "./format-value.js";

export type FrameKind = "key" | "user" | "kernel";

/** One object a name. */
export interface Frame {
  /** Counted up from 0 by the reader that made it. */
  readonly id: number;
  readonly name: string;
  readonly kind: FrameKind;
}

export function hasStack(result: Result): boolean {
  return keyColumns(result).some(({ type }) => type.kind === "stack");
}

/** Reads the columns of one result as a stack: the other columns first, then the frames from the outermost. */
export class StackReader {
  private readonly columns: readonly ResultColumn[];
  /** By the text as it came, without its offset: a frame stands in thousands of stacks. */
  private readonly frames: Readonly<Record<FrameKind, Map<string, Frame>>> = {
    key: new Map(),
    user: new Map(),
    kernel: new Map(),
  };
  private count = 0;

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
    // Frames that differ only in their offset are one.
    const known = this.frames[kind].get(kind === "key" ? text : nameOfFrame(text));
    if (known) return known;
    // A copy: a piece of a line keeps all of the line.
    const key = Buffer.from(kind === "key" ? text : nameOfFrame(text)).toString();
    const frame: Frame = { id: this.count++, name: escapeText(key) || "-", kind };
    this.frames[kind].set(key, frame);
    return frame;
  }
}

/** `name+12` and `name+0x1f` are `name`. By hand: it is done for every frame of every stack. */
export function nameOfFrame(text: string): string {
  let at = text.length - 1;
  for (let code = text.charCodeAt(at); isHexadecimal(code); code = text.charCodeAt(--at));
  if (text.charCodeAt(at) === 0x78 && text.charCodeAt(at - 1) === 0x30) at -= 2;
  else if (at < text.length - 1 && !/^\d+$/.test(text.slice(at + 1))) return text;
  return at > 0 && at < text.length - 1 && text.charCodeAt(at) === 0x2b ? text.slice(0, at) : text;
}

function isHexadecimal(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
}

/** What a stack weighs: a column of the result, or its lines. */
export interface Weight {
  readonly column: ResultColumn;
  /** Whether two of them can be one. */
  readonly isAdditive: boolean;
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
    isAdditive: aggregate === undefined || isAdditive(aggregate),
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
