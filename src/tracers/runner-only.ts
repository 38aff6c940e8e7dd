/** What only the runner can show. */
import type { Plan } from "../plan/plan.js";
import { hasCommandLines } from "../plan/user-stacks.js";
import { BackendError } from "./error.js";
import type { ScriptForm } from "./script.js";

/** Throws a `BackendError` where a script that runs by itself would show a number instead. */
export function refuseRunnerOnly(plan: Plan, form: ScriptForm): void {
  if (form === "text" && plan.results.some(hasCommandLines))
    throw new BackendError(
      "`cmdline` is read from /proc by `faultline run`, so a script that runs by itself cannot show it: show `exe`, `process` or `pid`",
    );
}
