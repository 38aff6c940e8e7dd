/**
 * The plan: a query as probes, maps and results, free of any tracer. Both the back ends and the
 * explanation read it; it is plain data.
 */
import type { AggregateFunction } from "../aggregates/aggregates.js";
import type { Range } from "../aggregates/histograms.js";
import type { Glob } from "../semantics/expression/glob.js";
import type { Display, ProbePoint, Typed } from "../semantics/typed.js";
import type { Type } from "../types/types.js";

/** What the probes of a source do, in a few words. */
export interface Task {
  readonly does: string;
  /** The source that the task is for: the reader is not told its name again at a probe of the same source. */
  readonly about?: string;
  /** The code says it as well: a script has no comment of it where the probe does nothing else. */
  readonly isObvious?: true;
}

/** The purpose of a part of a probe: a task at the events of a source. */
export interface Purpose extends Task {
  readonly source: string;
}

/** An update of one aggregate of a result, by its position; `count()` has no value. */
export interface AggregateUpdate {
  readonly aggregate: number;
  readonly value?: Typed;
}

/** Adds what the record of an open span says to the running sums of a result, or takes it off again. */
export interface ChangeStep {
  readonly do: "change";
  readonly result: number;
  readonly state: string;
  readonly key: readonly Typed[];
  readonly by: 1 | -1;
}

/** What a probe does when its filter lets an event through, in order. */
export type Step =
  | { readonly do: "let"; readonly name: string; readonly value: Typed }
  /** `purposes`: of this part, where a probe has several parts. */
  | {
      readonly do: "when";
      readonly all: readonly Typed[];
      readonly then: readonly Step[];
      readonly purposes?: readonly Purpose[];
    }
  /** Does this for each of so many events, MOST_TIMES at most; `index` is the number of the event, from 0. */
  | { readonly do: "times"; readonly index: string; readonly count: Typed; readonly then: readonly Step[] }
  /**
   * A span begins: stores its record, a value for each field of the state, in their order. `stored`: steps that run
   * unless the map was full.
   */
  | {
      readonly do: "store";
      readonly state: string;
      readonly key: readonly Typed[];
      readonly values: readonly Typed[];
      readonly stored?: readonly ChangeStep[];
      /** Whether to count where it replaces the record of a span that is open, whose end was not seen. */
      readonly countsReplaced?: true;
    }
  /** Adds to a sum of an open span. */
  | {
      readonly do: "add";
      readonly state: string;
      readonly key: readonly Typed[];
      readonly field: string;
      readonly value: Typed;
    }
  /** Counts how much an end took out of ranges that no record starts or ends with. */
  | { readonly do: "unmatched"; readonly state: string; readonly value: Typed }
  /** Counts a program whose system calls are not seen. */
  | { readonly do: "unseen" }
  /** A span has ended: removes its record. */
  | { readonly do: "remove"; readonly state: string; readonly key: readonly Typed[] }
  | ChangeStep
  /** Adds the event to aggregates of one result. */
  | {
      readonly do: "aggregate";
      readonly result: number;
      readonly key: readonly Typed[];
      readonly updates: readonly AggregateUpdate[];
    }
  /** Sends one row of a result. */
  | { readonly do: "emit"; readonly result: number; readonly values: readonly Typed[] };

export type StepOf<Kind extends Step["do"]> = Step & { readonly do: Kind };

export interface PlanProbe {
  readonly point: ProbePoint;
  /** The purposes of its parts. */
  readonly purposes: readonly Purpose[];
  /** Tested before anything else is done, cheapest first. */
  readonly filter: readonly Typed[];
  readonly steps: readonly Step[];
  /** It may run in the context of any process (for the kernel, or at the end of a span), so it is not filtered by process. */
  readonly unattributed?: true;
}

/** What is recorded of each open span from its begin to its end. It is cleared, not shown, when the trace ends. */
export interface SpanState {
  /** The name of the map. */
  readonly name: string;
  /** The name of the source. */
  readonly span: string;
  /** Identifies each open span. */
  readonly key: readonly StateKey[];
  /** May be empty: then the record says only that the span has begun. */
  readonly fields: readonly StateField[];
  /** While it is planned: the map of the calls of which only the outermost counts. */
  readonly outermost?: string;
}

