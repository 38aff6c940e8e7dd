/** Plans spans that are shown while they are open: their records, and the ends of the processes that they belong to. */
import { EXEC, THREAD_EXIT } from "../semantics/source/span-owner.js";
import { arithmeticOf, comparisonOf, integer, opposite } from "../semantics/expression/fold.js";
import type { SpanOwner, Typed } from "../semantics/typed.js";
import { BOOL, DURATION, INT, numberOf, UNSIGNED } from "../types/types.js";
import { fieldNames } from "./needs.js";
import type { ChangeStep, Step } from "./plan.js";
import type { Environment } from "./environment.js";
import type { Planner } from "./planner.js";
import { ENTRY, NOW, NOW_LOCAL } from "./running.js";
import { bare, endFields, planEnd, UsedState, type SpanSource } from "./spans.js";
import { substitute } from "./substitute.js";
import { append } from "../lists.js";

/** The name of the state of a span that is read while it is open, and the values of its fields in one entry. */
export interface OpenSpan {
  readonly state: string;
  readonly environment: Environment;
  readonly owner?: { readonly state: string; readonly id: Typed; readonly number: Typed };
  /** When the span began, in steps; only for running sums by age. */
  readonly begun?: Typed;
  /** What is added up, for running sums. */
  readonly sums: readonly Typed[];
}

/** Running sums that follow the records: `step` is the unit of the times of begins, if those matter. */
export interface Followed {
  readonly result: number;
  readonly step: bigint | undefined;
  /** What is added up, in fields of the source. */
  readonly sums: readonly Typed[];
}

/** Plans a span whose records are read while it is open. */
export function openSpan(
  planner: Planner,
  source: SpanSource,
  needed: readonly Typed[],
  early: readonly Typed[],
  followed: Followed | undefined,
): OpenSpan {
  const state = new UsedState(planner, source);
  const environment: Environment = (field) => {
    if (field.name === "age") return arithmeticOf("-", NOW_LOCAL, state.started([ENTRY]), DURATION);
    return state.read(field, [ENTRY]);
  };
  const sums = (followed?.sums ?? []).map((value, i) => recordSum(state, value, i));
  // Read all of them once, so that the begin records what the result will read.
  for (const value of needed.filter((n) => !early.includes(n))) readAll(value, environment, early);
  const begun = followed?.step === undefined ? undefined : recordStep(state, followed.step);
  const owner =
    source.owner && source.keys.length > 1 ? recordOwner(planner, state, source.owner) : undefined;
  const change = (key: readonly Typed[], by: ChangeStep["by"]): readonly ChangeStep[] =>
    followed ? [{ do: "change", result: followed.result, state: state.name, key, by }] : [];
  const endSteps = (key: readonly Typed[]): readonly Step[] => [...change(key, -1), state.remove(key)];
  // The end is planned first: an event that ends one span and begins another must end the old one first.
  const planIt = (): void =>
    planner.subscribeAlternatives(
      source.name,
      source.end,
      new Set(endFields(source)),
      state.task(`delete the record of the ended ${source.name}`),
      (end) => state.endSteps(end, () => [], change),
    );
  const ends = planner.apart(() => {
    planEnd(planner, source, planIt);
    if (source.owner && source.keys.length === 1) planOwnerEnd(planner, state, source.owner, endSteps);
  });
  state.planBegin(early, (key) => ({
    before: [
      ...(owner ? [owner.meet] : []),
      // A record that is still there is one whose end was missed.
      ...(followed ? [{ do: "when" as const, all: [state.begun(key)], then: change(key, -1) }] : []),
    ],
    stored: change(key, 1),
  }));
  append(planner.probes, ends);
  return {
    state: state.name,
    environment,
    sums,
    ...(owner ? { owner: owner.recorded } : {}),
    ...(begun ? { begun } : {}),
  };
}

function readAll(value: Typed, environment: Environment, except: readonly Typed[]): void {
  if (value.op === "logic") for (const operand of value.operands) readAll(operand, environment, except);
  else if (!except.includes(value)) substitute(value, environment);
}

/** Records a value that is added up, signed as it is also taken off. */
function recordSum(state: UsedState, value: Typed, index: number): Typed {
  const type = { ...(value.type.kind === "number" ? value.type : INT), signed: true };
  const name = value.op === "field" ? value.name : `value_${index + 1}`;
  const recorded = (begin: Environment): Typed => substitute(value, (field) => begin(bare(field)));
  return state.add({ name, type }, recorded, fieldNames([value]))([ENTRY]);
}

