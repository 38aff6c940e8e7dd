/** Other probes that see the very same calls as one that a definition names, for the planner to choose from. */
import type { Kernel } from "../../kernel/kernel.js";
import { isWildcard } from "./probe-points.js";
import type { ProbePoint, ProbeType } from "../typed.js";

const TRAMPOLINES: Partial<Record<ProbeType, ProbeType>> = { kprobe: "fentry", kretprobe: "fexit" };

/** What a trampoline can pass on; x86 kernels before 6.6 take no more. */
const TRAMPOLINE_ARGUMENTS = 6;

/** The probe itself, and those that see the same on this kernel, in the order in which one would think of them. */
export function variantsOf(point: ProbePoint, kernel: Kernel): readonly ProbePoint[] {
  if (hasRawTracepoint(point, kernel)) return [point, { type: "rawtracepoint", parts: point.parts.slice(1) }];
  const type = TRAMPOLINES[point.type];
  return type !== undefined && hasTrampoline(point, kernel) ? [{ type, parts: point.parts }, point] : [point];
}

/**
 * A raw tracepoint skips the copying of arguments that a tracepoint does, so it gives none. Newer tracers find it by
 * the function that calls what is attached, as they find the functions of fentry, and refuse it for the same reasons.
 * The kernel makes the tracepoints of single system calls out of one for all, so these have no raw one of their own.
 */
function hasRawTracepoint({ type, parts: [category = "", name = ""] }: ProbePoint, kernel: Kernel): boolean {
  return (
    type === "tracepoint" &&
    category !== "syscalls" &&
    kernel.tracepoint(category, name) !== undefined &&
    hasTrampoline({ type: "fentry", parts: [`__traceiter_${name}`] }, kernel)
  );
}

/** Whether fentry and fexit programs can be attached: the function's types must be known, and fit. */
function hasTrampoline(point: ProbePoint, kernel: Kernel): boolean {
  const [name = ""] = point.parts;
  if (!kernel.attach.fentry || isWildcard(point) || name.includes("+")) return false;
  const prototype = kernel.function(name);
  return (
    prototype !== undefined &&
    !prototype.untyped &&
    // Types of modules are in files of their own, which not every version of the tracers reads.
    prototype.module === undefined &&
    prototype.parameters.length <= TRAMPOLINE_ARGUMENTS &&
    prototype.parameters.every((p) => p.name !== "" && !["struct", "union", "void"].includes(p.type.kind))
  );
}
