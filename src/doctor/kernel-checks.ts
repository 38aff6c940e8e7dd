/** Checks whether the kernel has the features that tracing needs. */
import { BECOME_ROOT, MOUNT_TRACEFS } from "../tracers/hints.js";
import { lockdownMode } from "../kernel/live/lockdown.js";
import { tracefsPlaces } from "../kernel/live/live-kernel.js";
import { essential, found, type Finding } from "./finding.js";
import { isBefore, sysctl, type Examined } from "./host.js";

export const KERNEL_CHECKS: readonly ((examined: Examined) => Finding)[] = [
  release,
  config,
  tracefs,
  btf,
  kprobes,
  fentry,
  uprobes,
  symbols,
];

/** BPF programs can be attached to perf events, and so to tracepoints, since 4.9. */
const OLDEST_POSSIBLE = [4, 9] as const;
const OLDEST_TRIED = [6, 1] as const;

function release({ host, version }: Examined): Finding {
  const kernel = `kernel ${host.release} (${host.arch})`;
  if (isBefore(version, OLDEST_POSSIBLE))
    return essential("kernel", "no", `${kernel} is too old for BPF on tracepoints`, "run a kernel of 6.1 or later");
  if (isBefore(version, OLDEST_TRIED))
    return essential("kernel", "warning", `${kernel} is older than 6.1, the oldest that faultline is tried on`);
  return essential("kernel", "yes", kernel);
} // prettier-ignore

const REQUIRED = ["BPF", "BPF_SYSCALL", "PERF_EVENTS", "BPF_EVENTS"];
const WANTED: Readonly<Record<string, string>> = {
  BPF_JIT: "programs are interpreted, which is slow",
  DEBUG_INFO_BTF: "types are not known",
  FTRACE_SYSCALLS: "system calls have no tracepoints",
  KPROBE_EVENTS: "no kprobes",
  UPROBE_EVENTS: "no uprobes",
  DYNAMIC_FTRACE_WITH_DIRECT_CALLS: "no fentry",
};
const OTHER_KERNEL = "a kernel of a current distribution has them";

function config({ evidence, host }: Examined): Finding {
  const { config } = evidence;
  if (config === undefined)
    return essential(
      "config",
      "warning",
      `the kernel's configuration cannot be read, in /proc/config.gz or /boot/config-${host.release}`,
      "modprobe configs",
    );
  const lacks = (option: string): boolean => !new RegExp(`^CONFIG_${option}=[ym]$`, "m").test(config);
  const missing = REQUIRED.filter(lacks);
  if (missing.length > 0)
    return essential("config", "no", `this kernel was built without ${options(missing)}`, OTHER_KERNEL);
  const without = Object.keys(WANTED).filter(lacks);
  if (without.length === 0) return essential("config", "yes", "the kernel was built with what tracing needs");
  const means = without.map((option) => `${options([option])} (${WANTED[option] ?? ""})`);
  return essential("config", "warning", `this kernel was built without ${means.join(", ")}`, OTHER_KERNEL);
}

function options(names: readonly string[]): string {
  return names.map((name) => `CONFIG_${name}`).join(", ");
}

function tracefs({ host, machine }: Examined): Finding {
  if (!machine.hasTracefs && host.isRoot)
    return essential("tracefs", "no", "tracefs is not mounted, so tracepoints are not to be seen", MOUNT_TRACEFS);
  const place = tracefsPlaces.find((each) => host.files.canRead(`${each}/events`));
  if (place === undefined)
    return essential("tracefs", "no", "tracefs cannot be read, so tracepoints are not to be seen", BECOME_ROOT);
  return essential("tracefs", "yes", `tracefs is mounted on ${place}`);
} // prettier-ignore

function btf({ host }: Examined): Finding {
  const path = "/sys/kernel/btf/vmlinux";
  if (!host.files.exists(path))
    return found("btf", "no", `there is no ${path}: no structs can be read, no fentry`, "run a kernel built with CONFIG_DEBUG_INFO_BTF=y"); // prettier-ignore
  if (!host.files.canRead(path)) return found("btf", "no", `${path} cannot be read`, BECOME_ROOT);
  return found("btf", "yes", "the kernel describes its types (BTF)");
}

const TRACEPOINTS_REMAIN = "queries on tracepoints and software events work; `faultline list` shows them"; // prettier-ignore

function kprobes({ attach, evidence, host }: Examined): Finding {
  const hasNone =
    !evidence.kprobeInterface || /^# CONFIG_KPROBE_EVENTS is not set$/m.test(evidence.config ?? "");
  const mode = lockdownMode(host.files);
  if (!hasNone && evidence.functionList === "denied")
    return mode === undefined
      ? found("kprobes", "no", "the list of the kernel's functions may not be read, so none can be probed", TRACEPOINTS_REMAIN) // prettier-ignore
      : found("kprobes", "no", `this kernel is locked down (${mode}) and does not allow probes on its functions`, "boot without `lockdown=`, or without Secure Boot"); // prettier-ignore
  if (hasNone || !attach.kprobe)
    return found("kprobes", "no", "this kernel has no kprobes", TRACEPOINTS_REMAIN);
  if (host.files.textOf("/sys/kernel/debug/kprobes/enabled")?.trim() === "0")
    return found("kprobes", "warning", "kprobes are there, and switched off", "echo 1 > /sys/kernel/debug/kprobes/enabled"); // prettier-ignore
  return found("kprobes", "yes", "functions of the kernel can be probed");
}

function fentry({ attach, evidence, host }: Examined): Finding {
  if (!attach.fentry)
    return found("fentry", "no", "this kernel has no fentry", attach.kprobe ? "kprobes are taken, which cost more" : TRACEPOINTS_REMAIN); // prettier-ignore
  if (evidence.functionList === "unknown")
    return found("fentry", "warning", "whether functions can be probed by fentry is not to be seen without tracefs", BECOME_ROOT); // prettier-ignore
  if (sysctl(host, "kernel.ftrace_enabled") === 0)
    return found("fentry", "warning", "fentry is there, and ftrace is switched off", "sysctl kernel.ftrace_enabled=1"); // prettier-ignore
  return found("fentry", "yes", "functions of the kernel can be probed at little cost");
}

function uprobes({ attach }: Examined): Finding {
  return attach.uprobe
    ? found("uprobes", "yes", "functions of programs and libraries can be probed, such as malloc")
    : found("uprobes", "no", "this kernel has no uprobes: queries on malloc and free do not work", "run a kernel built with CONFIG_UPROBE_EVENTS=y"); // prettier-ignore
}

/** Addresses of kernel functions, without which kernel stacks are only numbers. */
function symbols({ host }: Examined): Finding {
  const mode = sysctl(host, "kernel.kptr_restrict");
  return mode !== undefined && mode >= 2
    ? found("kallsyms", "warning", "the kernel hides its addresses (kernel.kptr_restrict is 2): kernel stacks have no names", "sysctl kernel.kptr_restrict=1") // prettier-ignore
    : found("kallsyms", "yes", "functions in kernel stacks have names");
}
