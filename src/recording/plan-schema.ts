/**
 * The part of a plan that is needed to read what its script printed and to show it: the results and what
 * spans keep, in the form in which a recording has them. Everything is checked, because a recording may come from anyone.
 */
import * as v from "valibot";
import { AGGREGATE_NAMES } from "../aggregates/aggregates.js";
import type { Range } from "../aggregates/histograms.js";
import { count } from "../files/checked-data.js";
import type { Plan, Result } from "../plan/plan.js";
import type { Glob } from "../semantics/expression/glob.js";
import type { Display, Typed } from "../semantics/typed.js";
import type { Type } from "../types/types.js";
import { UNIT_NAMES } from "../types/unit-spellings.js";

const text = v.string();
const truth = v.boolean();
const big = v.bigint();
const moreThan0 = v.pipe(big, v.minValue(1n, "is not more than 0"));

/** Longer lists are no plan. */
const LONGEST = 100_000;

export function list<const S extends v.GenericSchema>(of: S) {
  return v.pipe(v.array(of), v.maxLength(LONGEST, `is longer than ${LONGEST}`));
}

const unit = v.picklist(UNIT_NAMES);
const space = v.picklist(["kernel", "user"]);

/** C's own types never are what a column is. */
const type: v.GenericSchema<unknown, Type> = v.variant("kind", [
  v.object({
    kind: v.literal("number"),
    unit,
    signed: truth,
    per: v.exactOptional(v.literal("second")),
  }),
  v.object({ kind: v.literal("bool") }),
  v.object({
    kind: v.literal("string"),
    most: v.exactOptional(count),
    isInet: v.exactOptional(v.literal(true)),
  }),
  v.object({ kind: v.literal("address"), isCaller: v.exactOptional(v.literal(true)) }),
  v.object({ kind: v.literal("symbol"), space }),
  v.object({ kind: v.literal("stack"), space, depth: v.exactOptional(count) }),
  v.object({ kind: v.literal("enum"), of: text, signed: truth }),
  v.object({ kind: v.literal("flags"), of: text }),
  v.object({ kind: v.literal("histogram"), unit }),
  v.object({ kind: v.literal("stats"), unit }),
  v.object({ kind: v.literal("bounds"), unit }),
]);

const display: v.GenericSchema<unknown, Display> = v.object({ unit, spelling: text, factor: moreThan0 });

const range: v.GenericSchema<unknown, Range> = v.pipe(
  v.object({ min: big, max: big, step: moreThan0 }),
  v.check(({ min, max }) => min <= max, "is a range that ends before it begins"),
);

const columnEntries = {
  label: text,
  type,
  display: v.exactOptional(display),
  callerOf: v.exactOptional(count),
};
const column = v.object(columnEntries);
const aggregateEntries = {
  ...columnEntries,
  fn: v.picklist(AGGREGATE_NAMES),
  map: text,
  range: v.exactOptional(range),
  of: v.exactOptional(type),
};
const aggregate = v.object(aggregateEntries);

// ---------------------------------------------------------------- expressions

/** Deeper than any expression of a query. A file that goes on would otherwise use up the stack. */
const DEEPEST = 100;

const glob: v.GenericSchema<unknown, Glob> = v.object({
  text,
  pieces: list(
    list(
      v.variant("kind", [
        v.object({ kind: v.literal("any") }),
        v.object({ kind: v.literal("byte"), value: count }),
        v.object({
          kind: v.literal("class"),
          negated: truth,
          ranges: list(v.strictTuple([count, count])),
        }),
      ]),
    ),
  ),
});

const tooDeep = v.never(`is nested more than ${DEEPEST} deep`);

/** By how deep it stands; made when data is so deep. */
const expressions: v.GenericSchema<unknown, Typed>[] = [];

function expressionAt(depth: number): v.GenericSchema<unknown, Typed> {
  return (expressions[depth] ??= depth > DEEPEST ? tooDeep : expression(depth));
}

