/**
 * Conditions that no event of a probe meets, as the values that it gives to fields decide them: `kind ~ "direct"` where
 * `kind` is a constant of each probe. The checker, which warns of conditions that are never true, knows no probes.
 */
import { knownTruth } from "../semantics/expression/fold.js";
import type { Typed } from "../semantics/typed.js";
import type { PlannedProbe } from "./merge.js";
import type { Step } from "./plan.js";

/** The results, by number, and the states, by name, that some probe adds to. */
export type Filled = ReadonlySet<number | string>;

export function filledBy(probes: readonly PlannedProbe[]): Filled {
  const filled = new Set<number | string>();
  const visit = (steps: readonly Step[]): void => {
    for (const step of steps) {
      const own = filledIn(step);
      if (own !== undefined) filled.add(own);
      if (!isNever(step)) visit(stepsIn(step));
    }
  };
  for (const { filter, steps } of probes) if (!isUnmet(filter)) visit(steps);
  return filled;
}

/**
 * Leaves out what is never done, unless nothing else fills a result or a state: tracers know by what is added what it
 * consists of.
 */
export function withoutUnmet(probe: PlannedProbe, filled: Filled): PlannedProbe {
  const isNeeded = (step: Step): boolean => {
    const own = filledIn(step);
    return (own !== undefined && !filled.has(own)) || stepsIn(step).some(isNeeded);
  };
  return { ...probe, steps: probe.steps.filter((step) => !isNever(step) || isNeeded(step)) };
}

function filledIn(step: Step): number | string | undefined {
  switch (step.do) {
    case "aggregate":
    case "change":
    case "emit":
      return step.result;
    case "store":
      return step.state;
    case "add":
    case "let":
    case "remove":
    case "times":
    case "unmatched":
    case "unseen":
    case "when":
      return undefined;
  }
}

function stepsIn(step: Step): readonly Step[] {
  return "then" in step ? step.then : step.do === "store" ? (step.stored ?? []) : [];
}

function isNever(step: Step): boolean {
  return step.do === "when" && isUnmet(step.all);
}

function isUnmet(tests: readonly Typed[]): boolean {
  return tests.some((test) => knownTruth(test) === false);
}
