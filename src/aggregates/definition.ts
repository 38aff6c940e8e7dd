/** What is said of an aggregate apart from a tracer. */
import type { Type } from "../types/types.js";
import type { Unit } from "../types/units.js";
import type { Range } from "./histograms.js";
import type { Shape } from "./shapes.js";
import type { AggregateValue, KeptValue } from "./values.js";

export interface AggregateDefinition {
  /** What stands between its parentheses. */
  readonly takes: "nothing" | "value" | "value or nothing" | "anything" | "value and range";
  /** What its values look like: all that a view knows of it. */
  readonly shape: Shape;
  /** Of the result, by that of the value; without one `none`, unsigned. */
  typeOf(value: { readonly unit: Unit; readonly signed: boolean }): Type;
  /** How a tracer keeps it, where that is not how it is shown. */
  readonly keptAs?: "values" | "fine buckets";
  /** It is by time, so that what is open at a moment has none. */
  readonly isByTime?: true;
  /** Whether the values of several groups, or of several intervals, add up to that of all of them. */
  readonly isAdditive: boolean;
  /** Several intervals have no value together: the last one counts. */
  readonly isOfOneInterval?: true;
  /** What it is of running sums, from which events can be taken off again; absent where that is impossible. */
  readonly ofSums?: "count" | "sum" | "mean";
  /** What its magnitude is a number of: see `shapes.ts`. */
  readonly magnitudeIs: "events" | "values";
  /** Of no events at all; null where that is nothing. */
  readonly empty: AggregateValue;
  /** Two values put together, neither of which is null. Undefined: these two cannot be. */
  merge(a: KeptValue, b: KeptValue): KeptValue | undefined;
  /**
   * What is shown of what a tracer keeps, where that is something else. `seconds`: in which it was counted, where that
   * is known.
   */
  finish?(kept: KeptValue, seconds: number | undefined): AggregateValue;
  /** What a tracer would have kept of these values. */
  compute(values: readonly bigint[], range: Range | undefined): KeptValue;
  /** How many events a kept value is of; absent where it does not say. */
  events?(kept: KeptValue): number;
  readonly words: AggregateWords;
}

export interface AggregateWords {
  /** For `faultline help aggregates`. */
  readonly help: string;
  /** With what it does to the values: "sums". */
  readonly verb: string;
  /** And where there is no value. */
  readonly verbAlone?: string;
  /** With what its result is called: "the sum of". */
  readonly noun: string;
  readonly nounAlone?: string;
  /** Behind the value: "in powers of two". How exact the result is, where that is a question. */
  readonly how?: string;
  /** What an entry of its map holds. */
  readonly keeps: string;
}
