/** The steps that several probes have in common, with parameters for what differs between them. */
import { allSteps, isTyped, partsOf, statesChangedBy, valuesOf } from "../../../plan/needs.js";
import type { ChangeStep, SpanState, Step } from "../../../plan/plan.js";
import { structureOf } from "../../../plan/same.js";
import { isUserCode } from "../../../plan/user-stacks.js";
import { isTest, type BuiltinField, type ProbePoint, type Typed } from "../../../semantics/typed.js";
import { isSigned, numberOf } from "../../../types/types.js";
import type { Parameter } from "./routine.js";
import { isCheap, isNumber, isSameAt } from "./sameness.js";

/** Steps of one probe. */
export interface Site {
  readonly point: ProbePoint;
  readonly filter: readonly Typed[];
  readonly steps: readonly Step[];
  /** What has been tested where the steps begin. */
  readonly tested: readonly Typed[];
}

export interface Pattern {
  readonly filter: readonly Typed[];
  readonly steps: readonly Step[];
  readonly parameters: readonly Parameter[];
  readonly states: readonly string[];
  /** What each site gives for the parameters. */
  readonly given: readonly { readonly values: readonly Typed[]; readonly states: readonly string[] }[];
}

export interface Rules {
  /** Whether states may stand for each other. */
  readonly alike: (states: readonly string[]) => boolean;
  /** Fields of every probe that are parameters, since all sites have read them. */
  readonly passed: ReadonlySet<BuiltinField>;
  readonly state: (name: string) => SpanState;
}

/** Undefined where the sites differ in more than parameters can say. */
export function generalize(sites: readonly Site[], rules: Rules): Pattern | undefined {
  try {
    return new Generalizer(sites, rules).pattern();
  } catch (error) {
    if (error instanceof Different) return undefined;
    throw error;
  }
}

/** Sites differ in something that is no parameter. */
class Different extends Error {}

interface FoundParameter {
  readonly parameter: Parameter;
  readonly values: readonly Typed[];
}

/** Where an expression is used. */
interface UseOfValue {
  /** What is stored under it. */
  readonly label?: string;
  /** Whether it is reached only after a test. */
  readonly isGuarded: boolean;
}

class Generalizer {
  private readonly found = new Map<string, FoundParameter>();
  private readonly states = new Map<string, readonly string[]>();
  /** Local values that the steps themselves calculate. */
  private readonly bound = new Set<string>();
  private readonly changed: readonly ReadonlySet<string>[];

  constructor(
    private readonly sites: readonly Site[],
    private readonly rules: Rules,
  ) {
    this.changed = sites.map(({ steps }) => new Set(statesChangedBy(steps)));
  }

  pattern(): Pattern {
    const { sites, rules } = this;
    const filter = this.tests(sites.map((site) => site.filter));
    const steps = this.steps(
      sites.map((site) => site.steps),
      filter.length > 0,
    );
    for (const name of rules.passed)
      if (name === "pid" && sites.every((site) => allSteps([site]).flatMap(valuesOf).some(keepsProcess)))
        this.common(name);
    const found = [...this.found.values()];
    const states = [...this.states];
    return {
      filter,
      steps,
      parameters: found.map(({ parameter }) => parameter),
      states: states.map(([name]) => name),
      given: sites.map((_, i) => ({
        values: found.map(({ values }) => nth(values, i)),
        states: states.map(([, names]) => nth(names, i)),
      })),
    };
  }

  private steps(lists: readonly (readonly Step[])[], isGuarded: boolean): readonly Step[] {
    return columns(lists).map((each) => this.step(each, isGuarded));
  }

  private tests(lists: readonly (readonly Typed[])[]): readonly Typed[] {
    return columns(lists).map((each) => this.value(each, { isGuarded: true }));
  }

