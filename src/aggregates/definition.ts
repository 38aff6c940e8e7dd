/** The definition of an aggregate, independent of any tracer. */
import type { Type } from "../types/types.js";
import type { Unit } from "../types/units.js";
import type { Range } from "./histograms.js";
import type { Shape } from "./shapes.js";
import type { AggregateValue, KeptValue } from "./values.js";

export interface AggregateDefinition {
  /** The arguments it takes. */
  readonly takes: "nothing" | "value" | "value or nothing" | "anything" | "value and range";
  /** The shape of its values, which is all that a view knows of it. */
  readonly shape: Shape;
  /** The type of the result, for that of the argument; without one the argument is `none`, unsigned. */
  typeOf(value: { readonly unit: Unit; readonly signed: boolean }): Type;
  /** How a tracer keeps it, if that is not how it is shown. */
  readonly keptAs?: "values" | "fine buckets";
  /** It is per time, so it does not apply to what is open at a moment. */
  readonly isByTime?: true;
  /** Whether the values of several groups or intervals add up to the value of all of them. */
  readonly isAdditive: boolean;
  /** Intervals cannot be combined: the last one counts. */
  readonly isOfOneInterval?: true;
  /** How it is computed from running sums, from which events can be subtracted; absent if that is impossible. */
  readonly ofSums?: "count" | "sum" | "mean";
  /** The meaning of its magnitude: see `shapes.ts`. */
  readonly magnitudeIs: "events" | "values";
  /** The value without any events; null if there is none. */
  readonly empty: AggregateValue;
  /** Combines two values, neither of which is null; returns undefined if that is not possible. */
  merge(a: KeptValue, b: KeptValue): KeptValue | undefined;
  /** Returns the value to show, if a tracer keeps something else. `seconds` is the time in which it was counted, if known. */
  finish?(kept: KeptValue, seconds: number | undefined): AggregateValue;
  /** Returns what a tracer would have kept for these values. */
  compute(values: readonly bigint[], range: Range | undefined): KeptValue;
  /** Returns the number of events of a kept value; absent if the value does not contain it. */
  events?(kept: KeptValue): number;
  readonly words: AggregateWords;
}

export interface AggregateWords {
  /** For `faultline help aggregates`. */
  readonly help: string;
  /** What it does with the values: "sums". */
  readonly verb: string;
  /** The same without an argument. */
  readonly verbAlone?: string;
  /** What its result is called: "the sum of". */
  readonly noun: string;
  readonly nounAlone?: string;
  /** Words after the value, on the precision of the result: "in powers of two". */
  readonly how?: string;
  /** What an entry of its map holds. */
  readonly keeps: string;
}
