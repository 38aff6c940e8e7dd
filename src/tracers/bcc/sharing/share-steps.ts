/**
 * Finds the steps that probes of a plan share: as the ends of malloc, calloc and valloc all begin an allocation, they
 * differ in a register and a table alone. Steps are compared as the plan has them, by their structure, so that any probes
 * whose steps are alike share them. What is found becomes functions of the C text.
 */
import { append } from "../../../lists.js";
import { allSteps, partsOf, valuesOf } from "../../../plan/needs.js";
import type { Plan, PlanProbe, SpanState, Step } from "../../../plan/plan.js";
import type { BuiltinField, ProbePoint, Typed } from "../../../semantics/typed.js";
import { generalize, type Pattern, type Site } from "./generalize.js";
import { JoinedStates } from "./joined-states.js";
import { deedOf } from "./naming.js";
import {
  valuesOfBody,
  withInnerTests,
  type ProbeBody,
  type Call,
  type Replaced,
  type Routine,
} from "./routine.js";
import { linesOf, linesOfFilter, shapeOf, stackOf } from "./shape.js";

export interface Sharing {
  /** A routine stands after those that it calls. */
  readonly routines: readonly Routine[];
  /** What probes do, where that is a call. */
  readonly whole: ReadonlyMap<PlanProbe, Call>;
  /** What the others do. */
  readonly bodies: ReadonlyMap<PlanProbe, ProbeBody>;
  readonly calls: ReadonlyMap<readonly Step[], ReadonlyMap<number, Replaced>>;
  readonly states: JoinedStates;
}

/** What a function takes besides its statements: a comment, its head, two braces and the line between. */
const FRAME = 5;
/** So many lines must be saved: less is easier read where it is. */
const WORTH = 6;
/** And so many, where states are joined in one table for it. */
const WORTH_JOINING = 20;
/** In bytes: the stack of a function is that of all that it calls, and what they need may not go elsewhere. */
const MOST_STACK = 256;
/** Longer runs are found by the shorter ones in them. */
const LONGEST_RUN = 8;

/** A place in the program: the body of a probe, or that of a routine. */
interface Owner {
  readonly point: ProbePoint;
  readonly body: ProbeBody;
}

/** A run of steps in one list of an owner. */
interface StepRun extends Site {
  readonly owner: Owner;
  readonly list: readonly Step[];
  readonly start: number;
}

/** `bodyOf`: what the function of a probe does, without tests that the way it is attached makes for it. */
export function shareSteps(plan: Plan, bodyOf: (probe: PlanProbe) => ProbeBody): Sharing {
  return new Sharer(plan, bodyOf).sharing();
}

class Sharer {
  private readonly routines: Routine[] = [];
  private readonly whole = new Map<PlanProbe, Call>();
  private readonly bodies = new Map<PlanProbe, ProbeBody>();
  private readonly calls = new Map<readonly Step[], Map<number, Replaced>>();
  private readonly states: JoinedStates;

  constructor(
    private readonly plan: Plan,
    private readonly bodyOf: (probe: PlanProbe) => ProbeBody,
  ) {
    this.states = new JoinedStates(plan);
  }

  sharing(): Sharing {
    this.shareBodies();
    this.prepareBodies();
    while (this.shareRun());
    const { whole, bodies, calls, states } = this;
    // Each was found in probes or in those found before it.
    return { routines: [...this.routines].reverse(), whole, bodies, calls, states };
  }

  private state = (name: string): SpanState => {
    const found = this.plan.states.find((state) => state.name === name);
    if (!found) throw new Error(`there is no state ${name}`);
    return found;
  };

  // ---------------------------------------------------------------- whole probes

  private shareBodies(): void {
    const groups = new Map<string, (Site & { readonly probe: PlanProbe; readonly body: ProbeBody })[]>();
    for (const probe of this.plan.probes) {
      const body = this.bodyOf(probe);
      const shape = shapeOf(body.filter, body.steps, (state) => this.states.shapeOf(state));
      const key = JSON.stringify([probe.point.type, body.asksProcess, shape]);
      const site = { point: probe.point, filter: body.filter, steps: body.steps, tested: [], probe, body };
      groups.set(key, [...(groups.get(key) ?? []), site]);
    }
    const saved = (sites: readonly { readonly body: ProbeBody }[]): number => {
      const [{ body } = { body: undefined }] = sites;
      if (!body) return 0;
      const lines = linesOfFilter(body.filter) + linesOf(body.steps) + (body.asksProcess ? 2 : 0) + 1 + FRAME;
      return (sites.length - 1) * lines - sites.length;
    };
    const worthy = [...groups.values()]
      .filter(
        ([first, ...others]) =>
          first &&
          others.length > 0 &&
          saved([first, ...others]) >= WORTH &&
          stackOf(first.steps) <= MOST_STACK,
      )
      .sort((a, b) => saved(b) - saved(a));
    for (const sites of worthy) {
      const pattern = generalize(sites, {
        alike: (names) => this.states.canJoin(names),
        passed: new Set(),
        state: this.state,
      });
      const [first] = sites;
      if (!pattern || !first || pattern.parameters.length + pattern.states.length > 4) continue;
      const joins = columnsOf(pattern).filter((names) => !this.states.areJoined(names));
      if (joins.length > 0 && saved(sites) < WORTH_JOINING) continue;
      for (const names of joins) this.states.join(names);
      const routine = this.routine(pattern, sites, first.body.asksProcess, true);
      sites.forEach(({ probe }, i) => {
        const given = pattern.given[i];
        if (given) this.whole.set(probe, { routine, ...given });
      });
    }
  }

  // ---------------------------------------------------------------- parts of probes

