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

const FRAME: StateField = { name: "frame", type: UNSIGNED, isTime: true };
/** In nanoseconds. */
const LONGEST_CALL = 10_000_000_000n;
/** The bytes of a return address. */
const RETURN_ADDRESS = 8n;
const STARTED: StateField = { name: "time", type: TIMESTAMP, isTime: true };
const KIND: StateField = { name: "call", type: UNSIGNED };

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
    const fields: StateField[] = [FRAME, KIND, STARTED];
    this.calls = new Map(
      states.map((state, i) => [
        state.name,
        { kind: BigInt(i + 1), state, fields: placeFields(state, fields) },
      ]),
    );
    const [first] = states;
    if (!first) throw new Error("there are no calls to join");
    this.state = { name, span: "call", key: first.key, fields };
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
      if (field === FRAME) return frame("entry");
      if (field === KIND) return integer(kind, UNSIGNED);
      if (field === STARTED) return NOW;
      return given.get(field.name) ?? { op: "integer", value: 0n, type: field.type };
    });
    const map = this.state.name;
    const other = [
      comparisonOf("==", this.read(FRAME, key), frame("entry")),
      comparisonOf("!=", this.read(KIND, key), integer(kind, UNSIGNED)),
    ];
    return [
      { do: "when", all: other, then: [{ do: "remove", state: map, key }] },
      { do: "store", state: map, key, values: own, countsReplaced: true },
    ];
  }

  private isOutermost(key: readonly Typed[]): Typed {
    const latest = arithmeticOf("+", this.read(STARTED, key), integer(LONGEST_CALL, DURATION), TIMESTAMP);
    return logic("or", [
      comparisonOf("<=", this.read(FRAME, key), frame("entry")),
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
      comparisonOf("==", this.read(FRAME, value.key), frame(type === "uprobe" ? "entry" : "return")),
      comparisonOf("==", this.read(KIND, value.key), integer(call.kind, UNSIGNED)),
    ]);
  }
}

/** Gives each field of a call a place among `fields`: that of one with the same name and type, or a new one. */
function placeFields(state: SpanState, fields: StateField[]): ReadonlyMap<string, string> {
  return new Map(
    state.fields.map((field) => {
      const at = fields.findIndex(({ name }) => name === field.name);
      const known = fields[at];
      if (!known) {
        fields.push(field);
        return [field.name, field.name];
      }
      if (structureOf(unsigned(known)) === structureOf(unsigned(field))) {
        if (isSigned(field)) fields[at] = field;
        return [field.name, field.name];
      }
      const name = `${state.span}_${field.name}`;
      fields.push({ ...field, name });
      return [field.name, name];
    }),
  );
}

function unsigned(field: StateField): StateField {
  return field.type.kind === "number" ? { ...field, type: { ...field.type, signed: false } } : field;
}

/**
 * The stack pointer in units of 16 bytes, to which calls align it: on x86 a return has taken the return address off
 * the stack, on other processors it was never there.
 */
function frame(at: "entry" | "return"): Typed {
  const pointer: Typed = { op: "register", name: "stack pointer", type: UNSIGNED };
  const aligned =
    at === "entry" ? arithmeticOf("+", pointer, integer(RETURN_ADDRESS, UNSIGNED), UNSIGNED) : pointer;
  return arithmeticOf(">>", aligned, integer(4n, UNSIGNED), UNSIGNED);
}
