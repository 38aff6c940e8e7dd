/**
 * The checked query: names resolved, every expression typed, still free of any tracer.
 * The planner replaces `field` by what the chosen provider gives for it.
 */
import type { CType, TracepointField } from "../kernel/kernel.js";
import type { AggregateFunction } from "../aggregates/aggregates.js";
import type { Range } from "../aggregates/histograms.js";
import type { Span } from "../diagnostics/diagnostic.js";
import type { RepeatWord } from "../syntax/tree.js";
import type { Glob } from "./expression/glob.js";
import type { Type } from "../types/types.js";
import type { Unit } from "../types/units.js";

/** The side of a span that a field is read from. */
export type Side = "begin" | "end";

/** Fields of every event that tracers know by themselves. */
export const BUILTIN_FIELDS = [
  "time", "elapsed", "pid", "tid", "uid", "gid", "cpu", "cgroup", "comm", "probe", "ustack", "kstack",
] as const; // prettier-ignore

/** Fields of every event that are worked out for the running thread, mostly from its `task_struct`. */
export const TASK_FIELDS = [
  "process", "ppid", "parent", "exe", "cmdline", "host_pid", "host_tid", "ns_pid", "ns_tid", "container", "pod",
] as const; // prettier-ignore

/** The fields of every event, whatever its provider, read from the context and not from arguments. */
export const COMMON_FIELDS = [...BUILTIN_FIELDS, ...TASK_FIELDS] as const;

export type BuiltinField = (typeof BUILTIN_FIELDS)[number];
export type TaskField = (typeof TASK_FIELDS)[number];
export type CommonField = BuiltinField | TaskField;

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "<<" | ">>" | "&" | "|" | "^";
export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type LogicalOperator = "and" | "or";

export type Typed = { readonly type: Type } & (
  | { readonly op: "integer"; readonly value: bigint }
  | { readonly op: "string"; readonly value: string }
  /** A field of the query's source, by name. */
  | { readonly op: "field"; readonly name: string; readonly side?: Side }
  /** `depth` is how many frames of a stack are taken, the innermost first; absent: as many as tracers take. */
  | { readonly op: "common"; readonly name: BuiltinField; readonly depth?: number }
  /** A function's argument by position, with its name if the kernel's types have it. */
  | { readonly op: "argument"; readonly index: number; readonly name?: string; readonly ctype?: CType }
  /** `textAt` is the offset in bytes, if known, of the text of a `__data_loc` in the event. */
  | { readonly op: "tracepointArgument"; readonly field: TracepointField; readonly textAt?: number }
  | { readonly op: "returnValue"; readonly ctype?: CType }
  /** The `task_struct` of the running thread. */
  | { readonly op: "currentTask"; readonly ctype: CType }
  /** `through` is true if the object is a pointer, for which C uses `->`. */
  | {
      readonly op: "member";
      readonly object: Typed;
      readonly name: string;
      readonly through: boolean;
      /** The offset from the start of the object, in bytes. */
      readonly offset: number;
      readonly ctype: CType;
    }
  | { readonly op: "element"; readonly object: Typed; readonly index: Typed; readonly ctype: CType }
  /** A NUL-terminated string in memory; `length` is its length in bytes, if that is stored. */
  | { readonly op: "text"; readonly pointer: Typed; readonly length?: Typed }
  /** A kernel variable: its first 8 bytes. */
  | { readonly op: "global"; readonly name: string }
  /** A register of the program where it was stopped: the stack pointer, or what holds the return address. */
  | { readonly op: "register"; readonly name: "stack pointer" | "link register" }
  /** The 8 bytes at a user-space address. */
  | { readonly op: "userWord"; readonly address: Typed }
  /** An IP address of 4 or 16 bytes, shown as text. */
  | { readonly op: "inet"; readonly bytes: Typed; readonly size: 4 | 16 }
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
  /** `memory` is the location of the subject's bytes, for a subject that is not itself read from memory. */
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
  /** A value named by the planner. */
  | { readonly op: "local"; readonly name: string }
);

/** The operations that are conditions by themselves; any other value is one by being other than 0. */
const TESTS = ["not", "compare", "logic", "glob", "hasBits", "begun", "followed"] as const;

export type ConditionTest = Typed & { readonly op: (typeof TESTS)[number] };

export function isTest(value: Typed): value is ConditionTest {
  return (TESTS as readonly string[]).includes(value.op);
}

