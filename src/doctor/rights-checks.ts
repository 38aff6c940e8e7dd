/** Checks whether the user has the privileges to trace. */
import { lockdownMode } from "../kernel/live/lockdown.js";
import { privilegeGap } from "../run/machine.js";
import { essential, found, type Finding } from "./finding.js";
import { isBefore, sysctl, type Examined } from "./host.js";

export const RIGHTS_CHECKS: readonly ((examined: Examined) => Finding)[] = [
  privileges,
  lockdown,
  perfEvents,
  bpfSwitches,
  memlock,
];

function privileges({ machine }: Examined): Finding {
  const gap = privilegeGap(machine);
  if (gap) return essential("privileges", "no", gap.message, gap.hint);
  if (machine.isRoot) return essential("privileges", "yes", "root, with the capabilities that tracing needs");
  return essential(
    "privileges",
    "warning",
    "CAP_BPF and CAP_PERFMON are there, but older versions of bpftrace ask for root all the same",
    "sudo faultline …",
  );
}

function lockdown({ host, evidence }: Examined): Finding {
  const mode = lockdownMode(host.files);
  // Where the kernel does not tell, what it refuses speaks for it.
  const isRefused = evidence.kprobeInterface && evidence.functionList === "denied";
  if (isRefused && host.files.textOf("/sys/kernel/security/lockdown") === undefined)
    return essential(
      "lockdown",
      "warning",
      "whether the kernel is locked down is not to be seen; it refuses the list of its functions",
      "mount -t securityfs none /sys/kernel/security",
    );
  if (mode === "confidentiality")
    return essential(
      "lockdown",
      "no",
      "the kernel is locked down (confidentiality): programs may not read its memory",
      "boot without `lockdown=confidentiality`",
    );
  return essential(
    "lockdown",
    "yes",
    mode === undefined ? "the kernel is not locked down" : `the kernel is locked down (${mode}), which still lets programs read`, // prettier-ignore
  );
}

/** These settings do not restrict privileged users. */
function forOthersOnly(examined: Examined): boolean {
  return privilegeGap(examined.machine) === undefined;
}

function perfEvents(examined: Examined): Finding {
  const level = sysctl(examined.host, "kernel.perf_event_paranoid");
  const setting = `kernel.perf_event_paranoid is ${level ?? "not there"}`;
  if (level === undefined || level < 0) return found("perf", "yes", setting);
  return forOthersOnly(examined)
    ? found("perf", "yes", `${setting}, which does not bind the privileged`)
    : found("perf", "warning", `${setting}: probes are for those with CAP_PERFMON`, "sudo faultline …");
}

function bpfSwitches(examined: Examined): Finding {
  const { host } = examined;
  if (sysctl(host, "net.core.bpf_jit_enable") === 0)
    return found("bpf", "warning", "programs are interpreted, so each event costs several times more", "sysctl net.core.bpf_jit_enable=1"); // prettier-ignore
  if (sysctl(host, "kernel.bpf_stats_enabled") === 1)
    return found("bpf", "warning", "the kernel takes the time of each program, so each event costs more", "sysctl kernel.bpf_stats_enabled=0"); // prettier-ignore
  const level = sysctl(host, "kernel.unprivileged_bpf_disabled") ?? 0;
  if (level === 0 || forOthersOnly(examined))
    return found("bpf", "yes", "programs are compiled by the kernel");
  return found("bpf", "warning", `kernel.unprivileged_bpf_disabled is ${level}: BPF is for those with CAP_BPF`, "sudo faultline …"); // prettier-ignore
}

/** From this version on, the memory of maps is charged to a cgroup and this limit does not apply. */
const COUNTED_TO_CGROUP = [5, 11] as const;
const ENOUGH = 256 * 1024 * 1024;

function memlock({ host, version }: Examined): Finding {
  if (!isBefore(version, COUNTED_TO_CGROUP))
    return found("memlock", "yes", "the limit on locked memory does not bind maps since 5.11");
  const limit = /^Max locked memory\s+(\S+)/m.exec(host.files.textOf("/proc/self/limits") ?? "")?.[1];
  const enough = limit === undefined || limit === "unlimited" || Number(limit) >= ENOUGH;
  return enough
    ? found("memlock", "yes", `locked memory: ${limit ?? "no limit"}`)
    : found("memlock", "warning", `only ${limit} bytes may be locked, and before 5.11 maps are locked memory`, "ulimit -l unlimited"); // prettier-ignore
}
