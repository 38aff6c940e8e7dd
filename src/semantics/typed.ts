/**
 * The checked query: names resolved, every expression typed, still free of any tracer.
 * The planner replaces `field` by what the chosen provider gives for it.
 */
import type { CType, TracepointField } from "../kernel/kernel.js";
import type { AggregateFunction } from "../aggregates/aggregates.js";
import type { Range } from "../aggregates/histograms.js";
import type { Span } from "../diagnostics/diagnostic.js";
import type { Glob } from "./expression/glob.js";
import type { Type, Unit } from "../types/types.js";

/** Which end of a span a field is taken from. */
export type Side = "begin" | "end";

/** What every event has, whatever its provider: read from the context, not from arguments. */
export const COMMON_FIELDS = [
  "time", "elapsed", "pid", "tid", "uid", "gid", "cpu", "cgroup", "comm", "probe", "ustack", "kstack",
] as const; // prettier-ignore

export type CommonField = (typeof COMMON_FIELDS)[number];

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "<<" | ">>" | "&" | "|" | "^";
export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type LogicalOperator = "and" | "or";

export type Typed = { readonly type: Type } & (
  | { readonly op: "integer"; readonly value: bigint }
  | { readonly op: "string"; readonly value: string }
  /** A field of the query's source, by name. */
  | { readonly op: "field"; readonly name: string; readonly side?: Side }
  | { readonly op: "common"; readonly name: CommonField }
  /** A function's argument by position, and its name where the kernel's types tell it. */
  | { readonly op: "argument"; readonly index: number; readonly name?: string; readonly ctype?: CType }
  /** `textAt`: where the text of a `__data_loc` stands in the event, in bytes, where that is known. */
  | { readonly op: "tracepointArgument"; readonly field: TracepointField; readonly textAt?: number }
  | { readonly op: "returnValue"; readonly ctype?: CType }
  /** The `task_struct` of the running thread. */
  | { readonly op: "currentTask"; readonly ctype: CType }
  /** `through`: the object is a pointer, so that C would write `->`. */
  | {
      readonly op: "member";
      readonly object: Typed;
      readonly name: string;
      readonly through: boolean;
      /** From the start of the object, in bytes. */
      readonly offset: number;
      readonly ctype: CType;
    }
  | { readonly op: "element"; readonly object: Typed; readonly index: Typed; readonly ctype: CType }
  /** A NUL-terminated string in memory; `length` in bytes where it stands beside it. */
  | { readonly op: "text"; readonly pointer: Typed; readonly length?: Typed }
  /** A variable of the kernel: the 8 bytes at its start. */
  | { readonly op: "global"; readonly name: string }
  /** The 8 bytes that stand at an address of the program. */
  | { readonly op: "userWord"; readonly address: Typed }
  /** An internet address as text; `bytes` are 4 or 16. */
  | { readonly op: "inet"; readonly bytes: Typed }
  | { readonly op: "cast"; readonly to: CType; readonly pointer: boolean; readonly operand: Typed }
  | {
      readonly op: "arithmetic";
      readonly operator: ArithmeticOperator;
      readonly left: Typed;
      readonly right: Typed;
    }
  | { readonly op: "negate" | "complement" | "not"; readonly operand: Typed }
  | {
      readonly op: "compare";
      readonly operator: ComparisonOperator;
      readonly left: Typed;
      readonly right: Typed;
    }
  | { readonly op: "logic"; readonly operator: LogicalOperator; readonly operands: readonly Typed[] }
  /** `memory`: where the subject's bytes stand, for a subject that is not itself read from memory. */
  | { readonly op: "glob"; readonly subject: Typed; readonly glob: Glob; readonly memory?: Typed }
  | {
      readonly op: "hasBits";
      readonly subject: Typed;
      readonly mask: bigint;
      readonly names: readonly string[];
    }
  | { readonly op: "choose"; readonly condition: Typed; readonly then: Typed; readonly otherwise: Typed }
  /** A field of what a span keeps while it is open, by the name of its `SpanState`; only the planner makes these. */
  | { readonly op: "state"; readonly state: string; readonly field: string; readonly key: readonly Typed[] }
  /** Whether a span has begun under this key, and not ended. */
  | { readonly op: "begun"; readonly state: string; readonly key: readonly Typed[] }
  /** Whether a process is one of those that the traced command started, or the command itself. */
  | { readonly op: "followed"; readonly pid: Typed }
  /** A value the planner gave a name to. */
  | { readonly op: "local"; readonly name: string }
);

