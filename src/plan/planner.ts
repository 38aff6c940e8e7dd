/**
 * Turns sources into probes. A handler subscribes to a source: for each probe of the source, the planner calls it
 * with an environment that maps fields to their values in that probe, and it returns what the probe does.
 */
import { remembered } from "../lazy.js";
import { pointText } from "../semantics/source/probe-points.js";
import { commonType, isBuiltin } from "../semantics/source/probe-scope.js";
import type {
  Alternative,
  BuiltinField,
  CheckedSource,
  ProbePoint,
  SpanOwner,
  Typed,
} from "../semantics/typed.js";
import { BOOL, numberOf, type Type } from "../types/types.js";
import { functionsOfPoint, isOfAllocators, locatePoints, missingProbe, type Binaries } from "./binaries.js";
import { MOST_PROBES, PlanLimit } from "./limits.js";
import { splitCall } from "./at-return.js";
import { byCost } from "./cost.js";
import { fieldNames, partsOf } from "./needs.js";
import type { PlannedProbe } from "./merge.js";
import {
  FOLLOWED,
  STARTING,
  type Choice,
  type Derived,
  type PassedOver,
  type Plan,
  type PlanNote,
  type Purpose,
  type SpanState,
  type Step,
  type Task,
} from "./plan.js";
import type { Action, Handler } from "./environment.js";
import { freeName } from "./free-name.js";
import { choose, PlanError, type AttachGap } from "./providers.js";
import { isOfScripts } from "./script-names.js";
import { subscribeSpan } from "./spans.js";
import { substitute } from "./substitute.js";
import { append } from "../lists.js";

/**
 * The action for each of the events that an event of the probe stands for. What does not depend on which one it is,
 * nor on what the others have changed, is tested once.
 */
function withTimes({ filter, steps }: Action, times: Alternative["times"]): Action {
  if (!times) return { filter, steps };
  const isOnce = (test: Typed): boolean =>
    !partsOf(test).some(
      (part) =>
        part.op === "state" || part.op === "begun" || (part.op === "local" && part.name === times.index),
    );
  const tests = byCost(filter);
  const inner = tests.filter((test) => !isOnce(test));
  const then: readonly Step[] = inner.length === 0 ? steps : [{ do: "when", all: inner, then: steps }];
  return {
    filter: tests.filter(isOnce),
    steps: [{ do: "times", index: times.index, count: times.count, then }],
  };
}

/** What fields that tracers know are on the target. */
export interface CommonValues {
  /** A text says why there is none. */
  readonly common: (name: BuiltinField) => Typed | string;
  /** Absent: the kernel's numbers of processes are those that are asked for. */
  readonly numbering?: NonNullable<Plan["numbering"]>;
}

export class Planner {
  readonly probes: PlannedProbe[] = [];
  readonly states: SpanState[] = [];
  readonly choices: Choice[] = [];
  readonly derived: Derived[] = [];
  readonly notes: PlanNote[] = [];
  private readonly taken = new Set<string>([FOLLOWED, STARTING]);
  private readonly ownerStates = new Map<SpanOwner["id"], string>();
  /** Of the union that is planned. */
  private outermost: SpanState["outermost"];
  /** Of the query: of a span, the calls that end it are told from those that begin it by nothing but their function. */
  private calls: string | undefined;
  private planned = 0;
  private isForAll = false;
  private depth = 0;

  constructor(
    private readonly process: Plan["process"],
    private readonly gap: AttachGap | undefined,
    private readonly binaries: Binaries | undefined,
    private readonly target: CommonValues,
  ) {}

  /** A field that every event has; `type` has the depth that a stack is asked for with. */
  common(name: BuiltinField, type?: Type): Typed {
    if (type?.kind === "stack" && type.depth !== undefined)
      return { op: "common", name, type, depth: type.depth };
    const value = this.target.common(name);
    if (typeof value === "object") return value;
    throw new PlanError(`\`${name}\` cannot be told on this kernel`, [value]);
  }

