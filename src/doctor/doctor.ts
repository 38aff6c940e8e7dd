/** Checks whether this machine is ready for tracing, in the order in which to fix problems. */
import { essential, type Finding } from "./finding.js";
import { procGap } from "../run/proc-gap.js";
import { examine, type Host } from "./host.js";
import { KERNEL_CHECKS } from "./kernel-checks.js";
import { RIGHTS_CHECKS } from "./rights-checks.js";
import { TOOL_CHECKS } from "./tool-checks.js";
import { TRACER_CHECKS } from "./tracer-checks.js";

export interface Diagnosis {
  /** The version of this format. */
  readonly version: 1;
  /** Whether queries can run at all. */
  readonly ready: boolean;
  readonly findings: readonly Finding[];
}

export async function diagnose(host: Host): Promise<Diagnosis> {
  const findings = host.platform === "linux" ? await onLinux(host) : [notLinux(host)];
  return {
    version: 1,
    ready: !findings.some(({ verdict, essential }) => verdict === "no" && essential),
    findings,
  };
}

async function onLinux(host: Host): Promise<readonly Finding[]> {
  const gap = procGap(host.files);
  if (gap)
    return [essential("proc", "no", `${gap.message}, and without it nothing else can be checked`, gap.hint)];
  const examined = examine(host);
  const checks = [...KERNEL_CHECKS, ...RIGHTS_CHECKS, ...TRACER_CHECKS, ...TOOL_CHECKS];
  return Promise.all(checks.map((check) => check(examined)));
}

function notLinux({ platform }: Host): Finding {
  return essential(
    "kernel",
    "no",
    `this is ${platform}, and tracing needs Linux`,
    "compile here with `faultline compile QUERY --kernel PROFILE`, and run the script there",
  );
}