/** A unit a column is shown in: the value divided by `factor`. */
export interface Display {
  readonly unit: Unit;
  readonly spelling: string;
  readonly factor: bigint;
}

/** A key or a shown column. */
export interface CheckedColumn {
  readonly label: string;
  readonly value: Typed;
  readonly display?: Display;
}

export interface Aggregate {
  readonly fn: AggregateFunction;
  readonly label: string;
  /** Absent for `count()`. */
  readonly value?: Typed;
  /** Of `lhist`, in the value's base unit. */
  readonly range?: Range;
  /** Of the result. */
  readonly type: Type;
  readonly display?: Display;
}

// ---------------------------------------------------------------- sources

/** The kinds of probe, by the names that both tracers and the kernel's own docs use. */
export type ProbeType =
  | "tracepoint" | "rawtracepoint" | "kprobe" | "kretprobe" | "fentry" | "fexit"
  | "uprobe" | "uretprobe" | "usdt" | "software" | "hardware" | "profile" | "interval"; // prettier-ignore

/** Where a program is attached: `tracepoint:vmscan:*` is `{ type: "tracepoint", parts: ["vmscan", "*"] }`. */
export interface ProbePoint {
  readonly type: ProbeType;
  readonly parts: readonly string[];
}

/** A provider, elaborated against one kernel. */
export interface Alternative {
  readonly trigger:
    | { readonly kind: "probe"; readonly point: ProbePoint }
    | { readonly kind: "source"; readonly source: CheckedSource };
  /** Why the target does not have it; absent when it does. */
  readonly unavailable?: string;
  readonly condition?: Typed;
  readonly note?: string;
  /** How many a second are usual on a busy machine. */
  readonly rate?: number;
  /** The kernel does it in whatever process it happens to be, so that it cannot be filtered by process. */
  readonly unattributed?: true;
  /** Those with the same number count the same events; each note begins a new one. */
  readonly meaning: number;
  /** Those the query may need. A string says why this target cannot give it. */
  readonly fields: ReadonlyMap<string, Typed | string>;
}

/** One source of a union; an optional one is left out where the target lacks it. */
export interface Member {
  readonly source: CheckedSource;
  readonly optional: boolean;
}

export type CheckedSource = {
  readonly name: string;
  /** What its definition says of it. */
  readonly doc?: string;
} & (
  | { readonly kind: "event"; readonly alternatives: readonly Alternative[] }
  | { readonly kind: "union"; readonly members: readonly Member[] }
  | {
      readonly kind: "span";
      readonly keys: readonly string[];
      readonly begin: readonly Alternative[];
      /** Between the two: what it gives is added up. */
      readonly during: readonly Alternative[];
      readonly end: readonly Alternative[];
      readonly fields: ReadonlyMap<string, Typed>;
    }
);

// ---------------------------------------------------------------- queries

interface CheckedBase {
  /** The query on one line, canonically spelled. */
  readonly text: string;
  readonly span: Span;
  readonly doc?: string;
  /** In nanoseconds. */
  readonly every?: bigint;
  readonly header?: bigint;
  /** In nanoseconds. */
  readonly duration?: bigint;
}

export interface AggregateQuery extends CheckedBase {
  readonly kind: "aggregate";
  readonly source: CheckedSource;
  readonly open: boolean;
  readonly condition?: Typed;
  readonly keys: readonly CheckedColumn[];
  readonly aggregates: readonly Aggregate[];
  readonly top?: { readonly count: bigint; readonly by: number };
}

export interface ShowQuery extends CheckedBase {
  readonly kind: "show";
  readonly source: CheckedSource;
  readonly open: boolean;
  readonly condition?: Typed;
  readonly columns: readonly CheckedColumn[];
  /** Show no more lines than this, then end. */
  readonly top?: { readonly count: bigint };
}

/** One line an interval, over several sources. */
export interface TableQuery extends CheckedBase {
  readonly kind: "table";
  readonly every: bigint;
  readonly columns: readonly { readonly source: CheckedSource; readonly aggregate: Aggregate }[];
}

export type CheckedQuery = AggregateQuery | ShowQuery | TableQuery;