export interface StateKey {
  readonly name: string;
  readonly type: Type;
}

export interface StateField {
  readonly name: string;
  readonly type: Type;
  /** Added up while the span is open; otherwise it is recorded at the begin. */
  readonly isSum?: true;
  /** It is never 0, as the time at which the span began. */
  readonly isTime?: true;
}

export interface ResultColumn {
  readonly label: string;
  readonly type: Type;
  readonly display?: Display;
  /**
   * It is not shown by itself: it is the immediate caller (or 0) of the stack in the column at this position, of which a walk by
   * frame pointers knows nothing at a function's entry.
   */
  readonly callerOf?: number;
}

export interface ResultAggregate extends ResultColumn {
  readonly fn: AggregateFunction;
  /** The name of the map that holds it, without sigil. */
  readonly map: string;
  readonly range?: Range;
  /** The type of its values, where those are kept. */
  readonly of?: Type;
}

/** A query in its own terms: its expressions refer to fields, which those of the probes do not. */
export interface SourceQuery {
  readonly source: string;
  /** The documentation comment of the source's definition. */
  readonly doc?: string;
  readonly condition?: Typed;
  /** One per key, or one per shown column. */
  readonly columns: readonly Typed[];
  /** One per aggregate; undefined for `count()`. */
  readonly values: readonly (Typed | undefined)[];
}

export interface ResultBase {
  /** The query, on one line. */
  readonly query: string;
  /** One; for a line, one for each of its aggregates. */
  readonly asked: readonly SourceQuery[];
  readonly doc?: string;
  /** The interval in nanoseconds at which it is printed and cleared; absent: once, at the end. */
  readonly every?: bigint;
  /** Only one in so many was looked at: its counts and sums are multiplied by this, and are estimates. */
  readonly sample?: bigint;
}

/** Groups: keys and aggregates. */
export interface GroupsResult extends ResultBase {
  readonly kind: "groups";
  readonly keys: readonly ResultColumn[];
  readonly aggregates: readonly ResultAggregate[];
  /** `by` is the position of the aggregate that groups are ranked by. */
  readonly top?: { readonly count: bigint; readonly by: number };
}

/** A stream: one row per event. */
export interface RowsResult extends ResultBase {
  readonly kind: "rows";
  readonly columns: readonly ResultColumn[];
  /** Ends the trace after this many rows. */
  readonly limit?: bigint;
}

/** One line per interval, without keys: each column is an aggregate. */
export interface LineResult extends ResultBase {
  readonly kind: "line";
  readonly every: bigint;
  /** The number of lines after which the column names are repeated. */
  readonly header?: bigint;
  readonly aggregates: readonly ResultAggregate[];
}

/**
 * What is open when it is printed. The expressions read the record of an entry through `state` with the single key
 * `{ op: "local", name: "entry" }`.
 */
interface OpenBase extends ResultBase {
  /** The span's state, by name. */
  readonly state: string;
  readonly condition?: Typed;
}

/**
 * How open spans are added up while they begin and end, so that nothing needs to go through their records. Expressions
 * read the record of a span, as those of the result do. `running.ts` says what probes add.
 */
export interface RunningSums {
  /** The sums that are kept for each group: first the number of spans, then those of values. */
  readonly sums: readonly RunningSum[];
  /** By aggregate: the position of the sum it is made of. An average is also made of the number of spans. */
  readonly of: readonly number[];
  /** Whose end also ends the span; part of each group. */
  readonly owner?: {
    /** The state of the owners that are alive, which has their numbers by id. */
    readonly state: string;
    readonly id: Typed;
    readonly number: Typed;
  };
  /** Only spans of at least this age are shown; the time of their begin is part of each group. */
  readonly age?: {
    readonly least: bigint;
    /** The unit in which the time of a begin is kept; all in nanoseconds. */
    readonly step: bigint;
    /** How often the sums are read; `every` is a multiple of it. */
    readonly readEvery: bigint;
    /** When the span began: the number of its step, from 1. */
    readonly begun: Typed;
  };
}

export interface RunningSum {
  /** The name of the map that holds it, without sigil. */
  readonly map: string;
  /** Absent: the number of spans. */
  readonly value?: Typed;
}