/** Records when a span begins, in steps from 1. */
function recordStep(state: UsedState, step: bigint): Typed {
  const steps = arithmeticOf("/", NOW, integer(step, UNSIGNED), UNSIGNED);
  const first = arithmeticOf("+", steps, integer(1n, UNSIGNED), UNSIGNED);
  return state.add({ name: "step", type: UNSIGNED, isTime: true }, () => first)([ENTRY]);
}

// ---------------------------------------------------------------- owners

interface RecordedOwner {
  readonly recorded: NonNullable<OpenSpan["owner"]>;
  /** Gives the owner a number, if it has none. */
  readonly meet: Step;
}

/**
 * Processes (or threads) that have begun a span get a number, which is recorded with each span: that of a process that
 * has ended, or become another program, is not known any more.
 */
function recordOwner(planner: Planner, state: UsedState, owner: SpanOwner): RecordedOwner {
  const id = planner.common(owner.id);
  const alive = planner.owners(owner, (name) => planOwners(planner, name, owner));
  const known = numberIn(alive, id);
  const ownId = state.add({ name: "owner_id", type: id.type }, () => id);
  const number = state.add({ name: "owner_number", type: UNSIGNED }, () => known);
  return {
    recorded: { state: alive, id: ownId([ENTRY]), number: number([ENTRY]) },
    meet: {
      do: "when",
      all: [opposite({ op: "begun", state: alive, key: [id], type: BOOL })],
      then: [{ do: "store", state: alive, key: [id], values: [{ ...owner.started, type: UNSIGNED }] }],
    },
  };
}

/** The number of an owner that is alive. */
export function numberIn(state: string, id: Typed): Typed {
  return { op: "state", state, field: "start", key: [id], type: UNSIGNED };
}

/** Plans the ends of owners, which take their numbers away; the next program of a process gets another one. */
function planOwners(planner: Planner, state: string, { id, isLast }: SpanOwner): void {
  const own = planner.common(id);
  const isProcess = id === "pid";
  planner.state({
    name: state,
    span: isProcess ? "process" : "thread",
    key: [{ name: id, type: own.type }],
    fields: [{ name: "start", type: UNSIGNED, isTime: true }],
  });
  const begun: Typed = { op: "begun", state, key: [own], type: BOOL };
  if (isProcess)
    planner.probe(EXEC, "end what belongs to the program before", () => ({
      filter: [begun],
      steps: [{ do: "store", state, key: [own], values: [{ ...NOW, type: UNSIGNED }] }],
    }));
  planner.probe(THREAD_EXIT, `end what belongs to the ${isProcess ? "process" : "thread"}`, () => ({
    filter: [begun, ...exitTests(planner, { id, isLast })],
    steps: [{ do: "remove", state, key: [own] }],
  }));
}

/** A span with no other key than its owner ends right there. */
function planOwnerEnd(
  planner: Planner,
  state: UsedState,
  owner: Pick<SpanOwner, "id" | "isLast">,
  endSteps: (key: readonly Typed[]) => readonly Step[],
): void {
  const key = [planner.common(owner.id)];
  const does = `end what belongs to the ${owner.id === "pid" ? "process" : "thread"}`;
  const end = (tests: readonly Typed[]) => () => ({
    filter: [state.begun(key), ...tests],
    steps: endSteps(key),
  });
  if (owner.id === "pid") planner.probe(EXEC, does, end([]));
  planner.probe(THREAD_EXIT, does, end(exitTests(planner, owner)));
}

/** What is open when the process ends that is traced is the last result, and stays. */
function exitTests(planner: Planner, { id, isLast }: Pick<SpanOwner, "id" | "isLast">): readonly Typed[] {
  const tests = id === "pid" ? [isLast] : [];
  const { tracedProcess } = planner;
  if (tracedProcess === undefined) return tests;
  const traced = integer(BigInt(tracedProcess), numberOf("none", false));
  const isOther = comparisonOf("!=", planner.common("pid"), traced);
  if (id === "pid") return [isOther, ...tests];
  return [{ op: "logic", operator: "or", operands: [isOther, opposite(isLast)], type: BOOL }];
}
