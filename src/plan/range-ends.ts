/**
 * The ends of spans that are ranges. An end takes its range from the spans that are open: whole ones, the start of one,
 * or the end of one. Records are found by where they start, and by a second state, the limits, by where they end; what
 * an end takes out of the middle of a span is found by neither, and is counted.
 */
import {
  arithmeticOf,
  choiceOf,
  comparisonOf,
  integer,
  logic,
  wordOf,
} from "../semantics/expression/fold.js";
import type { SpanRange, Typed } from "../semantics/typed.js";
import { isSigned, UNSIGNED } from "../types/types.js";
import type { SpanState, StateKey, Step } from "./plan.js";
import type { Environment } from "./environment.js";

/** The records of a span, and what is done to them. */
export interface RangeRecords {
  /** The name of the span. */
  readonly span: string;
  /** The name of their state. */
  readonly state: string;
  /** How far the range of a record goes. */
  size(key: readonly Typed[]): Typed;
  /** Takes a record off the running sums: it ends, or is replaced. */
  takeOff(key: readonly Typed[]): readonly Step[];
  /** A span has ended as a whole. */
  end(key: readonly Typed[]): readonly Step[];
  /** A span goes on as another range: replaces its record, under the same key or another one. */
  replace(from: readonly Typed[], to: readonly Typed[], range: AddressRange): readonly Step[];
}

export interface AddressRange {
  readonly start: Typed;
  readonly size: Typed;
}

const NONE = integer(0n, UNSIGNED);

export class RangeLimits {
  /** `name`: of the state of the limits; `keys`: those of the span. */
  constructor(
    readonly name: string,
    private readonly range: SpanRange,
    private readonly keys: readonly string[],
  ) {}

  /** The state that says where the span starts that ends at a limit. */
  stateOf(span: string, key: readonly StateKey[]): SpanState {
    return {
      name: this.name,
      span,
      key: key.map((each) => (each.name === this.range.start ? { ...each, name: "limit" } : each)),
      fields: [{ name: this.range.start, type: UNSIGNED, isTime: true }],
    };
  }

  private get place(): number {
    return this.keys.indexOf(this.range.start);
  }

  startOf(key: readonly Typed[]): Typed {
    const start = key[this.place];
    if (!start) throw new Error(`the key has no ${this.range.start}`);
    return unsigned(start);
  }

  /** The same key for another start. */
  at(key: readonly Typed[], start: Typed): readonly Typed[] {
    return key.map((each, i) => (i === this.place ? { ...start, type: each.type } : each));
  }

  /** Stores the limit of a span that begins. */
  begin(span: string, key: readonly Typed[], begin: Environment): readonly Step[] {
    const start = this.startOf(key);
    const size = unsigned(begin({ op: "field", name: this.range.size, type: UNSIGNED }));
    const limit: Typed = { op: "local", name: `${span}_limit`, type: UNSIGNED };
    return [setting(limit, sum(start, size)), this.store(key, limit, start)];
  }

  private store(key: readonly Typed[], limit: Typed, start: Typed): Step {
    return { do: "store", state: this.name, key: this.at(key, limit), values: [start] };
  }

  private remove(key: readonly Typed[], limit: Typed): Step {
    return { do: "remove", state: this.name, key: this.at(key, limit) };
  }

  /** Takes the range of an end from the spans that are open. */
  end(key: readonly Typed[], end: Environment, records: RangeRecords): readonly Step[] {
    const field = (name: string): Typed => unsigned(end({ op: "field", name, type: UNSIGNED }));
    const local = (name: string): Typed => ({
      op: "local",
      name: `${records.span}_${name}`,
      type: UNSIGNED,
    });
    const [start, limit, length] = [local("start"), local("limit"), local("length")];
    const [size, before, rest, tail] = [local("size"), local("before"), local("rest"), local("tail")];
    const [head, taken, present, stop] = [local("head"), local("taken"), local("present"), local("stop")];
    const whole = this.at(key, start);
    const earlier = this.at(key, before);
    // The span that ends where the range does, if it does not start there too.
    const isTail = logic("and", [
      comparisonOf("!=", before, NONE),
      comparisonOf("!=", before, start),
      comparisonOf("==", rest, difference(limit, before)),
    ]);
    const inTail = choiceOf(comparisonOf("<", start, before), rest, length, UNSIGNED);
    const inHead = choiceOf(comparisonOf("<", size, length), size, length, UNSIGNED);
    const all = this.range.present === undefined ? length : present;
    return [
      setting(start, this.startOf(key)),
      setting(length, field(this.range.size)),
      ...(this.range.present === undefined ? [] : [setting(present, field(this.range.present))]),
      setting(limit, sum(start, length)),
      setting(size, unsigned(records.size(whole))),
      setting(before, {
        op: "state",
        state: this.name,
        field: this.range.start,
        key: this.at(key, limit),
        type: UNSIGNED,
      }),
      setting(rest, unsigned(records.size(earlier))),
      setting(tail, choiceOf(isTail, inTail, NONE, UNSIGNED)),
      setting(head, inHead),
      setting(taken, sum(head, tail)),
      when(comparisonOf("<", taken, all), [
        { do: "unmatched", state: records.state, value: difference(all, taken) },
      ]),
      when(comparisonOf("!=", tail, NONE), [
        this.remove(key, limit),
        ...records.takeOff(earlier),
        when(comparisonOf("<", start, before), records.end(earlier)),
        when(comparisonOf("<", before, start), [
          ...records.replace(earlier, earlier, { start: before, size: difference(start, before) }),
          this.store(key, start, before),
        ]),
      ]),
      when(comparisonOf("!=", size, NONE), [
        setting(stop, sum(start, size)),
        this.remove(key, stop),
        ...records.takeOff(whole),
        when(comparisonOf("<=", size, length), records.end(whole)),
        when(comparisonOf("<", length, size), [
          ...records.replace(whole, this.at(key, limit), { start: limit, size: difference(size, length) }),
          this.store(key, stop, limit),
        ]),
      ]),
    ];
  }
}

function setting(local: Typed, value: Typed): Step {
  if (local.op !== "local") throw new Error("only a local value is set");
  return { do: "let", name: local.name, value };
}

function when(test: Typed, then: readonly Step[]): Step {
  return { do: "when", all: [test], then };
}

function sum(left: Typed, right: Typed): Typed {
  return arithmeticOf("+", left, right, UNSIGNED);
}

function difference(left: Typed, right: Typed): Typed {
  return arithmeticOf("-", left, right, UNSIGNED);
}

/** A value that is not below zero as one of the type that all of these have. */
function unsigned(value: Typed): Typed {
  const isHeldSigned = isSigned(value) || (value.op === "tracepointArgument" && value.field.signed);
  return isHeldSigned ? wordOf(value, UNSIGNED) : { ...value, type: UNSIGNED };
}