/** Only those that can be evaluated outside the kernel: see `evaluate.ts`. */
function expression(depth: number): v.GenericSchema<unknown, Typed> {
  const part = v.lazy(() => expressionAt(depth + 1));
  return v.variant("op", [
    v.object({ op: v.literal("integer"), type, value: big }),
    v.object({ op: v.literal("string"), type, value: text }),
    v.object({ op: v.literal("state"), type, state: text, field: text, key: list(part) }),
    v.object({ op: v.literal("local"), type, name: text }),
    v.object({
      op: v.literal("arithmetic"),
      type,
      operator: v.picklist(["+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^"]),
      left: part,
      right: part,
    }),
    v.object({
      op: v.literal("compare"),
      type,
      operator: v.picklist(["==", "!=", "<", "<=", ">", ">="]),
      left: part,
      right: part,
    }),
    v.object({ op: v.literal("logic"), type, operator: v.picklist(["and", "or"]), operands: list(part) }),
    v.object({ op: v.literal("negate"), type, operand: part }),
    v.object({ op: v.literal("complement"), type, operand: part }),
    v.object({ op: v.literal("not"), type, operand: part }),
    v.object({ op: v.literal("glob"), type, subject: part, glob }),
    v.object({ op: v.literal("hasBits"), type, subject: part, mask: big, names: list(text) }),
    v.object({ op: v.literal("choose"), type, condition: part, then: part, otherwise: part }),
  ]);
}

const typed = expressionAt(0);

// ---------------------------------------------------------------- results

const base = { query: text, doc: v.exactOptional(text), sample: v.exactOptional(moreThan0) };
const timed = { ...base, every: v.exactOptional(big) };
const top = v.object({ count: big, by: count });
const opened = { ...timed, state: text, condition: v.exactOptional(typed) };
const openColumns = list(v.object({ ...columnEntries, value: typed }));

const running = v.object({
  sums: list(v.object({ map: text, value: v.exactOptional(typed) })),
  of: list(count),
  owner: v.exactOptional(v.object({ state: text, id: typed, number: typed })),
  age: v.exactOptional(v.object({ least: big, step: moreThan0, readEvery: moreThan0, begun: typed })),
});

interface Ranked {
  readonly top?: { readonly by: number };
  readonly aggregates: readonly unknown[];
}

function ranksByAnAggregate({ top, aggregates }: Ranked): boolean {
  return top === undefined || aggregates.length === 0 || top.by < aggregates.length;
}
const NO_RANK = "is not the place of an aggregate";

const result: v.GenericSchema<unknown, Result> = v.pipe(
  v.variant("kind", [
    v.pipe(
      v.object({
        ...timed,
        kind: v.literal("groups"),
        keys: list(column),
        aggregates: list(aggregate),
        top: v.exactOptional(top),
      }),
      v.forward(
        v.check((found) => ranksByAnAggregate(found), NO_RANK),
        ["top", "by"],
      ),
    ),
    v.object({
      ...timed,
      kind: v.literal("rows"),
      columns: list(column),
      limit: v.exactOptional(big),
    }),
    v.object({
      ...base,
      kind: v.literal("line"),
      every: big,
      aggregates: list(aggregate),
      header: v.exactOptional(big),
    }),
    v.pipe(
      v.object({
        ...opened,
        kind: v.literal("openGroups"),
        running: v.exactOptional(running),
        keys: openColumns,
        aggregates: list(v.object({ ...aggregateEntries, value: v.exactOptional(typed) })),
        top: v.exactOptional(top),
      }),
      v.forward(
        v.check((found) => ranksByAnAggregate(found), NO_RANK),
        ["top", "by"],
      ),
    ),
    v.object({ ...opened, kind: v.literal("openRows"), columns: openColumns }),
  ]),
  // What was asked is for who reads the file, as the rest of the plan below is.
  v.transform((found) => ({ ...found, asked: [] })),
);

const named = list(v.object({ name: text, type }));

/** The rest of a recorded plan (probes, choices, what was asked) is for who reads the file; it is left out here. */
export const recordedPlan: v.GenericSchema<unknown, Plan> = v.pipe(
  v.object({
    results: list(result),
    states: list(v.object({ name: text, span: text, key: named, fields: named })),
    notes: list(
      v.object({
        text,
        source: v.exactOptional(text),
        isOfFigures: v.exactOptional(v.literal(true)),
        isOfStart: v.exactOptional(v.literal(true)),
      }),
    ),
    maxEntries: count,
    openEntries: v.exactOptional(count),
    duration: v.exactOptional(big),
    process: v.exactOptional(v.object({ pid: count, followed: truth, execs: v.exactOptional(count) })),
  }),
  v.transform((plan) => ({ ...plan, probes: [], choices: [], derived: [] })),
);
