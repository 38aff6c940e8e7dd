/** How bpftrace is run. */
import type { Runner } from "../runner.js";
import { attachedProcess } from "./attach.js";
import { classifyBpftrace, REFUSED } from "./failures.js";
import { findBpftrace } from "./find.js";
import { ATTACHED_NOTICE, createDecoder } from "./read/decode.js";
import { BPFTRACE_MESSAGES } from "./messages.js";
import { preemptedText } from "./preempted.js";
import { factsOf } from "./versions.js";

/** Kernels before 6.4 keep the beginning of a log that has no room. In bytes; no kernel takes much more. */
const LOG_SIZE = "16000000";

export const bpftraceRunner: Runner = {
  title: "bpftrace",
  find: findBpftrace,
  file: "query.bt",
  arguments: (path, plan, version) => {
    const pid = attachedProcess(plan, version);
    return ["-f", "json", ...(pid === undefined ? [] : ["-p", String(pid)]), path];
  },
  environment: { [ATTACHED_NOTICE]: "1" },
  loudCall: (path, stderr) =>
    REFUSED.test(stderr)
      ? { arguments: ["-v", path], environment: { BPFTRACE_LOG_SIZE: LOG_SIZE } }
      : undefined,
  decoder: createDecoder,
  attachedNotice: ATTACHED_NOTICE,
  noise:
    /RLIMIT_MEMLOCK|Total lost event count|available_filter_functions|Addrspace (?:is not set|mismatch)|is not traceable \(either/,
  messages: BPFTRACE_MESSAGES,
  reportsAttached: (version) => factsOf(version).reportsAttached,
  namesStacks: (version) => !factsOf(version).rawStacks,
  endsItself: false,
  missesInterrupts: (version) => !factsOf(version).endsOnInterrupt,
  alwaysReadsTracefs: (version) => factsOf(version).alwaysReadsTracefs,
  preempted: preemptedText,
  classify: classifyBpftrace,
};
