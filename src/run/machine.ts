/** Checks whether a tracer can run on this machine. */
import { runningOn, tracefsPlaces } from "../kernel/live/live-kernel.js";
import { THIS_MACHINE, type FileAccess } from "../kernel/live/read-file.js";
import type { Plan } from "../plan/plan.js";
import { BECOME_ROOT, MOUNT_TRACEFS } from "../tracers/hints.js";
import type { Tracer } from "../tracers/runner.js";
import { TracerError } from "../tracers/tracer-error.js";

/** Bits of `CapEff`. */
const SYS_ADMIN = 1n << 21n;
const PERFMON = 1n << 38n;
const BPF = 1n << 39n;

export interface Machine {
  readonly isRoot: boolean;
  readonly capabilities: bigint;
  readonly hasTracefs: boolean;
}

export function readMachine(files: FileAccess = THIS_MACHINE, { isRoot } = runningOn()): Machine {
  const mask = /^CapEff:\s*([0-9a-f]+)/m.exec(files.textOf("/proc/self/status") ?? "")?.[1];
  return {
    isRoot,
    capabilities: mask === undefined ? 0n : BigInt(`0x${mask}`),
    hasTracefs: tracefsPlaces.some((place) => files.exists(`${place}/events`)),
  };
}

/** Why the user may not trace; undefined if they may. */
export function privilegeGap({ isRoot, capabilities }: Machine): TracerError | undefined {
  const has = (mask: bigint): boolean => (capabilities & mask) === mask;
  if (has(SYS_ADMIN) || has(BPF | PERFMON)) return undefined;
  return isRoot
    ? new TracerError(
        3,
        "root may not trace here: CAP_BPF and CAP_PERFMON are missing",
        "in a container, start it with `--cap-add BPF --cap-add PERFMON` (or `--privileged`)",
      )
    : new TracerError(3, "tracing the kernel needs root", BECOME_ROOT);
}

/** Checks for known causes of failure; others are left for the tracer to report. Throws a `TracerError`. */
export function checkMachine(tracer: Tracer, plan: Plan, machine: Machine = readMachine()): void {
  const gap = privilegeGap(machine);
  if (gap) throw gap;
  const needsTracefs =
    tracer.runner.alwaysReadsTracefs(tracer.version) ||
    plan.probes.some(({ point }) => point.type === "tracepoint");
  if (needsTracefs && !machine.hasTracefs) throw new TracerError(3, "tracefs is not mounted", MOUNT_TRACEFS);
}
