/**
 * The part of a plan that is needed to read what its script printed and to show it: the results and what
 * spans keep, in the form in which a recording has them. Everything is checked, because a recording may come from anyone.
 */
import { AGGREGATE_NAMES } from "../aggregates/aggregates.js";
import type {
  GroupsResult,
  LineResult,
  OpenGroupsResult,
  OpenRowsResult,
  Plan,
  Result,
  ResultAggregate,
  ResultColumn,
  RowsResult,
  PlanNote,
  SpanState,
} from "../plan/plan.js";
import type { Glob, GlobByte } from "../semantics/expression/glob.js";
import type { Display, Typed } from "../semantics/typed.js";
import type { Type, Unit } from "../types/types.js";
import {
  asObject,
  big,
  index,
  join,
  list,
  object,
  oneOf,
  pair,
  ShapeError,
  text,
  truth,
  type Shape,
} from "./shape.js";

/** As a record, so that a new one is not forgotten here. */
const UNITS: Readonly<Record<Unit, true>> = {
  none: true,
  bytes: true,
  pages: true,
  duration: true,
  timestamp: true,
  load: true,
};
const unit: Shape<Unit> = oneOf(...(Object.keys(UNITS) as Unit[]));
const space = oneOf("kernel", "user");

const KINDS: Readonly<Record<string, Shape<unknown>>> = {
  number: object({ kind: text, unit, signed: truth }, { per: oneOf("second") }),
  bool: object({ kind: text }),
  string: object({ kind: text }),
  address: object({ kind: text }),
  symbol: object({ kind: text, space }),
  stack: object({ kind: text, space }),
  enum: object({ kind: text, of: text, signed: truth }),
  flags: object({ kind: text, of: text }),
  histogram: object({ kind: text, unit }),
  stats: object({ kind: text, unit }),
  bounds: object({ kind: text, unit }),
};

/** C's own types never are what a column is. */
const type: Shape<Type> = (value, at) => {
  const kind = asObject(value, at)["kind"];
  const shape = typeof kind === "string" && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (!shape) throw new ShapeError(join(at, "kind"), `one of ${Object.keys(KINDS).join(", ")}`);
  return shape(value, at) as Type;
};

const display: Shape<Display> = (value, at) => {
  const shown = object({ unit, spelling: text, factor: big })(value, at);
  if (shown.factor <= 0n) throw new ShapeError(join(at, "factor"), "more than 0");
  return shown;
};

const columnFields = { label: text, type } as const;
const column: Shape<ResultColumn> = object(columnFields, { display });

const fn = oneOf(...AGGREGATE_NAMES);
const range: Shape<NonNullable<ResultAggregate["range"]>> = (value, at) => {
  const given = object({ min: big, max: big, step: big })(value, at);
  if (given.step <= 0n || given.max < given.min) throw new ShapeError(at, "a range with steps");
  return given;
};
const aggregateFields = { ...columnFields, fn, map: text } as const;
const aggregate: Shape<ResultAggregate> = object(aggregateFields, { display, range, of: type });

// ---------------------------------------------------------------- expressions

/** Deeper than any expression of a query. */
const DEEPEST = 100;

const globByte: Shape<GlobByte> = (value, at) => {
  switch (asObject(value, at)["kind"]) {
    case "any":
      return { kind: "any" };
    case "byte":
      return { kind: "byte", value: object({ value: index })(value, at).value };
    default:
      return { kind: "class", ...object({ negated: truth, ranges: list(pair(index, index)) })(value, at) };
  }
};
const glob: Shape<Glob> = object({ text, pieces: list(list(globByte)) });

const arithmetic = oneOf("+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^");
const comparison = oneOf("==", "!=", "<", "<=", ">", ">=");