  /** A name that no other map of the script has. */
  mapName(wanted: string): string {
    const name = freeName(wanted, (each) => this.taken.has(each) || isOfScripts(each));
    this.taken.add(name);
    return name;
  }

  /** The process that is traced, with or without those it starts. */
  get tracedProcess(): number | undefined {
    return this.process?.pid;
  }

  /** The state of the processes or threads that own spans, which `plan` plans at the first use. */
  owners({ id }: SpanOwner, plan: (name: string) => void): string {
    const known = this.ownerStates.get(id);
    if (known !== undefined) return known;
    const name = this.mapName(id === "pid" ? "processes" : "threads");
    this.ownerStates.set(id, name);
    plan(name);
    return name;
  }

  /** Begins another query: which call is the outermost, each of them decides for itself. */
  startQuery(): void {
    this.calls = undefined;
  }

  /** Plans a probe that is not of a source. */
  probe(point: ProbePoint, does: string, action: () => Action): void {
    const source = pointText(point);
    this.place(point, { source, does, about: source }, this.processFilter(point), action());
  }

  /** Declares a state once: the begin of a span may be planned for several probes. */
  state(state: SpanState): void {
    if (this.states.some((s) => s.name === state.name)) return;
    this.states.push(this.outermost ? { ...state, outermost: this.outermost } : state);
  }

  /** Whether the source being planned is part of another one, whose own values have the plain names. */
  get isNested(): boolean {
    return this.depth > 0;
  }

  /** Plans without the process filter, for the end of a span that may run in another process than its begin. */
  inAnyProcess(plan: () => void): void {
    const before = this.isForAll;
    this.isForAll = true;
    try {
      plan();
    } finally {
      this.isForAll = before;
    }
  }

  /** Removes and returns the probes that `plan` adds, so that they can be placed later. */
  apart(plan: () => void): readonly PlannedProbe[] {
    const placed = this.probes.length;
    plan();
    return this.probes.splice(placed);
  }

  /** Plans the probes of a source; `needed` are the expressions whose fields it must provide. */
  subscribe(source: CheckedSource, needed: readonly Typed[], task: Task, handler: Handler): void {
    switch (source.kind) {
      case "event":
        return this.subscribeAlternatives(
          source.name,
          source.alternatives,
          fieldNames(needed),
          { ...task, source: source.name },
          handler,
        );
      case "union":
        return this.subscribeMembers(source, needed, task, handler);
      case "span":
        return subscribeSpan(this, source, needed, task, handler);
    }
  }

  /** Subscribes to all members of a union, except optional ones that the target lacks. */
  private subscribeMembers(
    union: CheckedSource & { kind: "union" },
    needed: readonly Typed[],
    task: Task,
    handler: Handler,
  ): void {
    const around = this.outermost;
    if (union.outermost) {
      this.calls ??= this.mapName("calls");
      this.outermost = this.calls;
    }
    try {
      this.subscribeEach(union, needed, task, handler);
    } finally {
      this.outermost = around;
    }
  }

  private subscribeEach(
    union: CheckedSource & { kind: "union" },
    needed: readonly Typed[],
    task: Task,
    handler: Handler,
  ): void {
    const reasons: string[] = [];
    for (const { source, optional } of union.members) {
      if (optional && this.isAbsentFunction(source)) {
        reasons.push(`no allocator has what ${source.name} is made of`);
        continue;
      }
      const lists = [this.probes, this.states, this.choices, this.derived];
      const before = lists.map((list) => [list, list.length] as const);
      try {
        this.subscribe(source, needed, task, handler);
      } catch (error) {
        if (!optional || !(error instanceof PlanError)) throw error;
        for (const [list, length] of before) list.length = length;
        append(reasons, error.reasons);
        this.note({
          text: `${union.name} is without ${source.name}: ${error.reasons.join("; ")}`,
          isOfFigures: true,
        });
      }
    }
    if (reasons.length > 0 && reasons.length >= union.members.length)
      throw new PlanError(`${union.name} cannot be answered on this kernel`, reasons);
  }

