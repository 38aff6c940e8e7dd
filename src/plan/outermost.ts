/**
 * Calls of functions of which one may call another: `operator new` calls malloc, and reallocarray realloc. Of the
 * members of an `outermost` union, only the call of a thread counts that is made in no other one.
 *
 * The calls of all members share one state, with one record a thread: the call that is going on. It has its frame, by
 * which its return is told from those of the calls in it: the stack grows down, so that the frame of an inner call lies
 * below. A record whose frame does not lie above, or that is older than such a call ever lasts, is of a call whose
 * return was not seen: it makes room, and is counted. A function that ends by jumping to another one leaves its frame to
 * that, which stands for both; so do two names of one function.
 */
import { freeName } from "./free-name.js";
import { arithmeticOf, comparisonOf, integer, logic } from "../semantics/expression/fold.js";
import type { ProbePoint, Typed } from "../semantics/typed.js";
import { DURATION, isSigned, TIMESTAMP, UNSIGNED, type Type } from "../types/types.js";
import { byCost } from "./cost.js";
import type { PlannedProbe } from "./merge.js";
import { allSteps, rewritten } from "./needs.js";
import type { SpanState, StateField, Step, StepOf } from "./plan.js";
import { NOW } from "./running.js";
import { structureOf } from "./same.js";
import type { Shareable } from "./share-states.js";

/** Which call it is: its frame, and the kind of the call. */
const CALL: StateField = { name: "call", type: UNSIGNED, isTime: true };
/** In nanoseconds. */
const LONGEST_CALL = 10_000_000_000n;
/** The bytes of a return address. */
const RETURN_ADDRESS = 8n;
/** Frames are 16 bytes apart at least, to which calls align the stack: that leaves room for this many kinds. */
const KINDS = 256n;
const STARTED: StateField = { name: "time", type: TIMESTAMP, isTime: true };

/** Makes one state of those of each `outermost` union. */
export function joinCalls(planned: Shareable): Shareable {
  const groups = new Map<string, SpanState[]>();
  for (const state of planned.states) {
    const map = state.outermost;
    if (map === undefined || !isCall(state, planned.probes)) continue;
    // Two uses of one call that could not be joined: the record of a thread is of one of them.
    const isSecond = groups.get(map)?.some(({ span }) => span === state.span);
    const name = isSecond ? `${map}_of_${state.name}` : map;
    groups.set(name, [...(groups.get(name) ?? []), state]);
  }
  let { probes } = planned;
  const joined = new Map<string, SpanState>();
  for (const [name, calls] of groups) {
    const one = new JoinedCalls(name, calls);
    probes = probes.map((probe) => one.rewrite(probe));
    for (const { name } of calls) joined.set(name, one.state);
  }
  const states = planned.states.map((state) => joined.get(state.name) ?? withoutMark(state));
  return { ...planned, probes, states: [...new Set(states)] };
}

function withoutMark(state: SpanState): SpanState {
  const { name, span, key, fields } = state;
  return state.outermost === undefined ? state : { name, span, key, fields };
}

/** Whether all records are of a function's entry until its return. */
function isCall({ name, key }: SpanState, probes: readonly PlannedProbe[]): boolean {
  const types = (act: "store" | "remove"): readonly ProbePoint["type"][] =>
    probes.flatMap(({ point, steps }) =>
      allSteps([{ steps }]).some((step) => step.do === act && step.state === name) ? [point.type] : [],
    );
  return (
    key.length === 1 &&
    key[0]?.name === "tid" &&
    types("store").every((type) => type === "uprobe") &&
    types("remove").every((type) => type === "uretprobe")
  );
}

interface JoinedCall {
  readonly kind: bigint;
  readonly state: SpanState;
  /** The names of its fields in the state of all. */
  readonly fields: ReadonlyMap<string, string>;
}

class JoinedCalls {
  readonly state: SpanState;
  private readonly calls: ReadonlyMap<string, JoinedCall>;

  constructor(name: string, states: readonly SpanState[]) {
    const [first] = states;
    if (!first || BigInt(states.length) >= KINDS) throw new Error(`${states.length} calls cannot be joined`);
    const places: FieldPlace[] = [];
    const placed = states.map((state) => placeFields(state, places));
    const fields = namedFields(places);
    this.calls = new Map(
      states.map((state, i) => {
        const names = state.fields.map(({ name }, n): [string, string] => {
          const place = placed[i]?.[n];
          return [name, (place ? fields.get(place) : STARTED)?.name ?? name];
        });
        return [state.name, { kind: BigInt(i + 1), state, fields: new Map(names) }];
      }),
    );
    this.state = { name, span: "call", key: first.key, fields: [CALL, STARTED, ...fields.values()] };
  }

  rewrite(probe: PlannedProbe): PlannedProbe {
    const { point, filter, steps } = probe;
    const replace = (value: Typed): Typed | undefined => this.replaced(value, point);
    const stores = steps.every((step) => step.do === "store" && this.calls.has(step.state));
    const [first] = steps;
    if (stores && first?.do === "store") {
      const tests = [...filter.map((test) => rewritten(test, replace)), this.isOutermost(first.key)];
      return { ...probe, filter: byCost(tests), steps: this.rewriteSteps(steps, replace, true) };
    }
    return {
      ...probe,
      filter: byCost(filter.map((test) => rewritten(test, replace))),
      steps: this.rewriteSteps(steps, replace, false),
    };
  }

