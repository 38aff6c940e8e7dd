/**
 * The plan: a query as probes, maps and results, free of any tracer. Both the back ends and the
 * explanation read it; it is plain data.
 */
import type { AggregateFunction } from "../aggregates/aggregates.js";
import type { Range } from "../aggregates/histograms.js";
import type { Display, ProbePoint, Typed } from "../semantics/typed.js";
import type { Type } from "../semantics/types/types.js";

/** What a probe does when its filter lets an event through, in order. */
export type Step =
  | { readonly do: "let"; readonly name: string; readonly value: Typed }
  /** `purpose`: what this part of a probe is there for, where others share it. */
  | {
      readonly do: "when";
      readonly all: readonly Typed[];
      readonly then: readonly Step[];
      readonly purpose?: string;
    }
  /** `begins`: its entry in the map says that a span is open. */
  | {
      readonly do: "store";
      readonly map: string;
      readonly key: readonly Typed[];
      readonly value: Typed;
      readonly begins?: true;
    }
  | { readonly do: "remove"; readonly map: string; readonly key: readonly Typed[] }
  /** Adds the event to one aggregate (by position) of a result. */
  | {
      readonly do: "aggregate";
      readonly result: number;
      readonly aggregate: number;
      readonly key: readonly Typed[];
      readonly value?: Typed;
    }
  /** Sends one line of a result. */
  | { readonly do: "emit"; readonly result: number; readonly values: readonly Typed[] };

export interface PlanProbe {
  readonly point: ProbePoint;
  /** What it is there for, in a few words: a comment in the script. */
  readonly purpose: string;
  /** Tested before anything else is done, cheapest first. */
  readonly filter: readonly Typed[];
  readonly steps: readonly Step[];
  /** The kernel does it in any process: which one runs says nothing, so nothing may be narrowed to it. */
  readonly unattributed?: true;
}

/** A map that carries state from one probe to another; it is cleared, not shown, at the end. */
export interface StateMap {
  readonly name: string;
  readonly key: readonly Type[];
  readonly value: Type;
  /** What an entry is: "when each direct_reclaim began, by tid". */
  readonly purpose: string;
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

interface ResultBase {
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
 * What is open when it is printed: the entries of a span's state maps, aggregated or one by one.
 * The expressions read an entry through `state` with the single key `{ op: "local", name: "entry" }`.
 */
export interface OpenResult extends ResultBase {
  readonly kind: "open";
  /** The state map that has an entry for each open span: when it began. */
  readonly entries: string;
  readonly condition?: Typed;
  readonly keys: readonly (ResultColumn & { readonly value: Typed })[];
  readonly aggregates: readonly (ResultAggregate & { readonly value?: Typed })[];
  /** For `show`: the columns of each entry; then `aggregates` is empty. */
  readonly columns: readonly (ResultColumn & { readonly value: Typed })[];
  readonly top?: { readonly count: bigint; readonly by: number };
}

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

export interface Plan {
  readonly probes: readonly PlanProbe[];
  readonly states: readonly StateMap[];
  readonly results: readonly Result[];
  readonly choices: readonly Choice[];
  readonly derived: readonly Derived[];
  /** In nanoseconds. */
  readonly duration?: bigint;
  /** Only this process (and with `followed`, those it starts). */
  readonly process?: { readonly pid: number; readonly followed: boolean };
  /** What a reader should know about the result. */
  readonly notes: readonly string[];
  /** How many keys each map may have. */
  readonly maxEntries: number;
}
