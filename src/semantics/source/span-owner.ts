/** The thread or process that a span belongs to, as its keys say, and with which it ends. */
import type { Span } from "../../diagnostics/diagnostic.js";
import { Diagnostics } from "../../diagnostics/diagnostics.js";
import type { Context } from "../context.js";
import { comparisonOf, integer } from "../expression/fold.js";
import type { ProbePoint, SpanOwner, Typed } from "../typed.js";
import { numberOf } from "../../types/types.js";
import { memberOf } from "./c-values.js";
import { whyAbsent } from "./probe-points.js";
import { currentTask } from "./task-fields.js";

/** The end of a thread. */
export const THREAD_EXIT: ProbePoint = { type: "tracepoint", parts: ["sched", "sched_process_exit"] };
/** A process becomes another program. */
export const EXEC: ProbePoint = { type: "tracepoint", parts: ["sched", "sched_process_exec"] };

/** Undefined if the keys have neither, or the target cannot tell when it ends. */
export function spanOwner(keys: readonly string[], span: Span, context: Context): SpanOwner | undefined {
  const id = keys.includes("tid") ? "tid" : keys.includes("pid") ? "pid" : undefined;
  if (id === undefined || [THREAD_EXIT, EXEC].some((point) => whyAbsent(point, context.kernel) !== undefined))
    return undefined;
  const diagnostics = new Diagnostics();
  const within = { ...context, diagnostics };
  const task = currentTask(within, span);
  const member = (path: readonly string[]): Typed =>
    path.reduce((object, name) => memberOf(object, name, within, span), task);
  const started = member(id === "tid" ? ["start_boottime"] : ["group_leader", "start_boottime"]);
  const threads = member(["signal", "live", "counter"]);
  if (diagnostics.list.length > 0) return undefined;
  return { id, started, isLast: comparisonOf("==", threads, integer(0n, numberOf("none", false))) };
}
