/**
 * Joins the states of two uses of one span that begin and end at the same events: a query about open spans and one
 * about latencies, or realloc, whose return ends the old block and begins the new one.
 *
 * Each use was planned separately, so its providers are those it would have alone. Two states are joined only if every
 * probe that stores or removes one also does so with the other, after the same tests and under the same key; the joined
 * state has the fields of both. If anything differs (a condition tested at the begin, another provider), they stay
 * separate.
 */
import { pointText } from "../semantics/source/probe-points.js";
import type { PlannedProbe } from "./merge.js";
import { allSteps, partsOf, valuesOf } from "./needs.js";
import type { Result, SpanState, Step } from "./plan.js";
import { structureOf } from "./same.js";

export interface Shareable {
  readonly probes: readonly PlannedProbe[];
  readonly states: readonly SpanState[];
  readonly results: readonly Result[];
}

/** Repeats until nothing changes, since spans built on others are alike only after those have been joined. */
export function shareStates(planned: Shareable): Shareable {
  let current = planned;
  for (;;) {
    const before = current;
    for (const [first, ...others] of alike(current)) {
      if (first === undefined) continue;
      for (const other of others) current = joined(current, first, other) ?? current;
    }
    if (current === before) return current;
  }
}

/** Groups of names of states that begin and end alike. */
function alike({ probes, states }: Shareable): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const { name, span } of states) {
    const life = probes.flatMap((probe) => lifeIn(probe, name));
    const signature = JSON.stringify([span, life]);
    groups.set(signature, [...(groups.get(signature) ?? []), name]);
  }
  return [...groups.values()].filter((names) => names.length > 1);
}

/** Where, after which tests and under which keys a probe stores or removes a state, regardless of its name. */
function lifeIn({ point, filter, steps }: PlannedProbe, state: string): readonly unknown[] {
  const own = renaming(state, "");
  const found = (inner: readonly Step[], tests: readonly string[]): readonly unknown[] =>
    inner.flatMap((step) => {
      if (step.do === "when") return found(step.then, [...tests, structureOf(own(step.all))]);
      if (step.do === "times") return found(step.then, [...tests, structureOf(own(step.count))]);
      if ((step.do !== "store" && step.do !== "remove") || step.state !== state) return [];
      return [[step.do, tests, structureOf(own(step.key))]];
    });
  const life = found(steps, []);
  return life.length === 0 ? [] : [[pointText(point), structureOf(own(filter)), life]];
}

/** Joins two states; undefined if they cannot be joined after all. */
function joined(planned: Shareable, first: string, second: string): Shareable | undefined {
  const { probes, states, results } = planned;
  const [a, b] = [states.find(({ name }) => name === first), states.find(({ name }) => name === second)];
  const fields = a && b && joinedFields(a, b);
  if (!a || !b || !fields) return undefined;
  // Each query has its own idea of which call is the outermost, or looks at all of them.
  if (a.outermost !== b.outermost) return undefined;
  const joiner = new Joiner(a, b, renaming(second, first));
  const merged = joinedProbes(probes, joiner);
  if (!merged || !isWhole(merged, probes, a, b)) return undefined;
  return {
    probes: merged.map((probe) => (mentions(probe, second) ? joiner.rename(probe) : probe)),
    states: states.flatMap((state) => (state === a ? [{ ...a, fields }] : state === b ? [] : [state])),
    results: results.map((result) => joiner.rename(result)),
  };
}

function mentions({ filter, steps }: PlannedProbe, state: string): boolean {
  const tests: Step = { do: "when", all: filter, then: [] };
  return [tests, ...steps].some((step) => touched(step).read.has(state) || touched(step).written.has(state));
}

/** The fields of both; undefined if a name has different meanings in the two. */
function joinedFields(a: SpanState, b: SpanState): SpanState["fields"] | undefined {
  const clash = b.fields.some((field) =>
    a.fields.some((own) => own.name === field.name && structureOf(own) !== structureOf(field)),
  );
  return clash ? undefined : [...a.fields, ...newIn(b, a)];
}

function newIn(b: SpanState, a: SpanState): SpanState["fields"] {
  return b.fields.filter(({ name }) => !a.fields.some((own) => own.name === name));
}

