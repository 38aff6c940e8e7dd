/**
 * How much a script keeps of a text whose length is not known. Old versions copy it to the stack of a probe, which has
 * 512 bytes: where one text is shown beside little else they can keep more of it than they do by themselves.
 */
import { allSteps, partsOf } from "../../plan/needs.js";
import type { Plan, PlanProbe, Step } from "../../plan/plan.js";
import type { Typed } from "../../semantics/typed.js";
import type { Dialect } from "./versions.js";

/** What else may be in the key, or in the line, of a text of 200 bytes: tried with 0.17. */
const MOST_BESIDE = 48;

const NUMBER = 8;
const COMM = 16;

/** In bytes, its NUL included. */
export function textRoom({ probes, states }: Pick<Plan, "probes" | "states">, { facts }: Dialect): number {
  const { textBytes, mostTextBytes } = facts;
  if (mostTextBytes === textBytes) return textBytes;
  const keepsTexts = states.some(({ key, fields }) => [...key, ...fields].some(isText));
  const isShown = probes.some((probe) => allSteps([probe]).some((step) => textsIn(step).length > 0));
  return isShown && !keepsTexts && probes.every(isRoomy) ? mostTextBytes : textBytes;
}

function isText({ type }: Pick<Typed, "type">): boolean {
  return type.kind === "string";
}

function isRoomy(probe: PlanProbe): boolean {
  const steps = allSteps([probe]);
  const tests = [...probe.filter, ...steps.flatMap((step) => (step.do === "when" ? step.all : []))];
  return !tests.flatMap(partsOf).some(copiesText) && steps.every(leavesRoom);
}

/** Whether bpftrace compares a copy of a text, which may be on the stack together with what is shown. */
function copiesText(test: Typed): boolean {
  if (test.op === "compare") return [test.left, test.right].some(isLong);
  return (
    test.op === "glob" && isLong(test.subject) && test.glob.pieces.length <= 2 && !test.glob.pieces[1]?.length
  );
}

function leavesRoom(step: Step): boolean {
  const texts = textsIn(step);
  const beside = copiedBy(step).filter((value) => !texts.includes(value));
  const bytes = beside.reduce((sum, value) => sum + (isText(value) ? COMM : NUMBER), 0);
  return texts.length === 0 || (texts.length === 1 && texts.every(isLong) && bytes <= MOST_BESIDE);
}

function textsIn(step: Step): readonly Typed[] {
  return copiedBy(step).filter((value) => isText(value) && value.op !== "common");
}

/** What stands together on the stack. */
function copiedBy(step: Step): readonly Typed[] {
  if (step.do === "emit") return step.values;
  if (step.do !== "aggregate") return [];
  return [...step.key, ...step.updates.flatMap(({ value }) => (value && isText(value) ? [value] : []))];
}

/** One that is either of two is two of them on the stack. */
function isLong(value: Typed): boolean {
  return value.op === "text" || (value.op === "tracepointArgument" && isText(value));
}
