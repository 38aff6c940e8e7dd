/** Lists the tests that a plan makes, where, and in which order. */
import { isOpen } from "../plan/columns.js";
import { isRunning } from "../plan/running.js";
import { purposeText } from "../plan/words.js";
import type { Plan, PlanProbe, Result, Step } from "../plan/plan.js";
import { pointText } from "../semantics/source/probe-points.js";
import type { Typed } from "../semantics/typed.js";
import { conditionText } from "./prose-expression.js";
import type { ExplainedFilter } from "./explanation.js";

/** `testsOpenSpans`: whether conditions on open spans are tested in the kernel. */
export function filtersOf(plan: Plan, testsOpenSpans: boolean): ExplainedFilter[] {
  return [
    ...plan.probes.flatMap(probeFilters),
    ...plan.results.flatMap((result) => resultFilters(result, testsOpenSpans)),
  ];
}

function probeFilters(probe: PlanProbe): ExplainedFilter[] {
  const first = probe.filter.map((test) => ({ test, when: "before anything else is done" }));
  return [...first, ...probe.steps.flatMap(later)].map(({ test, when }, i) => ({
    at: pointText(probe.point),
    where: "kernel",
    order: i + 1,
    test: conditionText(test),
    when,
  }));
}

interface FilterTest {
  readonly test: Typed;
  readonly when: string;
}

/** Tests of values that have to be computed first, such as a span's latency at its end. */
function later(step: Step): readonly FilterTest[] {
  if (step.do !== "when") return [];
  const purpose =
    step.purposes === undefined
      ? "anything is counted or shown"
      : `it goes on to ${purposeText(step.purposes)}`;
  const tests = step.all.map((test) => ({ test, when: `before ${purpose}` }));
  return [...tests, ...step.then.flatMap(later)];
}

function milliseconds(nanoseconds: bigint): string {
  return `${Number(nanoseconds) / 1e6} ms`;
}

function resultFilters(result: Result, testsOpenSpans: boolean): ExplainedFilter[] {
  const tests: ExplainedFilter[] = [];
  if (isRunning(result) && result.running.age) {
    const { least, step } = result.running.age;
    tests.push({
      at: `@${result.running.sums[0]?.map ?? ""}`,
      where: "runner",
      order: 1,
      test: `is at least ${milliseconds(least)} old, in steps of ${milliseconds(step)}`,
      when: "each time it is printed, group by group",
    });
  }
  if (isOpen(result) && result.condition)
    tests.push({
      at: `@${result.state}`,
      where: testsOpenSpans ? "kernel" : "runner",
      order: 1,
      test: conditionText(result.condition),
      when: "each time it is printed, entry by entry",
    });
  if ((result.kind === "groups" || result.kind === "openGroups") && result.top)
    tests.push({
      at: "the result",
      where: "runner",
      order: 1,
      test: `is among the ${result.top.count} with the highest ${result.aggregates[result.top.by]?.label ?? ""}`,
      when: "once the whole map has been read",
    });
  return tests;
}
