/** How bpftrace is run. */
import { isOfBinary } from "../../plan/binaries.js";
import type { Plan } from "../../plan/plan.js";
import type { Runner } from "../runner.js";
import { classifyBpftrace, REFUSED } from "./failures.js";
import { findBpftrace } from "./find.js";
import { ATTACHED_NOTICE, createDecoder } from "./read/decode.js";
import { factsOf } from "./versions.js";

/** Kernels before 6.4 keep the beginning of a log that has no room. In bytes; no kernel takes much more. */
const LOG_SIZE = "16000000";

/**
 * Attaches the probes in programs and libraries to the traced process alone; otherwise every process stops at them, and
 * the test in the script comes too late to save that. Newer versions then test the process at all other probes as well,
 * which must not be done where the kernel works in the context of any process.
 */
function attachTo({ process, probes }: Plan, version: string): readonly string[] {
  if (!process || process.followed || !factsOf(version).attachesToProcess) return [];
  const isLimited = probes.some(({ point }) => isOfBinary(point)) && probes.every((p) => !p.unattributed);
  return isLimited ? ["-p", String(process.pid)] : [];
}

export const bpftraceRunner: Runner = {
  title: "bpftrace",
  find: findBpftrace,
  file: "query.bt",
  arguments: (path, plan, version) => ["-f", "json", ...attachTo(plan, version), path],
  environment: { [ATTACHED_NOTICE]: "1" },
  loudCall: (path, stderr) =>
    REFUSED.test(stderr)
      ? { arguments: ["-v", path], environment: { BPFTRACE_LOG_SIZE: LOG_SIZE } }
      : undefined,
  decoder: createDecoder,
  attachedNotice: ATTACHED_NOTICE,
  noise:
    /RLIMIT_MEMLOCK|Total lost event count|available_filter_functions|Addrspace (?:is not set|mismatch)|is not traceable \(either/,
  reportsAttached: (version) => factsOf(version).reportsAttached,
  namesStacks: (version) => !factsOf(version).rawStacks,
  endsItself: false,
  missesInterrupts: (version) => !factsOf(version).endsOnInterrupt,
  alwaysReadsTracefs: (version) => factsOf(version).alwaysReadsTracefs,
  classify: classifyBpftrace,
};
