/** Reads groups and rows as stacks, for flame graphs, folded text and speedscope. */
import type { Plan, Result, ResultAggregate, ResultColumn } from "../plan/plan.js";
import { definitionOf } from "../aggregates/aggregates.js";
import { isRanked, magnitude } from "../aggregates/shapes.js";
import type { Group, Value } from "../results/events.js";
import { aggregatesOf, isOpen, keyColumns } from "../plan/columns.js";
import { numberOf, UNSIGNED } from "../types/types.js";
import { escapeText } from "./value/escape.js";
import { FrameTable } from "./formats/frame-table.js";
import { formatValue, type Formatting } from "./value/format-value.js";

export type FrameKind = "key" | "user" | "kernel";

/** A frame; there is one object for each name. */
export interface Frame {
  /** The number of the frame in its reader, from 0. */
  readonly id: number;
  /** The function and, where that is known, its file: `malloc [libc.so.6]`. */
  readonly name: string;
  /** The file alone. */
  readonly module?: string;
  readonly kind: FrameKind;
}

/** Returns why the results of a plan cannot be read as stacks; undefined if they can, at least with their keys as frames. */
export function stackGap(plan: Plan): string | undefined {
  const line = plan.results.find(({ kind }) => kind === "line");
  return line && `\`${line.query}\` is a line of numbers at each interval, without groups`;
}

export function hasStack(result: Result): boolean {
  return keyColumns(result).some(({ type }) => type.kind === "stack");
}

const NEWLINE = 0x0a;
const BLANK = 0x20;
const OPENING = 0x5b;
const CLOSING = 0x5d;

/** A frame with its name as the tracer printed it, without the offset, and what stood behind that. */
type KnownFrame = Frame & { readonly key: string; readonly tail: string };

/** Reads the columns of one result as a stack: the other columns first, then the frames from the outermost. */
export class StackReader {
  /** The columns with their positions among the keys. A kernel stack goes on top of the user stack that called it. */
  private readonly columns: readonly (readonly [index: number, column: ResultColumn])[];
  private readonly tables: Readonly<Record<FrameKind, FrameTable<KnownFrame>>>;
  private count = 0;

  constructor(
    result: Result,
    private readonly formatting: Formatting,
  ) {
    const place = ({ type }: ResultColumn): number =>
      type.kind !== "stack" ? 0 : type.space === "user" ? 1 : 2;
    this.columns = [...keyColumns(result).entries()].sort(([, a], [, b]) => place(a) - place(b));
    const table = (kind: FrameKind): FrameTable<KnownFrame> =>
      new FrameTable((key, tail) => ({
        id: this.count++,
        name: escapeText(key + tail) || "-",
        ...(tail === "" ? {} : { module: escapeText(tail.slice(2, -1)) }),
        kind,
        key,
        tail,
      }));
    this.tables = { key: table("key"), user: table("user"), kernel: table("kernel") };
  }

  read(keys: readonly Value[]): Frame[] {
    const frames: Frame[] = [];
    for (const [index, column] of this.columns) {
      const value = keys[index] ?? null;
      if (column.type.kind === "stack") {
        if (typeof value === "string") this.frames(value, column.type.space, frames);
        continue;
      }
      const text = formatValue(value, column, this.formatting);
      frames.push(this.tables.key.find(text, 0, text.length));
    }
    return frames;
  }

  /** Appends the frames of a stack, whose last line is the outermost frame. */
  private frames(stack: string, space: "user" | "kernel", into: Frame[]): void {
    const table = this.tables[space];
    for (let end = stack.length; end > 0;) {
      // A loop is faster than `lastIndexOf` on strings as short as a frame.
      let start = end;
      while (start > 0 && stack.charCodeAt(start - 1) !== NEWLINE) start--;
      const module = startOfModule(stack, start, end);
      into.push(table.find(stack, start, endOfName(stack, start, module), module, end));
      end = start - 1;
    }
  }
}

/** Returns the name of a frame without its offset and file: `name+12`, `name+0x1f` and `name+12 [libc.so.6]` are `name`. */
export function nameOfFrame(frame: string): string {
  return frame.slice(0, endOfName(frame, 0, startOfModule(frame, 0, frame.length)));
}

/** Returns where the file begins that stands behind a name, with the blank before it: ` [libc.so.6]`; `end` if there is none. */
function startOfModule(text: string, start: number, end: number): number {
  if (text.charCodeAt(end - 1) !== CLOSING) return end;
  for (let at = end - 2; at > start; at--)
    if (text.charCodeAt(at) === OPENING)
      return text.charCodeAt(at - 1) === BLANK && at - 1 > start ? at - 1 : end;
  return end;
}

/** Returns where the name ends. It runs for every frame of every stack, so it uses no regular expression. */
function endOfName(text: string, start: number, end: number): number {
  let at = end - 1;
  let isDecimal = true;
  for (let code = text.charCodeAt(at); at > start; code = text.charCodeAt(--at)) {
    const isDigit = code >= 0x30 && code <= 0x39;
    if (!isDigit && !(code >= 0x61 && code <= 0x66)) break;
    isDecimal &&= isDigit;
  }
  const hasDigits = at < end - 1;
  if (text.charCodeAt(at) === 0x78 && text.charCodeAt(at - 1) === 0x30) at -= 2;
  else if (!isDecimal) return end;
  return hasDigits && at > start && text.charCodeAt(at) === 0x2b ? at : end;
}

/** The weight of a stack: a column of the result, or its number of lines. */
export interface Weight {
  readonly column: ResultColumn;
  of(group: Group): number | bigint;
  /** Whether the weights of several intervals must not be added up: the last interval counts. */
  readonly isOfOneInterval: boolean;
  /** Formats a weight for people: `12 events`, `1.2 MiB sum(size)`. */
  describe(weight: number | bigint): string;
}

/** Chooses the aggregate that ranks the groups if it is additive, otherwise the first additive one. */
export function weightOf(result: Result, formatting: Formatting): Weight {
  const aggregates = aggregatesOf(result);
  const ranking = "top" in result && result.top && "by" in result.top ? result.top.by : undefined;
  const order = [
    ranking !== undefined && isAdditive(aggregates[ranking]) ? ranking : -1,
    aggregates.findIndex((each) => isAdditive(each) && isRanked(each.type)),
    aggregates.findIndex(isAdditive),
    0,
  ];
  const index = order.find((each) => each !== -1) ?? 0;
  const aggregate = aggregates[index];
  const isCount = aggregate === undefined || definitionOf(aggregate.fn).magnitudeIs === "events";
  const column: ResultColumn =
    aggregate === undefined || isCount
      ? { label: aggregate?.label ?? "events", type: UNSIGNED }
      : { ...aggregate, type: measure(aggregate) };
  const isRate = column.type.kind === "number" && column.type.per !== undefined;
  return {
    column,
    isOfOneInterval:
      isOpen(result) || (aggregate !== undefined && definitionOf(aggregate.fn).isOfOneInterval === true),
    of(group) {
      if (aggregate === undefined) return 1;
      const size = magnitude(group.values[index], aggregate.type);
      if (!Number.isFinite(Number(size)) || size < 0) return 0;
      return typeof size === "number" && !isRate ? Math.round(size) : size;
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
  return aggregate !== undefined && definitionOf(aggregate.fn).isAdditive;
}

function measure({ type }: ResultAggregate): ResultColumn["type"] {
  return "unit" in type && type.kind !== "number" ? numberOf(type.unit, true) : type;
}
