/** What a kernel that preempts itself may take from the figures, and nothing counts. */
import { release } from "node:os";
import { preemptsItself } from "../kernel/live/preemption.js";
import type { Plan } from "../plan/plan.js";
import type { Tracer } from "../tracers/runner.js";

/** One sentence each; `preempts` is asked only where it matters. */
export function preemptionDoubts(
  { runner, version }: Tracer,
  plan: Plan,
  kernel = release(),
  preempts = () => preemptsItself(kernel),
): readonly string[] {
  // The kernel runs no program for them while a map is read on that CPU, and then perhaps another thread is running there.
  const software = plan.probes.some(({ point }) => point.type === "software")
    ? "this kernel interrupts what reads maps for other threads, and counts none of their events meanwhile: the figures may be short by a few of 100,000"
    : undefined;
  const doubts = [software, runner.preempted?.(plan, version, kernel)].filter((text) => text !== undefined);
  return doubts.length > 0 && preempts() ? doubts : [];
}
