/** 32-bit programs that a traced command executes: their system calls do not reach the tracepoints of `syscalls`. */
import type { ProbePoint, Typed } from "../semantics/typed.js";
import type { PlannedProbe } from "./merge.js";
import type { Plan } from "./plan.js";
import type { Planner } from "./planner.js";

const EXEC: ProbePoint = { type: "tracepoint", parts: ["sched", "sched_process_exec"] };

export function isOfSystemCall({ type, parts: [category] }: ProbePoint): boolean {
  return type === "tracepoint" && category === "syscalls";
}

/** Counts them, as what a command executes is not known before. `isCompat`: whether the running program is one. */
export function unseenProgramProbes(
  planner: Pick<Planner, "probes" | "processFilter">,
  process: Plan["process"],
  isCompat: Typed | undefined,
): readonly PlannedProbe[] {
  if (!isCompat || !process?.followed || !planner.probes.some(({ point }) => isOfSystemCall(point)))
    return [];
  return [
    {
      point: EXEC,
      purposes: [{ source: "programs", does: "count 32-bit ones, whose system calls are not seen" }],
      filter: [...planner.processFilter(EXEC), isCompat],
      steps: [{ do: "unseen" }],
      order: Infinity,
    },
  ];
}