  private rewriteSteps(
    steps: readonly Step[],
    replace: (value: Typed) => Typed | undefined,
    isTested: boolean,
  ): readonly Step[] {
    return steps.flatMap((given): Step | readonly Step[] => {
      if ("then" in given) {
        const { then, ...head } = given;
        return { ...rewritten(head, replace), then: this.rewriteSteps(then, replace, isTested) };
      }
      const call = "state" in given ? this.calls.get(given.state) : undefined;
      const step = rewritten(given, replace);
      if (!call) return step;
      if (step.do === "remove" || step.do === "change") return { ...step, state: this.state.name };
      if (step.do === "add")
        return { ...step, state: this.state.name, field: call.fields.get(step.field) ?? step.field };
      if (step.do !== "store") return step;
      const steps = this.store(step, call);
      return isTested ? steps : [{ do: "when", all: [this.isOutermost(step.key)], then: steps }];
    });
  }

  private store({ key, values }: StepOf<"store">, { kind, state, fields }: JoinedCall): readonly Step[] {
    const given = new Map(state.fields.map(({ name }, i) => [fields.get(name), values[i]]));
    const own = this.state.fields.map((field): Typed => {
      if (field === CALL) return callOf("entry", kind);
      if (field === STARTED) return NOW;
      return given.get(field.name) ?? { op: "integer", value: 0n, type: field.type };
    });
    const map = this.state.name;
    const other = [
      comparisonOf(">=", this.read(CALL, key), callOf("entry", 0n)),
      comparisonOf("<", this.read(CALL, key), callOf("entry", KINDS)),
      comparisonOf("!=", this.read(CALL, key), callOf("entry", kind)),
    ];
    return [
      { do: "when", all: other, then: [{ do: "remove", state: map, key }] },
      { do: "store", state: map, key, values: own, countsReplaced: true },
    ];
  }

  private isOutermost(key: readonly Typed[]): Typed {
    const latest = arithmeticOf("+", this.read(STARTED, key), integer(LONGEST_CALL, DURATION), TIMESTAMP);
    return logic("or", [
      comparisonOf("<", this.read(CALL, key), callOf("entry", KINDS)),
      comparisonOf("<", latest, NOW),
    ]);
  }

  private read({ name, type }: { readonly name: string; readonly type: Type }, key: readonly Typed[]): Typed {
    return { op: "state", state: this.state.name, field: name, key, type };
  }

  private replaced(value: Typed, { type }: ProbePoint): Typed | undefined {
    if (value.op !== "state" && value.op !== "begun") return undefined;
    const call = this.calls.get(value.state);
    if (!call) return undefined;
    if (value.op === "state")
      return this.read({ name: call.fields.get(value.field) ?? value.field, type: value.type }, value.key);
    return logic("and", [
      { ...value, state: this.state.name },
      comparisonOf(
        "==",
        this.read(CALL, value.key),
        callOf(type === "uprobe" ? "entry" : "return", call.kind),
      ),
    ]);
  }
}

/** A field of the record of all calls, which stands for one of each call at the most. */
interface FieldPlace {
  /** Of the fields that it stands for. */
  readonly names: Set<string>;
  field: StateField;
}

/**
 * Gives each field of a call a place, undefined for the time at which it began, which every record has. It is that of a
 * field with the same name and type, or else one of the same type that the call has no field for, or a new one. A small
 * record matters: what bpftrace has no room for on the stack it reads into memory of the CPU, where another thread's
 * probe may come between on a kernel that preempts programs.
 */
function placeFields({ fields }: SpanState, places: FieldPlace[]): readonly (FieldPlace | undefined)[] {
  const taken = new Set<FieldPlace>();
  const find = (field: StateField): FieldPlace | undefined => {
    const free = places.filter((place) => !taken.has(place) && isAlike(place.field, field));
    return (
      free.find(({ names }) => names.has(field.name)) ??
      free.find(({ names }) => !fields.some(({ name }) => names.has(name)))
    );
  };
  return fields.map((field) => {
    if (field.isTime) return undefined;
    const place = find(field) ?? { names: new Set(), field };
    if (place.names.size === 0) places.push(place);
    place.names.add(field.name);
    if (isSigned(field)) place.field = field;
    taken.add(place);
    return place;
  });
}

/** The fields of the record, whose names are neither those of its own fields nor of one another. */
function namedFields(places: readonly FieldPlace[]): ReadonlyMap<FieldPlace, StateField> {
  const taken = new Set([CALL.name, STARTED.name]);
  return new Map(
    places.map((place) => {
      const name = freeName([...place.names].join("_or_"), (each) => taken.has(each));
      taken.add(name);
      return [place, { ...place.field, name }];
    }),
  );
}

/** Whether one field can hold what the other one does; of either sign, if one is signed. */
function isAlike(one: StateField, other: StateField): boolean {
  const kind = (field: StateField): string => structureOf({ ...unsigned(field), name: "" });
  return kind(one) === kind(other);
}

function unsigned(field: StateField): StateField {
  return field.type.kind === "number" ? { ...field, type: { ...field.type, signed: false } } : field;
}

/**
 * The number of a call: where its frame is, told by the stack pointer, and its kind. On x86 a return has taken the return
 * address off the stack, on other processors it was never there; so a call has one number at its entry and its return.
 */
function callOf(at: "entry" | "return", kind: bigint): Typed {
  const pointer: Typed = { op: "register", name: "stack pointer", type: UNSIGNED };
  const moved = at === "entry" ? RETURN_ADDRESS : 0n;
  const frame = arithmeticOf("*", pointer, integer(KINDS / 16n, UNSIGNED), UNSIGNED);
  return arithmeticOf("+", frame, integer(moved * (KINDS / 16n) + kind, UNSIGNED), UNSIGNED);
}