/** Open spans in groups. */
export interface OpenGroupsResult extends OpenBase {
  readonly kind: "openGroups";
  /** Absent: each time it is printed, all records are read. */
  readonly running?: RunningSums;
  readonly keys: readonly OpenColumn[];
  readonly aggregates: readonly (ResultAggregate & { readonly value?: Typed })[];
  readonly top?: { readonly count: bigint; readonly by: number };
}

/** Open spans, one row each. */
export interface OpenRowsResult extends OpenBase {
  readonly kind: "openRows";
  readonly columns: readonly OpenColumn[];
}

export type OpenColumn = ResultColumn & { readonly value: Typed };
export type OpenResult = OpenGroupsResult | OpenRowsResult;

export type Result = GroupsResult | RowsResult | LineResult | OpenResult;

/** A provider that was not chosen: a probe, or another source by its name. */
export interface PassedOver {
  readonly point: string;
  readonly why: string;
}

/** The provider that was chosen for a source, and why the others were not. */
export interface Choice {
  readonly source: string;
  readonly point: ProbePoint;
  /** How the events that it counts differ from those of the alternatives. */
  readonly note?: string;
  /** The usual number of events per second on a busy machine. */
  readonly rate?: number;
  /** The fields that are used, and the value of each in this probe. */
  readonly fields: readonly { readonly name: string; readonly value: Typed }[];
  readonly passedOver: readonly PassedOver[];
}

/** A field that is derived from others, whichever probes are chosen: of a span, or of a source on top of another. */
export interface Derived {
  readonly source: string;
  readonly name: string;
  /** In terms of the fields of the span's sides, or of the underlying source. */
  readonly value: Typed;
}

/** A note for the reader of the result. */
export interface PlanNote {
  /** The source that it is about. */
  readonly source?: string;
  readonly text: string;
  /** The figures cannot be read right without it, so it is shown beside them. */
  readonly isOfFigures?: true;
  /** It says what is traced, so it is shown before the trace starts. */
  readonly isOfStart?: true;
}

/** The name of the map of the processes of the traced command. */
export const FOLLOWED = "followed";
/** The name of the map of the processes that become the traced command, and are not part of it before. */
export const STARTING = "starting";

/** The processes that are traced. */
export interface TracedProcess {
  readonly pid: number;
  /** Whether the processes that it starts are traced too. */
  readonly followed: boolean;
  /**
   * How many programs the process executes until it is the one to trace: it is a shell before, and only what that
   * starts is traced. By default none.
   */
  readonly execs?: number;
}

/**
 * How processes are numbered where the target is read from inside a PID namespace: the numbers of fields, of filters and
 * of the process that is traced are those of the namespace.
 */
export interface Numbering {
  /** The number of the namespace. */
  readonly inode: bigint;
  /** The number of the running process there; below zero, it is the kernel's number of a process outside. */
  readonly pid: Typed;
  /** The kernel's number of the running process. */
  readonly kernelPid: Typed;
}

/** A condition on control groups by name, and the groups that had such a name when the plan was made. */
export interface GroupTest {
  /** By what: `cgroup`, `container` or `pod`. */
  readonly of: string;
  readonly glob: Glob;
  readonly ids: readonly bigint[];
  /** Whether groups that come later are tested for too. */
  readonly isFollowed: boolean;
}

/** The members of a set of names that a definition has. */
export interface PlanNames {
  readonly kind: "enum" | "flags";
  readonly of: string;
  readonly members: readonly (readonly [name: string, value: bigint])[];
}

export interface Plan {
  readonly probes: readonly PlanProbe[];
  readonly states: readonly SpanState[];
  readonly results: readonly Result[];
  readonly choices: readonly Choice[];
  readonly derived: readonly Derived[];
  /** In nanoseconds. */
  readonly duration?: bigint;
  readonly process?: TracedProcess;
  readonly groupTests?: readonly GroupTest[];
  /** Absent: the numbers of processes are the kernel's own. */
  readonly numbering?: Numbering;
  /** Names that no kernel has, of numbers in results. */
  readonly names?: readonly PlanNames[];
  readonly notes: readonly PlanNote[];
  /** The maximum number of keys of each map. */
  readonly maxEntries: number;
  /** The maximum number of records of spans that are shown while they are open; absent: as of any map. */
  readonly openEntries?: number;
}