/** Moves the parts of the second state to those of the first; undefined if a step between them prevents it. */
function joinedProbes(probes: readonly PlannedProbe[], joiner: Joiner): PlannedProbe[] | undefined {
  const result = [...probes];
  const parts = probes.filter((probe) => joiner.isOfSecond(probe)).sort((x, y) => x.order - y.order);
  for (const part of parts) {
    const at = result.findIndex((probe) => joiner.isSamePlace(probe, part));
    const into = result[at];
    if (!into) continue;
    if (into === part) {
      result[at] = { ...part, steps: joiner.combined(part.steps) };
      continue;
    }
    const between = result.filter(
      (probe) =>
        probe !== into &&
        probe !== part &&
        pointText(probe.point) === pointText(part.point) &&
        probe.order > into.order &&
        probe.order < part.order,
    );
    if (!between.every((probe) => commute(wholeOf(part), wholeOf(probe)))) return undefined;
    result[at] = {
      ...into,
      purposes: [...into.purposes, ...part.purposes],
      steps: joiner.combined([...into.steps, ...part.steps]),
    };
    result.splice(result.indexOf(part), 1);
  }
  return result;
}

function wholeOf({ filter, steps }: PlannedProbe): Step {
  return { do: "when", all: filter, then: steps };
}

/** Whether every store, remove and add of the second state has been joined with one of the first. */
function isWhole(
  merged: readonly PlannedProbe[],
  probes: readonly PlannedProbe[],
  a: SpanState,
  b: SpanState,
): boolean {
  const [after, before] = [allSteps(merged), allSteps(probes)];
  const acts = (steps: readonly Step[], state: SpanState, act: "store" | "remove"): number =>
    steps.filter((step) => step.do === act && step.state === state.name).length;
  const sums = (steps: readonly Step[], state: SpanState, field: string): number =>
    steps.filter((step) => step.do === "add" && step.state === state.name && step.field === field).length;
  return (
    acts(after, b, "store") + acts(after, b, "remove") === 0 &&
    acts(after, a, "store") === acts(before, a, "store") &&
    acts(after, a, "remove") === acts(before, a, "remove") &&
    a.fields.every(({ name }) => sums(after, b, name) === 0)
  );
}

type Rename = <T extends object>(tree: T) => T;

/** Replaces the name of a state wherever a tree of plain data refers to it. */
function renaming(from: string, to: string): Rename {
  const renamed = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      const items = value.map(renamed);
      return items.every((item, i) => item === value[i]) ? value : items;
    }
    if (typeof value !== "object" || value === null) return value;
    const members = Object.entries(value).map(
      ([name, part]) => [name, part, name === "state" && part === from ? to : renamed(part)] as const,
    );
    if (members.every(([, before, after]) => before === after)) return value;
    return Object.fromEntries(members.map(([name, , after]) => [name, after]));
  };
  return (tree) => renamed(tree) as typeof tree;
}

/** Joins the steps of the second of two states with those of the first. */
class Joiner {
  constructor(
    private readonly first: SpanState,
    private readonly second: SpanState,
    readonly rename: Rename,
  ) {}

  isOfSecond({ steps }: PlannedProbe): boolean {
    return changes(steps, this.second);
  }

  /** Whether a part of the first is at the same point, after the same tests, as this part of the second. */
  isSamePlace(one: PlannedProbe, other: PlannedProbe): boolean {
    return (
      changes(one.steps, this.first) &&
      pointText(one.point) === pointText(other.point) &&
      this.isAlike(one.filter, other.filter)
    );
  }

  /** The same steps, with equivalent ones joined. */
  combined(steps: readonly Step[]): readonly Step[] {
    const result: Step[] = [];
    for (const given of steps) {
      const step = "then" in given ? { ...given, then: this.combined(given.then) } : given;
      const at = result.findIndex((known) => this.canJoin(known, step));
      const known = result[at];
      const between = result.slice(at + 1);
      if (known?.do === "remove" && between.every((other) => commute(known, other))) {
        // The record is removed after the last step that reads it.
        result.splice(at, 1);
        result.push(known);
      } else if (known && known.do !== "remove" && between.every((other) => canPass(step, other)))
        result[at] = this.join(known, step);
      else result.push(step);
    }
    return result;
  }

