/** What the function of a probe does, apart from the steps of the plan that the way it is attached makes needless. */
import type { Plan, PlanProbe } from "../../../plan/plan.js";
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
    filter: isNarrowed ? filter.filter((test) => !isOfPlanProcess(test, plan)) : filter,
    steps,
    asksProcess: takesPid && isOfProcess(probe) && !isNarrowed,
  };
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
