/** The probes that are hit by the same calls as one that a definition names, for the planner to choose from. */
import type { Kernel } from "../../kernel/kernel.js";
import { isWildcard } from "./probe-points.js";
import type { ProbePoint, ProbeType } from "../typed.js";

const TRAMPOLINES: Partial<Record<ProbeType, ProbeType>> = { kprobe: "fentry", kretprobe: "fexit" };

/** The number of arguments that a trampoline can pass; x86 kernels before 6.6 support no more. */
const TRAMPOLINE_ARGUMENTS = 6;

/** Returns the probe itself and its equivalents on this kernel, the most obvious first. */
export function variantsOf(point: ProbePoint, kernel: Kernel): readonly ProbePoint[] {
  if (hasRawTracepoint(point, kernel)) return [point, { type: "rawtracepoint", parts: point.parts.slice(1) }];
  const type = TRAMPOLINES[point.type];
  return type !== undefined && hasTrampoline(point, kernel) ? [{ type, parts: point.parts }, point] : [point];
}

/**
 * Whether the raw form of a tracepoint can be used. It skips the copying of arguments, so it has no fields. Newer
 * tracers look up the function behind it as they do for fentry, and refuse it for the same reasons.
 * The kernel derives the tracepoints of single system calls from a common one, so these have no raw form.
 */
function hasRawTracepoint({ type, parts: [category = "", name = ""] }: ProbePoint, kernel: Kernel): boolean {
  return (
    type === "tracepoint" &&
    category !== "syscalls" &&
    kernel.tracepoint(category, name) !== undefined &&
    hasTrampoline({ type: "fentry", parts: [`__traceiter_${name}`] }, kernel)
  );
}

/** Whether fentry and fexit programs can be attached: the function's types must be known and supported. */
function hasTrampoline(point: ProbePoint, kernel: Kernel): boolean {
  const [name = ""] = point.parts;
  if (!kernel.attach.fentry || isWildcard(point) || name.includes("+")) return false;
  const prototype = kernel.function(name);
  return (
    prototype !== undefined &&
    !prototype.untyped &&
    // The types of modules are in separate files, which not every version of the tracers reads.
    prototype.module === undefined &&
    prototype.parameters.length <= TRAMPOLINE_ARGUMENTS &&
    prototype.parameters.every(
      ({ name, type }) =>
        name !== "" &&
        !["struct", "union", "void"].includes(type.kind) &&
        // A list of addresses: the kernel refuses programs that read it there.
        !(type.kind === "pointer" && type.to.kind === "pointer" && type.to.to.kind === "void"),
    )
  );
}
