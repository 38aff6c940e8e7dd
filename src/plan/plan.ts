/**
 * The plan: a query as probes, maps and results, free of any tracer. Both the back ends and the
 * explanation read it; it is plain data.
 */
import type { AggregateFunction } from "../aggregates/aggregates.js";
import type { Range } from "../aggregates/histograms.js";
import type { Display, ProbePoint, Typed } from "../semantics/typed.js";
import type { Type } from "../types/types.js";

/** What is done at the probes of a source, in a few words. */
export interface Task {
  readonly does: string;
  /** The source that it is done for, where nobody need be told. */
  readonly about?: string;
}

/** What a part of a probe is there for: a task, at the events of a source. */
export interface Purpose extends Task {
  readonly source: string;
}

/** One aggregate of a result, by its position, and what is added to it; `count()` has no value. */
export interface AggregateUpdate {
  readonly aggregate: number;
  readonly value?: Typed;
}

/** What a probe does when its filter lets an event through, in order. */
export type Step =
  | { readonly do: "let"; readonly name: string; readonly value: Typed }
  /** `purposes`: what this part of a probe is there for, where others share it. */
  | {
      readonly do: "when";
      readonly all: readonly Typed[];
      readonly then: readonly Step[];
      readonly purposes?: readonly Purpose[];
    }
  /** A span begins: its record is kept, a value for each field of the state, in their order. */
  | {
      readonly do: "store";
      readonly state: string;
      readonly key: readonly Typed[];
      readonly values: readonly Typed[];
    }
  /** Adds to a sum of a span that is open. */
  | {
      readonly do: "add";
      readonly state: string;
      readonly key: readonly Typed[];
      readonly field: string;
      readonly value: Typed;
    }
  /** A span has ended: its record is taken out. */
  | { readonly do: "remove"; readonly state: string; readonly key: readonly Typed[] }
  /** Adds the event to aggregates of one result. */
  | {
      readonly do: "aggregate";
      readonly result: number;
      readonly key: readonly Typed[];
      readonly updates: readonly AggregateUpdate[];
    }
  /** Sends one line of a result. */
  | { readonly do: "emit"; readonly result: number; readonly values: readonly Typed[] };

export interface PlanProbe {
  readonly point: ProbePoint;
  /** What its parts are there for. */
  readonly purposes: readonly Purpose[];
  /** Tested before anything else is done, cheapest first. */
  readonly filter: readonly Typed[];
  readonly steps: readonly Step[];
  /** The kernel does it in any process: which one runs says nothing, so nothing may be narrowed to it. */
  readonly unattributed?: true;
}

/** What a span keeps from its begin to its end: one record for each that is open. It is cleared, not shown, at the end. */
export interface SpanState {
  /** Of the map. */
  readonly name: string;
  /** The source. */
  readonly span: string;
  /** What tells those that are open apart. */
  readonly key: readonly StateKey[];
  /** May be none: then the record says only that the span has begun. */
  readonly fields: readonly StateField[];
}

export interface StateKey {
  readonly name: string;
  readonly type: Type;
}

export interface StateField {
  readonly name: string;
  readonly type: Type;
  /** Added up while the span is open; else it is of the begin. */
  readonly isSum?: true;
  /** When the span began, which is never 0. */
  readonly isTime?: true;
}

export interface ResultColumn {
  readonly label: string;
  readonly type: Type;
  readonly display?: Display;
}

export interface ResultAggregate extends ResultColumn {
  readonly fn: AggregateFunction;
  /** The name of the map that holds it, without sigil. */
  readonly map: string;
  readonly range?: Range;
  /** What its values are, where they are kept. */
  readonly of?: Type;
}

/** What was asked, in the query's own terms: its expressions name fields, which those of the probes do not. */
export interface Asked {
  readonly source: string;
  /** What the source's definition says of it. */
  readonly doc?: string;
  readonly condition?: Typed;
  /** One a key, or one a shown column. */
  readonly columns: readonly Typed[];
  /** One an aggregate; `count()` has none. */
  readonly values: readonly (Typed | undefined)[];
}

export interface ResultBase {
  /** The query, on one line. */
  readonly query: string;
  /** One; of a line, one for each of its aggregates. */
  readonly asked: readonly Asked[];
  readonly doc?: string;
  /** In nanoseconds: printed (and cleared) this often; absent: once, at the end. */
  readonly every?: bigint;
}

/** Groups: keys and aggregates. */
export interface GroupsResult extends ResultBase {
  readonly kind: "groups";
  readonly keys: readonly ResultColumn[];
  readonly aggregates: readonly ResultAggregate[];
  /** `by` is the position of the aggregate that ranks. */
  readonly top?: { readonly count: bigint; readonly by: number };
}

/** A stream: a line an event. */
export interface RowsResult extends ResultBase {
  readonly kind: "rows";
  readonly columns: readonly ResultColumn[];
  /** Ends the trace after so many lines. */
  readonly limit?: bigint;
}

/** One line an interval: one aggregate a column, without keys. */
export interface LineResult extends ResultBase {
  readonly kind: "line";
  readonly every: bigint;
  /** The column names are repeated after so many lines. */
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

/** What is open, in groups. */
export interface OpenGroupsResult extends OpenBase {
  readonly kind: "openGroups";
  readonly keys: readonly OpenColumn[];
  readonly aggregates: readonly (ResultAggregate & { readonly value?: Typed })[];
  readonly top?: { readonly count: bigint; readonly by: number };
}

/** What is open, a line each. */
export interface OpenRowsResult extends OpenBase {
  readonly kind: "openRows";
  readonly columns: readonly OpenColumn[];
}

export type OpenColumn = ResultColumn & { readonly value: Typed };
export type OpenResult = OpenGroupsResult | OpenRowsResult;

export type Result = GroupsResult | RowsResult | LineResult | OpenResult;

/** A provider that was not taken: a probe, or another source by its name. */
export interface PassedOver {
  readonly point: string;
  readonly why: string;
}

/** Which provider was taken for a source, and why the others were not. */
export interface Choice {
  readonly source: string;
  readonly point: ProbePoint;
  /** How what it counts differs from the alternatives. */
  readonly note?: string;
  /** What an event costs, measured in emulated guests: to compare, not to add up. */
  readonly nanoseconds: number;
  /** How many events a second are usual on a busy machine. */
  readonly rate?: number;
  /** The fields that are used, and what each is in this probe. */
  readonly fields: readonly { readonly name: string; readonly value: Typed }[];
  readonly passedOver: readonly PassedOver[];
}

/** A field that is worked out from others, whichever probes are taken: of a span, or of a source on top of another. */
export interface Derived {
  readonly source: string;
  readonly name: string;
  /** In the fields of the span's sides, or of the source below. */
  readonly value: Typed;
}

/** What a reader should know about the result. */
export interface PlanNote {
  /** The source that it is about. */
  readonly source?: string;
  readonly text: string;
}

/** The name of the map that has the processes of the traced command. */
export const FOLLOWED = "followed";

export interface Plan {
  readonly probes: readonly PlanProbe[];
  readonly states: readonly SpanState[];
  readonly results: readonly Result[];
  readonly choices: readonly Choice[];
  readonly derived: readonly Derived[];
  /** In nanoseconds. */
  readonly duration?: bigint;
  /** Only this process (and with `followed`, those it starts). */
  readonly process?: { readonly pid: number; readonly followed: boolean };
  readonly notes: readonly PlanNote[];
  /** How many keys each map may have. */
  readonly maxEntries: number;
}