  private step(steps: readonly Step[], isGuarded: boolean): Step {
    const [first] = steps;
    if (!first) throw new Different();
    const all = <Kind extends Step["do"]>(kind: Kind): readonly (Step & { readonly do: Kind })[] =>
      steps.map((step) => {
        if (step.do !== kind) throw new Different();
        return step as Step & { readonly do: Kind };
      });
    const values = (lists: readonly (readonly Typed[])[], labels: readonly string[] = []): readonly Typed[] =>
      columns(lists).map((each, i) => {
        const label = labels[i];
        return this.value(each, label === undefined ? { isGuarded } : { isGuarded, label });
      });
    const keys = (own: readonly { readonly state: string; readonly key: readonly Typed[] }[]) => {
      const state = this.state(own.map((each) => each.state));
      const labels = this.rules.state(state).key.map(({ name }) => name);
      return {
        state,
        key: values(
          own.map(({ key }) => key),
          labels,
        ),
      };
    };
    switch (first.do) {
      case "let": {
        const own = all("let");
        same(own.map(({ name }) => name));
        const value = this.value(
          own.map((each) => each.value),
          { isGuarded, label: first.name },
        );
        this.bound.add(first.name);
        return { do: "let", name: first.name, value };
      }
      case "when": {
        const own = all("when");
        const tests = this.tests(own.map((each) => each.all));
        const then = this.steps(
          own.map((each) => each.then),
          true,
        );
        return { do: "when", all: tests, then };
      }
      // A loop is written where it stands.
      case "times":
        throw new Different();
      case "store": {
        const own = all("store");
        same(own.map(({ countsReplaced }) => `${countsReplaced ?? false}`));
        const place = keys(own);
        const labels = this.rules.state(place.state).fields.map(({ name }) => name);
        const stored = columns(own.map((each) => each.stored ?? [])).map((each) => this.change(each));
        return {
          ...first,
          ...place,
          ...(stored.length > 0 ? { stored } : {}),
          values: values(
            own.map((each) => each.values),
            labels,
          ),
        };
      }
      case "add": {
        const own = all("add");
        same(own.map(({ field }) => field));
        const place = keys(own);
        const [value] = values(
          own.map((each) => [each.value]),
          [first.field],
        );
        if (!value) throw new Different();
        return { do: "add", ...place, field: first.field, value };
      }
      case "change":
        return this.change(all("change"));
      case "unmatched": {
        const own = all("unmatched");
        const [value] = values(own.map((each) => [each.value]));
        if (!value) throw new Different();
        return { do: "unmatched", state: this.state(own.map((each) => each.state)), value };
      }
      case "unseen":
        return first;
      case "remove":
        return { do: "remove", ...keys(all("remove")) };
      case "aggregate": {
        const own = all("aggregate");
        same(own.map(({ result }) => `${result}`));
        const key = values(own.map((each) => each.key));
        const updates = columns(own.map((each) => each.updates)).map((each) => {
          same(each.map(({ aggregate }) => `${aggregate}`));
          const [one] = each;
          if (!one) throw new Different();
          const given = each.flatMap((update) => update.value ?? []);
          if (given.length === 0) return one;
          if (given.length < each.length) throw new Different();
          return { ...one, value: this.value(given, { isGuarded }) };
        });
        return { do: "aggregate", result: first.result, key, updates };
      }
      case "emit": {
        const own = all("emit");
        same(own.map(({ result }) => `${result}`));
        return { do: "emit", result: first.result, values: values(own.map((each) => each.values)) };
      }
    }
  }

  private change(steps: readonly ChangeStep[]): ChangeStep {
    const [first] = steps;
    if (!first) throw new Different();
    same(steps.map(({ result, by }) => `${result} ${by}`));
    const state = this.state(steps.map((step) => step.state));
    const key = columns(steps.map((step) => step.key)).map((each) => this.value(each, { isGuarded: true }));
    return { ...first, state, key };
  }

  private value(values: readonly Typed[], place: UseOfValue): Typed {
    const [first] = values;
    if (!first) throw new Different();
    if (first.op === "common" && this.rules.passed.has(first.name)) {
      same(values.map(structureOf));
      return this.common(first.name);
    }
    const isSame = values.every((value) => structureOf(value) === structureOf(first));
    const isLookedUp = first.op === "state" && this.sites.every((site) => hasLookedUp(site, first));
    if (isSame && this.isOwn(first) && !isLookedUp) return first;
    if (isTest(first)) return this.parts(values, place);
    const reads = this.recordOf(values, place) ?? this.calculation(values, place);
    return reads ?? this.parameter(values, place);
  }

  /** The same calculation with another constant: that alone is a parameter. */
  private calculation(values: readonly Typed[], place: UseOfValue): Typed | undefined {
    const sums = values.flatMap((value) => (value.op === "arithmetic" ? [value] : []));
    const [first] = sums;
    if (!first || sums.length < values.length || !sums.every(({ right }) => right.op === "integer"))
      return undefined;
    const isSame = sums.every(
      ({ operator, left, type }) =>
        structureOf([operator, left, type]) === structureOf([first.operator, first.left, first.type]),
    );
    if (!isSame || !this.isOwn(first.left)) return undefined;
    return {
      ...first,
      right: this.parameter(
        sums.map(({ right }) => right),
        place,
      ),
    };
  }

  /** Whether an expression says the same within the shared steps as at each site. */
  private isOwn(value: Typed): boolean {
    const parts = partsOf(value);
    return (
      isSameAt(
        value,
        this.sites.map(({ point }) => point),
      ) &&
      parts.every((part) => part.op !== "local" || this.bound.has(part.name)) &&
      !(isNumber(value) && parts.some((part) => part.op === "common" && this.rules.passed.has(part.name)))
    );
  }