/** The unit in which a column is shown: the value is divided by `factor`. */
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
  /** The range of `lhist`, in the value's base unit. */
  readonly range?: Range;
  /** The type of the result. */
  readonly type: Type;
  readonly display?: Display;
}

// ---------------------------------------------------------------- sources

/** The kinds of probe, named as in the tracers and the kernel's documentation. */
export type ProbeType =
  | "tracepoint" | "rawtracepoint" | "kprobe" | "kretprobe" | "fentry" | "fexit"
  | "uprobe" | "uretprobe" | "usdt" | "software" | "hardware" | "profile" | "interval"; // prettier-ignore

/** A point to which a program is attached: `tracepoint:vmscan:*` is `{ type: "tracepoint", parts: ["vmscan", "*"] }`. */
/**
 * How functions take arguments, where that is not as C has it on 64 bits: on the stack (`ia32`: programs for 32-bit
 * x86), in Go's own registers on x86-64, or as versions of Go had it before that.
 */
export type CallingConvention = "ia32" | "go" | "old go";

export interface ProbePoint {
  readonly type: ProbeType;
  readonly parts: readonly string[];
  /** Of the functions of a file that was looked at. */
  readonly convention?: CallingConvention;
}

/** A provider, elaborated against one kernel. */
export interface Alternative {
  readonly trigger:
    | { readonly kind: "probe"; readonly point: ProbePoint }
    | { readonly kind: "source"; readonly source: CheckedSource };
  /** Why it is not available on the target kernel; absent if it is. */
  readonly unavailable?: string;
  readonly condition?: Typed;
  readonly note?: string;
  /** The usual number of events per second on a busy machine. */
  readonly rate?: number;
  /** The event happens in an arbitrary process's context, so it cannot be filtered by process. */
  readonly unattributed?: true;
  /** An event of the probe is so many events; `index` is the local value that says which one it is, from 0. */
  readonly times?: { readonly count: Typed; readonly index: string };
  /** At the begin of a span that is open already: the first one stands, or the span starts anew. */
  readonly repeat?: RepeatWord;
  /** Alternatives with the same number count the same events; each note begins a new number. */
  readonly meaning: number;
  /** The fields that the query may need. A string is the reason why this target cannot provide the field. */
  readonly fields: ReadonlyMap<string, Typed | string>;
}

/** One source of a union; an optional one is left out if the target lacks it. */
export interface Member {
  readonly source: CheckedSource;
  readonly optional: boolean;
}

export type CheckedSource = {
  readonly name: string;
  /** The doc comment of its definition. */
  readonly doc?: string;
} & (
  | { readonly kind: "event"; readonly alternatives: readonly Alternative[] }
  | {
      readonly kind: "union";
      /** Of calls that are made within one another in a thread, only the outermost is an event. */
      readonly outermost: boolean;
      readonly members: readonly Member[];
    }
  | {
      readonly kind: "span";
      readonly keys: readonly string[];
      /** Set if one of the keys is where a range starts, which may end in parts. */
      readonly range?: SpanRange;
      readonly begin: readonly Alternative[];
      /** The providers of events between begin and end, whose fields are summed. */
      readonly during: readonly Alternative[];
      readonly end: readonly Alternative[];
      readonly fields: ReadonlyMap<string, Typed>;
      /** Absent if the keys have no thread or process, or the kernel's types are not known. */
      readonly owner?: SpanOwner;
    }
);

/** The fields of the sides of a span that is about a range. */
export interface SpanRange {
  /** One of the keys. */
  readonly start: string;
  readonly size: string;
  /** How much of the range of an end was there; absent: all of it. */
  readonly present?: string;
}

/** The thread or process in the keys of a span, with which the span ends. The expressions read the running task. */
export interface SpanOwner {
  readonly id: "pid" | "tid";
  /** When it started, which tells it from others that had its id. */
  readonly started: Typed;
  /** At the exit of a thread: whether the whole process ends. */
  readonly isLast: Typed;
}

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
  /** The number of lines after which tracing ends. */
  readonly top?: { readonly count: bigint };
}

/** A query over several sources that prints one line per interval. */
export interface TableQuery extends CheckedBase {
  readonly kind: "table";
  readonly every: bigint;
  readonly columns: readonly { readonly source: CheckedSource; readonly aggregate: Aggregate }[];
}

export type CheckedQuery = AggregateQuery | ShowQuery | TableQuery;
