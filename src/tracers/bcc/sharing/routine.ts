/** Steps that several probes share: a function with parameters in place of each copy. */
import { append } from "../../../lists.js";
import { valuesOf } from "../../../plan/needs.js";
import type { Step } from "../../../plan/plan.js";
import { structureOf } from "../../../plan/same.js";
import type { BuiltinField, ProbePoint, Typed } from "../../../semantics/typed.js";

export interface Parameter {
  /** The local value of the plan by which the steps read it. */
  readonly local: Typed & { readonly op: "local" };
  /** What it is called, unless another parameter has that name. */
  readonly label: string;
  /** A field that every probe has, which the callers have read already. */
  readonly common?: BuiltinField;
}

export interface Routine {
  readonly name: string;
  readonly comment: string;
  readonly parameters: readonly Parameter[];
  /** States whose place in a shared table is a parameter too. */
  readonly states: readonly string[];
  /** One of the probes that share it: all that share what depends on it are alike in it. */
  readonly point: ProbePoint;
  readonly body: ProbeBody;
  /** Whether it is all that the probes do. */
  readonly isWhole: boolean;
}

/** What a probe does. */
export interface ProbeBody {
  readonly filter: readonly Typed[];
  readonly steps: readonly Step[];
  /** Whether it first tests whether the process is the one of `--pid`. */
  readonly asksProcess: boolean;
}

export interface Call {
  readonly routine: Routine;
  /** A value for each parameter. */
  readonly values: readonly Typed[];
  /** A state for each of the routine's. */
  readonly states: readonly string[];
}

/** A call that stands for so many steps. */
export interface Replaced {
  readonly call: Call;
  readonly length: number;
}

/** The calls by the list of the steps that they stand for, and by the position in it. */
export type Calls = ReadonlyMap<readonly Step[], ReadonlyMap<number, Replaced>>;

/** Goes through steps, with the calls that stand for some of them. */
export function eachStep(
  steps: readonly Step[],
  calls: Calls,
  visit: { readonly step: (step: Step) => void; readonly call: (call: Call) => void },
): void {
  const own = calls.get(steps);
  for (let i = 0; i < steps.length; i++) {
    const replaced = own?.get(i);
    const step = steps[i];
    if (replaced) {
      visit.call(replaced.call);
      i += replaced.length - 1;
    } else if (step) visit.step(step);
  }
}

/** Tests and the steps behind them, where other tests are all that is behind the first. */
export function flattened(
  { all, then }: { readonly all: readonly Typed[]; readonly then: readonly Step[] },
  calls: Calls,
): { readonly all: readonly Typed[]; readonly then: readonly Step[] } {
  const [only, ...others] = then;
  if (only?.do !== "when" || only.purposes || others.length > 0 || calls.get(then)?.has(0))
    return { all, then };
  return flattened({ all: [...all, ...only.all], then: only.then }, calls);
}

/**
 * The same steps, where those that remove a record stand behind the test of whether there is one, and nothing else does:
 * so they can be shared together with that test.
 */
export function withInnerTests(
  all: readonly Typed[],
  steps: readonly Step[],
): Pick<ProbeBody, "filter" | "steps"> {
  const then = steps.map((step) => {
    if (step.do !== "when") return step;
    const inner = withInnerTests(step.all, step.then);
    return { ...step, all: inner.filter, then: inner.steps };
  });
  const last = all.at(-1);
  const isOwn =
    last?.op === "begun" &&
    steps.some(
      (step) =>
        step.do === "remove" && step.state === last.state && structureOf(step.key) === structureOf(last.key),
    );
  if (!isOwn || all.length < 2) return { filter: all, steps: then };
  return { filter: all.slice(0, -1), steps: [{ do: "when", all: [last], then }] };
}

/** The routines that steps call, each after those that it calls itself. */
export function routinesIn(steps: readonly Step[], calls: Calls): ReadonlySet<Routine> {
  const found = new Set<Routine>();
  const collect = (list: readonly Step[]): void => {
    eachStep(list, calls, {
      call: ({ routine }) => {
        collect(routine.body.steps);
        found.add(routine);
      },
      step: (step) => {
        if (step.do === "when") collect(step.then);
      },
    });
  };
  collect(steps);
  return found;
}

/** All expressions of a body, with those that calls are given in place of those that they stand for. */
export function valuesOfBody(
  { filter, steps }: Pick<ProbeBody, "filter" | "steps">,
  calls: Calls,
  isLeftOut: (step: Step) => boolean = () => false,
): readonly Typed[] {
  const values: Typed[] = [...filter];
  const collect = (list: readonly Step[]): void => {
    eachStep(list, calls, {
      call: (call) => {
        append(values, call.values);
      },
      step: (step) => {
        if (isLeftOut(step)) return;
        append(values, step.do === "when" ? step.all : valuesOf(step));
        if (step.do === "when") collect(step.then);
      },
    });
  };
  collect(steps);
  return values;
}