  /** Shares the run of steps that saves most; false where none saves enough. */
  private shareRun(): boolean {
    const groups = new Map<string, StepRun[]>();
    for (const run of this.runs()) {
      const shape = shapeOf([], run.steps, (state) => this.states.tableOf(state));
      groups.set(shape, [...(groups.get(shape) ?? []), run]);
    }
    const found = [...groups.values()]
      .map(withoutOverlaps)
      .filter((runs) => runs.length > 1 && savedByRun(runs) >= WORTH)
      .sort((a, b) => savedByRun(b) - savedByRun(a));
    for (const runs of found) {
      const pattern = generalize(runs, {
        alike: (names) => this.states.areJoined(names),
        passed: this.passedAt(runs),
        state: this.state,
      });
      if (!pattern || pattern.parameters.length + pattern.states.length > 4) continue;
      const routine = this.routine(pattern, runs, false, false);
      runs.forEach(({ list, start, steps }, i) => {
        const given = pattern.given[i];
        const own = this.calls.get(list) ?? new Map<number, Replaced>();
        if (given)
          this.calls.set(list, own.set(start, { call: { routine, ...given }, length: steps.length }));
      });
      return true;
    }
    return false;
  }

  private owners(): readonly Owner[] {
    return [...[...this.bodies].map(([{ point }, body]) => ({ point, body })), ...this.routines];
  }

  /** Of the probes that are not a call as a whole. */
  private prepareBodies(): void {
    for (const probe of this.plan.probes.filter((each) => !this.whole.has(each))) {
      const body = this.bodyOf(probe);
      this.bodies.set(probe, { ...body, ...withInnerTests(body.filter, body.steps) });
    }
  }

  private runs(): readonly StepRun[] {
    return this.owners().flatMap((owner) => this.runsIn(owner, owner.body.steps, owner.body.filter));
  }

  private runsIn(owner: Owner, list: readonly Step[], tested: readonly Typed[]): readonly StepRun[] {
    const runs: StepRun[] = [];
    const own = this.calls.get(list);
    const isTaken = (i: number): boolean =>
      [...(own ?? [])].some(([start, { length }]) => i >= start && i < start + length);
    for (let start = 0; start < list.length; start++) {
      const step = list[start];
      if (isTaken(start) || !step) continue;
      if (step.do === "when") append(runs, this.runsIn(owner, step.then, [...tested, ...step.all]));
      for (let end = start + 1; end <= Math.min(list.length, start + LONGEST_RUN); end++) {
        if (isTaken(end - 1)) break;
        const steps = list.slice(start, end);
        // A routine of its own that is one call would be another name for it.
        const isAll = list === owner.body.steps && end - start === list.length && this.isRoutine(owner);
        if (stackOf(steps) > MOST_STACK) break;
        if (!isAll && !isReadLater(steps, list.slice(end)) && !this.hasCalls(steps))
          runs.push({ owner, list, start, steps, filter: [], tested, point: owner.point });
      }
    }
    return runs;
  }

  private isRoutine(owner: Owner): boolean {
    return this.routines.some((routine) => routine === owner);
  }

  /** Whether some of these steps have become a call already. */
  private hasCalls(steps: readonly Step[]): boolean {
    return allSteps([{ steps }]).some((step) => step.do === "when" && this.calls.has(step.then));
  }

  /** The fields that all of these probes read besides, so that the routine need not ask the kernel again. */
  private passedAt(runs: readonly StepRun[]): ReadonlySet<BuiltinField> {
    const outside = runs.map(({ owner, steps }) => {
      const values = valuesOfBody(owner.body, this.calls, (step) => steps.includes(step)).flatMap(partsOf);
      const read = new Set(values.flatMap((value) => (value.op === "common" ? [value.name] : [])));
      const asks = owner.body.asksProcess || read.has("pid") || read.has("tid");
      return asks ? new Set<BuiltinField>([...read, "pid", "tid"]) : read;
    });
    const fields = ["pid", "tid", "time"] as const;
    return new Set(fields.filter((field) => outside.every((read) => read.has(field))));
  }

  private routine(pattern: Pattern, sites: readonly Site[], asksProcess: boolean, isWhole: boolean): Routine {
    const { filter, steps, parameters, states } = pattern;
    const [first] = sites;
    if (!first) throw new Error("a routine of no probe");
    const routine: Routine = {
      ...deedOf(pattern, this.states, this.plan),
      parameters,
      states,
      point: first.point,
      body: { filter, steps: withInnerTests([], steps).steps, asksProcess },
      isWhole,
    };
    this.routines.push(routine);
    return routine;
  }
}

/** The states that stand for each other, for each parameter that is a state. */
function columnsOf({ states, given }: Pattern): readonly (readonly string[])[] {
  return states.map((_, i) => [...new Set(given.map((each) => each.states[i] ?? ""))]);
}

/** Whether a value that these steps calculate is read by those after them. */
function isReadLater(steps: readonly Step[], later: readonly Step[]): boolean {
  const names = steps.flatMap((step) => (step.do === "let" ? [step.name] : []));
  if (names.length === 0) return false;
  return later
    .flatMap(valuesOf)
    .flatMap(partsOf)
    .some((part) => part.op === "local" && names.includes(part.name));
}

function savedByRun(runs: readonly StepRun[]): number {
  const [first] = runs;
  return first ? (runs.length - 1) * linesOf(first.steps) - runs.length - FRAME : 0;
}

/** Of runs that share steps of one list, the first. */
function withoutOverlaps(runs: readonly StepRun[]): readonly StepRun[] {
  const ends = new Map<readonly Step[], number>();
  return runs.filter(({ list, start, steps }) => {
    const isApart = start >= (ends.get(list) ?? 0);
    if (isApart) ends.set(list, start + steps.length);
    return isApart;
  });
}