  subscribeAlternatives(
    name: string,
    all: readonly Alternative[],
    needed: ReadonlySet<string>,
    purpose: Purpose,
    handler: Handler,
  ): void {
    const { chosen, passedOver } = choose(name, all, needed, (wanted) => this.attachGap(wanted));
    if (chosen.note !== undefined) this.note({ source: name, text: chosen.note });
    const { trigger } = chosen;
    if (trigger.kind === "source")
      return this.subscribeThrough(name, chosen, trigger.source, needed, purpose, handler);
    const points = functionsOfPoint(trigger.point, this.binaries);
    for (const point of points) this.choose(name, chosen, point, needed, passedOver);
    this.noteLacks(trigger.point);
    const action = handler((field) => {
      const value = chosen.fields.get(field.name);
      if (typeof value === "object") return value;
      return isBuiltin(field.name) ? this.common(field.name, field.type) : field;
    }, chosen);
    const repeated = withTimes(
      { filter: [...(chosen.condition ? [chosen.condition] : []), ...action.filter], steps: action.steps },
      chosen.times,
    );
    for (const point of points) {
      const before = chosen.unattributed ? this.unfiltered(name) : this.processFilter(point);
      if (!this.placeAtReturn(name, point, purpose, before, repeated))
        this.place(point, purpose, before, repeated, chosen.unattributed);
    }
  }

  private noteLacks(point: ProbePoint): void {
    const taken = isOfAllocators(point) ? this.binaries?.allocatorsTaken() : undefined;
    if (taken !== undefined) this.note({ text: taken, isOfStart: true });
    for (const text of this.binaries?.lacks(point) ?? []) this.note({ text, isOfFigures: true });
  }

  /** Whether a source is made of a function that none of the allocators has: then there is nothing to miss. */
  private isAbsentFunction(source: CheckedSource): boolean {
    const isAbsent = ({ trigger }: Alternative): boolean =>
      trigger.kind === "source"
        ? this.isAbsentFunction(trigger.source)
        : isOfAllocators(trigger.point) && locatePoints(trigger.point, this.binaries).length === 0;
    switch (source.kind) {
      case "event":
        return source.alternatives.every(isAbsent);
      case "union":
        return source.members.every((member) => this.isAbsentFunction(member.source));
      case "span":
        return source.begin.every(isAbsent) || source.end.every(isAbsent);
    }
  }

  /** Does what needs memory of the program when a system call returns; returns whether anything does. */
  private placeAtReturn(
    name: string,
    point: ProbePoint,
    purpose: Purpose,
    before: readonly Typed[],
    { filter, steps }: Action,
  ): boolean {
    const split = splitCall(point, [...before, ...filter], steps, [this.common("tid")], () =>
      this.mapName(`${name}_called`),
    );
    if (!split) return false;
    const { call, state, returns, key, fields, values, atEntry, begun, atReturn } = split;
    this.state({
      name: state,
      span: call,
      key: [{ name: "tid", type: key[0]?.type ?? commonType("tid") }],
      fields,
    });
    const keep: Step = { do: "store", state, key, values };
    const does = `keep the arguments of ${call} until it returns`;
    this.place(point, { source: name, does, about: name }, atEntry, { filter: [], steps: [keep] });
    const done: readonly Step[] =
      atReturn.length > 0 ? [{ do: "when", all: byCost(atReturn), then: split.steps }] : split.steps;
    const last: Step = { do: "remove", state, key };
    this.place(returns, purpose, [begun], { filter: [], steps: [...done, last] });
    return true;
  }

  private place(
    point: ProbePoint,
    purpose: Purpose,
    tests: readonly Typed[],
    action: Action,
    unattributed?: true,
  ): void {
    if (this.planned >= MOST_PROBES)
      throw new PlanLimit(
        `the queries need more than ${MOST_PROBES} probes`,
        "split them into several queries, and run each by itself",
      );
    this.probes.push({
      point,
      purposes: [purpose],
      filter: byCost([...tests, ...action.filter]),
      steps: action.steps,
      ...(unattributed || this.isForAll ? { unattributed: true as const } : {}),
      order: this.planned++,
    });
  }

