/** What steps have in common apart from what may be a parameter, and how long they are as C. */
import { allSteps, isTyped, valuesOf } from "../../../plan/needs.js";
import type { Step } from "../../../plan/plan.js";
import { structureOf } from "../../../plan/same.js";
import { isTest, type Typed } from "../../../semantics/typed.js";
import { isSigned } from "../../../types/types.js";
import { SHOWN_SIZE, textSize } from "../layout/fields.js";
import { isNumber } from "./sameness.js";

/** Steps that can be shared have the same shape. `stateShape`: what is the same of states that may stand for each other. */
export function shapeOf(
  filter: readonly Typed[],
  steps: readonly Step[],
  stateShape: (state: string) => string,
): string {
  const value = (of: Typed): unknown => {
    if (isNumber(of)) return isSigned(of) ? "signed" : "unsigned";
    return Object.entries(of).map(([name, part]: [string, unknown]) => [name, inner(name, part)]);
  };
  const inner = (name: string, part: unknown): unknown => {
    if (name === "state") return stateShape(String(part));
    if (Array.isArray(part)) return part.map((each) => inner("", each));
    return isTyped(part) ? value(part) : part;
  };
  const step = (of: Step): unknown => {
    switch (of.do) {
      case "let":
        return [of.do, of.name, value(of.value)];
      case "times":
        return [of.do, of.index, value(of.count), of.then.map(step)];
      case "when":
        return [of.do, of.all.map(value), of.then.map(step)];
      case "store":
        return [
          of.do,
          stateShape(of.state),
          of.countsReplaced,
          of.key.map(value),
          of.values.map(value),
          of.stored?.map(step),
        ];
      case "change":
        return [of.do, of.result, of.by, stateShape(of.state), of.key.map(value)];
      case "add":
        return [of.do, stateShape(of.state), of.key.map(value), of.field, value(of.value)];
      case "unmatched":
        return [of.do, stateShape(of.state), value(of.value)];
      case "unseen":
        return [of.do];
      case "remove":
        return [of.do, stateShape(of.state), of.key.map(value)];
      case "aggregate":
        return [
          of.do,
          of.result,
          of.key.map(value),
          of.updates.map((update) => [update.aggregate, update.value && value(update.value)]),
        ];
      case "emit":
        return [of.do, of.result, of.values.map(value)];
    }
  };
  return structureOf([filter.map(value), steps.map(step)]);
}

/** About how many lines of C they are. */
export function linesOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + linesOfStep(step), 0);
}

function linesOfStep(step: Step): number {
  const members = (count: number): number => (count > 1 ? count + 1 : 1);
  switch (step.do) {
    case "let":
    case "unmatched":
    case "unseen":
      return 1;
    case "when":
      return 2 + linesOf(step.then);
    case "times":
      return 6 + linesOf(step.then);
    case "store":
      return members(step.key.length) + members(step.values.length) + 2 + linesOf(step.stored ?? []);
    case "change":
      return 12;
    case "add":
      return members(step.key.length) + 2;
    case "remove":
      return members(step.key.length);
    case "aggregate":
      return members(step.key.length) + step.updates.length + 5;
    case "emit":
      return step.values.length + 5;
  }
}

/** About how many bytes of the stack they take. */
export function stackOf(steps: readonly Step[]): number {
  const values = steps.flatMap(valuesOf).reduce((sum, value) => {
    if (value.type.kind === "string") return sum + textSize(value, SHOWN_SIZE);
    return sum + (isTest(value) ? 0 : NUMBER_BYTES);
  }, 0);
  return values + (allSteps([{ steps }]).some((step) => step.do === "change") ? CHANGE_BYTES : 0);
}

/** For the group of an open span, as a rule; a second change takes the same space. */
const CHANGE_BYTES = 64;

const NUMBER_BYTES = 8;

/** Whether a value is a test of whether a span has begun, which takes a look-up and two lines. */
export function linesOfFilter(filter: readonly Typed[]): number {
  return filter.reduce((sum, test) => sum + (isTest(test) && test.op === "begun" ? 3 : 2), 0);
}