  /** An expression with the same operator at all sites, and operands that may differ. */
  private parts(values: readonly Typed[], place: UseOfValue): Typed {
    const [first] = values;
    if (!first) throw new Different();
    const inner = (nodes: readonly unknown[], name: string): unknown => {
      const [one] = nodes;
      if (name === "state") return this.state(nodes.map(String));
      if (nodes.every(isTyped)) return this.value(nodes, { isGuarded: place.isGuarded });
      if (nodes.every((node) => Array.isArray(node))) return columns(nodes).map((each) => inner(each, ""));
      same(nodes.map((node) => structureOf({ node })));
      return one;
    };
    const names = Object.keys(first);
    same(values.map((value) => Object.keys(value).join(" ")));
    const members = names.map((name) => {
      const nodes = values.map(
        (value) => Object.entries(value).find(([own]) => own === name)?.[1] as unknown,
      );
      return [name, inner(nodes, name)] as const;
    });
    return Object.fromEntries(members) as unknown as Typed;
  }

  /** The same field of records that are alike. */
  private recordOf(values: readonly Typed[], place: UseOfValue): Typed | undefined {
    const records = values.flatMap((value) => (value.op === "state" ? [value] : []));
    const [first] = records;
    if (!first || records.length < values.length) return undefined;
    const names = records.map(({ state }) => state);
    const isAlike = records.every(
      (record) =>
        record.field === first.field &&
        structureOf(record.type) === structureOf(first.type) &&
        structureOf(record.key) === structureOf(first.key),
    );
    if (names.every((name) => name === first.state)) {
      const isLookedUp = records.every((record, i) => hasLookedUp(nth(this.sites, i), record));
      return isLookedUp ? undefined : this.parts(values, place);
    }
    const isWhole = this.states.get(first.state)?.join() === names.join() || this.areChanged(names);
    if (!isAlike || !isWhole || !first.key.every((each) => this.isOwn(each))) return undefined;
    return this.parts(values, place);
  }

  /** Whether these are states that the sites themselves store or remove, and so a parameter in any case. */
  private areChanged(names: readonly string[]): boolean {
    return names.every((name, i) => nth(this.changed, i).has(name)) && new Set(names).size > 1;
  }

  private state(names: readonly string[]): string {
    const [first = ""] = names;
    if (names.every((name) => name === first)) {
      if (this.states.has(first)) throw new Different();
      return first;
    }
    const known = this.states.get(first);
    if (known ? known.join() !== names.join() : !this.rules.alike(names)) throw new Different();
    this.states.set(first, names);
    return first;
  }

  private common(name: BuiltinField): Typed {
    const value: Typed = { op: "common", name, type: numberOf("none", false) };
    return this.add(
      this.sites.map(() => value),
      name,
      name,
    );
  }

  private parameter(values: readonly Typed[], place: UseOfValue): Typed {
    const [first] = values;
    if (!first || !values.every(isNumber)) throw new Different();
    same(values.map((value) => `${isSigned(value)}`));
    values.forEach((value, i) => {
      const site = nth(this.sites, i);
      const parts = partsOf(value);
      const isBound = parts.some((part) => part.op === "local" && this.bound.has(part.name));
      const isStale = parts.some((part) => part.op === "state" && nth(this.changed, i).has(part.state));
      // What has been tested has been calculated.
      const isKnown = site.tested.flatMap(partsOf).some((part) => structureOf(part) === structureOf(value));
      if (
        isBound ||
        isStale ||
        (place.isGuarded && !isKnown && !isCheap(value, (record) => hasLookedUp(site, record)))
      )
        throw new Different();
    });
    return this.add(values, place.label);
  }

  private add(values: readonly Typed[], label: string | undefined, common?: BuiltinField): Typed {
    const of = structureOf({ values, common });
    const known = this.found.get(of);
    const isSignedNumber = values.some(isSigned);
    const local = known?.parameter.local ?? {
      op: "local",
      name: `parameter ${this.found.size}`,
      type: numberOf("none", isSignedNumber),
    };
    const named = known && known.parameter.label !== "value" ? known.parameter.label : label;
    const parameter = { local, label: named ?? "value", ...(common === undefined ? {} : { common }) };
    this.found.set(of, { parameter, values });
    return local;
  }
}

/** Whether a site has looked up a record before the steps begin. */
function hasLookedUp({ tested }: Site, { state, key }: Typed & { readonly op: "state" }): boolean {
  return tested.some(
    (test) => test.op === "begun" && test.state === state && structureOf(test.key) === structureOf(key),
  );
}

/** A user stack is kept with the process that it belongs to. */
function keepsProcess(value: Typed): boolean {
  return partsOf(value).some(({ type }) => isUserCode(type));
}

function same(texts: readonly string[]): void {
  if (texts.some((text) => text !== texts[0])) throw new Different();
}

/** The items at each position of lists of one length. */
function columns<T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] {
  const [first = []] = lists;
  if (lists.some(({ length }) => length !== first.length)) throw new Different();
  return first.map((_, i) => lists.map((list) => nth(list, i)));
}

function nth<T>(list: readonly T[], i: number): T {
  return list[i] as T;
}