/** Only those that can be evaluated outside the kernel: see `evaluate.ts`. */
function expressions(depth: number): Readonly<Record<string, Fields>> {
  const part: Shape<Typed> = (value, at) => expression(value, at, depth + 1);
  return {
    integer: { value: big },
    string: { value: text },
    state: { state: text, field: text, key: list(part) },
    local: { name: text },
    arithmetic: { operator: arithmetic, left: part, right: part },
    compare: { operator: comparison, left: part, right: part },
    logic: { operator: oneOf("and", "or"), operands: list(part) },
    negate: { operand: part },
    complement: { operand: part },
    not: { operand: part },
    glob: { subject: part, glob },
    hasBits: { subject: part, mask: big, names: list(text) },
    choose: { condition: part, then: part, otherwise: part },
  };
}

type Fields = Readonly<Record<string, Shape<unknown>>>;

function expression(value: unknown, at: string, depth: number): Typed {
  if (depth > DEEPEST) throw new ShapeError(at, `nested at most ${DEEPEST} deep`);
  const { op } = object({ op: text })(value, at);
  const known = expressions(depth);
  if (!Object.hasOwn(known, op))
    throw new ShapeError(join(at, "op"), `one of ${Object.keys(known).join(", ")}`);
  return object({ op: text, type, ...known[op] })(value, at) as unknown as Typed;
}

const typed: Shape<Typed> = (value, at) => expression(value, at, 0);

// ---------------------------------------------------------------- results

const base = { kind: text, query: text } as const;
const baseOptional = { doc: text, every: big } as const;
const top = object({ count: big, by: index });

const groups: Shape<GroupsResult> = (value, at) =>
  object({ ...base, keys: list(column), aggregates: list(aggregate) }, { ...baseOptional, top })(
    value,
    at,
  ) as unknown as GroupsResult;
const rows: Shape<RowsResult> = (value, at) =>
  object({ ...base, columns: list(column) }, { ...baseOptional, limit: big })(
    value,
    at,
  ) as unknown as RowsResult;
const line: Shape<LineResult> = (value, at) =>
  object({ ...base, every: big, aggregates: list(aggregate) }, { doc: text, header: big })(
    value,
    at,
  ) as unknown as LineResult;
const valued = object({ ...columnFields, value: typed }, { display });
const openGroups: Shape<OpenGroupsResult> = (value, at) =>
  object(
    {
      ...base,
      state: text,
      keys: list(valued),
      aggregates: list(object(aggregateFields, { display, range, of: type, value: typed })),
    },
    { ...baseOptional, condition: typed, top },
  )(value, at) as unknown as OpenGroupsResult;
const openRows: Shape<OpenRowsResult> = (value, at) =>
  object({ ...base, state: text, columns: list(valued) }, { ...baseOptional, condition: typed })(
    value,
    at,
  ) as unknown as OpenRowsResult;

const RESULTS = { groups, rows, line, openGroups, openRows } as const;

const result: Shape<Result> = (value, at) => {
  const kind = oneOf(
    "groups",
    "rows",
    "line",
    "openGroups",
    "openRows",
  )(asObject(value, at)["kind"], join(at, "kind"));
  const found: Result = { ...RESULTS[kind](value, at), asked: [] };
  if (
    "top" in found &&
    found.top &&
    "by" in found.top &&
    found.aggregates.length > 0 &&
    !found.aggregates[found.top.by]
  )
    throw new ShapeError(join(at, "top.by"), "the place of an aggregate");
  return found;
};

const state: Shape<SpanState> = object({
  name: text,
  span: text,
  key: list(object({ name: text, type })),
  fields: list(object({ name: text, type })),
});
const note: Shape<PlanNote> = object({ text }, { source: text });

const process_ = object({ pid: index, followed: truth });

/** The rest of a recorded plan (probes, choices, what was asked) is for who reads the file; it is left out here. */
export const recordedPlan: Shape<Plan> = (value, at) => {
  const plan = object(
    { results: list(result), states: list(state), notes: list(note), maxEntries: index },
    { duration: big, process: process_ },
  )(value, at);
  return { ...plan, probes: [], choices: [], derived: [] } as Plan;
};
