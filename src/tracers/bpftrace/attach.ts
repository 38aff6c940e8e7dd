/** Which process bpftrace is attached to. */
import { isOfBinary } from "../../plan/binaries.js";
import type { Plan } from "../../plan/plan.js";
import { factsOf } from "./versions.js";

/**
 * The process for `-p`: probes in programs and libraries are attached to it alone; otherwise every process stops at
 * them, and the test in the script comes too late to save that. Newer versions then test the process at all other probes
 * as well, which must not be done where the kernel works in the context of any process.
 */
export function attachedProcess({ process, probes }: Plan, version: string): number | undefined {
  if (!process || process.followed || !factsOf(version).attachesToProcess) return undefined;
  const isLimited = probes.some(({ point }) => isOfBinary(point)) && probes.every((p) => !p.unattributed);
  return isLimited ? process.pid : undefined;
}