  private attachGap(wanted: ProbePoint): string | undefined {
    const [point] = locatePoints(wanted, this.binaries);
    return (point && this.gap?.(point)) ?? missingProbe(wanted, this.binaries)?.why;
  }

  /** Subscribes to a provider that is itself a source: its fields are defined by those of that source. */
  private subscribeThrough(
    name: string,
    chosen: Alternative,
    source: CheckedSource,
    needed: ReadonlySet<string>,
    task: Task,
    handler: Handler,
  ): void {
    const passedOn = [...needed]
      .filter((name) => !chosen.fields.has(name))
      .map((name): Typed => ({ op: "field", name, type: BOOL }));
    const own = [...chosen.fields.values()].filter((v): v is Typed => typeof v === "object");
    const { condition, times } = chosen;
    const wanted = [...passedOn, ...own, ...(condition ? [condition] : []), ...(times ? [times.count] : [])];
    this.depth++;
    try {
      this.subscribe(source, wanted, task, (outer) => {
        // Computed once each, as fields that are defined by other fields multiply.
        const own = remembered((field) => {
          const value = chosen.fields.get(field);
          if (typeof value !== "object") return undefined;
          this.derive({ source: name, name: field, value });
          return substitute(value, outer);
        });
        const action = handler((field) => own(field.name) ?? outer(field), chosen);
        const { filter, steps } = action;
        return withTimes(
          { filter: [...(condition ? [substitute(condition, outer)] : []), ...filter], steps },
          times && { ...times, count: substitute(times.count, outer) },
        );
      });
    } finally {
      this.depth--;
    }
  }

  private choose(
    source: string,
    chosen: Alternative,
    point: ProbePoint,
    needed: ReadonlySet<string>,
    passedOver: readonly PassedOver[],
  ): void {
    const known = this.choices.find((c) => c.source === source && pointText(c.point) === pointText(point));
    const fields = [...needed].flatMap((name) => {
      const value = chosen.fields.get(name);
      return typeof value === "object" && !known?.fields.some((f) => f.name === name)
        ? [{ name, value }]
        : [];
    });
    if (known) {
      this.choices[this.choices.indexOf(known)] = { ...known, fields: [...known.fields, ...fields] };
      return;
    }
    this.choices.push({
      source,
      point,
      fields,
      passedOver,
      ...(chosen.note === undefined ? {} : { note: chosen.note }),
      ...(chosen.rate === undefined ? {} : { rate: chosen.rate }),
    });
  }

  private unfiltered(name: string): readonly Typed[] {
    if (this.process && !this.isForAll)
      this.note({
        source: name,
        text: "the kernel does this in any process, so it is not narrowed to the one that is traced",
        isOfFigures: true,
      });
    return [];
  }

  /** The tests that limit a probe to the traced processes; timers run in no process of interest. */
  processFilter(point: ProbePoint): Typed[] {
    if (!this.process || this.isForAll || point.type === "interval") return [];
    // What is followed is known by the kernel's numbers, which are those that a fork gives.
    const { numbering } = this.target;
    const pid = this.process.followed && numbering ? numbering.kernelPid : this.common("pid");
    const wanted: Typed = { op: "integer", value: BigInt(this.process.pid), type: numberOf("none", false) };
    if (!this.process.followed)
      return [{ op: "compare", operator: "==", left: pid, right: wanted, type: BOOL }];
    return [{ op: "followed", pid, type: BOOL }];
  }

  /** Records a derived field, once. */
  derive(derived: Derived): void {
    if (!this.derived.some((d) => d.source === derived.source && d.name === derived.name))
      this.derived.push(derived);
  }

  note(note: PlanNote): void {
    const isKnown = this.notes.some((n) => n.source === note.source && n.text === note.text);
    if (!isKnown) this.notes.push(note);
  }
}