  private canJoin(known: Step, step: Step): boolean {
    if (known.do === "let")
      return step.do === "let" && known.name === step.name && this.isAlike([known.value], [step.value]);
    if (known.do === "when")
      return (
        step.do === "when" &&
        this.isAlike(known.all, step.all) &&
        // The tests of the second move to those of the first.
        known.then.every((inner) => commute({ ...step, then: [] }, inner))
      );
    if (known.do === "times")
      return step.do === "times" && known.index === step.index && this.isAlike([known.count], [step.count]);
    if (known.do !== "store" && known.do !== "add" && known.do !== "remove") return false;
    if (step.do !== known.do || known.state !== this.first.name || step.state !== this.second.name)
      return false;
    if (!this.isAlike(known.key, step.key)) return false;
    if (known.do === "add" && step.do === "add")
      return known.field === step.field && this.isAlike([known.value], [step.value]);
    return known.do !== "store" || step.do !== "store" || this.agree(known.values, step.values);
  }

  /** Whether fields that both have get the same values. */
  private agree(known: readonly object[], values: readonly object[]): boolean {
    return this.second.fields.every(({ name }, i) => {
      const own = this.first.fields.findIndex((field) => field.name === name);
      const [a, b] = [known[own], values[i]];
      return !a || !b || this.isAlike([a], [b]);
    });
  }

  private join(known: Step, step: Step): Step {
    if (known.do === "when" && step.do === "when") {
      const purposes = [...(known.purposes ?? []), ...(step.purposes ?? [])];
      return {
        ...known,
        then: this.combined([...known.then, ...step.then]),
        ...(purposes.length > 0 ? { purposes } : {}),
      };
    }
    if (known.do === "times" && step.do === "times")
      return { ...known, then: this.combined([...known.then, ...step.then]) };
    if (known.do !== "store" || step.do !== "store") return known;
    const more = newIn(this.second, this.first).flatMap((field) => {
      const value = step.values[this.second.fields.indexOf(field)];
      return value ? [value] : [];
    });
    return { ...known, values: [...known.values, ...more] };
  }

  private isAlike(a: readonly object[], b: readonly object[]): boolean {
    return structureOf(this.rename(a)) === structureOf(this.rename(b));
  }
}

/** Whether steps store a state, add to it or remove it. */
function changes(steps: readonly Step[], { name }: SpanState): boolean {
  return steps.some((step) => touched(step).written.has(name));
}

interface Touched {
  readonly read: ReadonlySet<string>;
  readonly written: ReadonlySet<string>;
}

const known = new WeakMap<Step, Touched>();

/** The states and local values that a step reads and writes, by name. */
function touched(step: Step): Touched {
  const found = known.get(step) ?? touchedBy(step);
  known.set(step, found);
  return found;
}

function touchedBy(step: Step): Touched {
  const read = new Set<string>();
  for (const part of valuesOf(step).flatMap(partsOf)) {
    if (part.op === "state" || part.op === "begun") read.add(part.state);
    if (part.op === "local") read.add(`$${part.name}`);
  }
  const written = new Set<string>();
  const collect = (inner: Step): void => {
    if ("then" in inner) inner.then.forEach(collect);
    else if (inner.do === "change") read.add(inner.state);
    else if (inner.do === "let") written.add(`$${inner.name}`);
    else if (inner.do === "store" || inner.do === "add" || inner.do === "remove") written.add(inner.state);
  };
  collect(step);
  return { read, written };
}

/** Whether two steps may be swapped. */
function commute(one: Step, other: Step): boolean {
  const [a, b] = [touched(one), touched(other)];
  return areApart(a.written, b) && areApart(b.written, a);
}

/** Whether a step may be moved before another; a local value that already exists need not be calculated again. */
function canPass(step: Step, other: Step): boolean {
  return step.do === "let" ? areApart(touched(other).written, touched(step)) : commute(step, other);
}

function areApart(written: ReadonlySet<string>, other: Touched): boolean {
  return [...written].every((name) => !other.read.has(name) && !other.written.has(name));
}
