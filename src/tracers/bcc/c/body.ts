/** What the function of a probe does, apart from the steps of the plan that the way it is attached makes needless. */
import type { Plan, PlanProbe, Step } from "../../../plan/plan.js";
import { structureOf } from "../../../plan/same.js";
import type { Typed } from "../../../semantics/typed.js";
import { takesProcess } from "../python/attach.js";
import type { ProbeBody } from "../sharing/routine.js";

interface Narrowing {
  readonly plan: Plan;
  /** Whether the user may give a process when the program is run. */
  readonly takesPid: boolean;
  /** The only process that is traced. */
  readonly pid: string | undefined;
}

/** Timers run in no process of interest, and some things the kernel does in whichever runs. */
export function isOfProcess({ point, unattributed }: PlanProbe): boolean {
  return point.type !== "interval" && !unattributed;
}

export function bodyOf(probe: PlanProbe, { plan, takesPid, pid }: Narrowing): ProbeBody {
  const { point, filter, steps } = probe;
  // The kernel calls a function only in the process that it is attached to.
  const isNarrowed = pid !== undefined && takesProcess(point);
  return {
    ...withoutNeedlessTests(
      isNarrowed ? filter.filter((test) => !isOfPlanProcess(test, plan)) : filter,
      steps,
    ),
    asksProcess: takesPid && isOfProcess(probe) && !isNarrowed && !filter.some(isOfOwner),
  };
}

/** Whether a test asks for a record of the process itself, which only those have that are traced. */
function isOfOwner(test: Typed): boolean {
  return test.op === "begun" && test.key.every((part) => part.op === "common" && part.name === "pid");
}

/** Nothing need be known of a record to remove it: where there is none, that does nothing. */
function withoutNeedlessTests(
  all: readonly Typed[],
  steps: readonly Step[],
): Pick<ProbeBody, "filter" | "steps"> {
  const then = steps.flatMap((step): readonly Step[] => {
    if (step.do !== "when") return [step];
    const inner = withoutNeedlessTests(step.all, step.then);
    return inner.filter.length === 0 ? inner.steps : [{ ...step, all: inner.filter, then: inner.steps }];
  });
  const [only, ...others] = then;
  if (only?.do !== "remove" || others.length > 0) return { filter: all, steps: then };
  // Before others it spares what they read.
  const last = all.at(-1);
  const isNeedless =
    last?.op === "begun" && last.state === only.state && structureOf(last.key) === structureOf(only.key);
  return { filter: isNeedless ? all.slice(0, -1) : all, steps: then };
}

/** Whether a test is that of the only process that the plan is for. */
function isOfPlanProcess(test: Typed, { process }: Plan): boolean {
  return (
    process?.followed === false &&
    test.op === "compare" &&
    test.operator === "==" &&
    test.left.op === "common" &&
    test.left.name === "pid" &&
    test.right.op === "integer" &&
    test.right.value === BigInt(process.pid)
  );
}
