/** Checks for what only some queries need, and for debug symbols. */
import { howToInstall } from "../files/packages.js";
import { cgroupMount, inCgroupNamespace } from "../kernel/live/cgroups.js";
import { pidNamespace } from "../kernel/live/pid-namespace.js";
import { found, type Finding } from "./finding.js";
import type { Examined, Host } from "./host.js";

/** Where package managers are. */
const PROGRAMS = ["/usr/bin", "/usr/sbin", "/sbin", "/bin"];

export const TOOL_CHECKS: readonly ((examined: Examined) => Finding)[] = [
  headers,
  userSymbols,
  swap,
  cgroups,
  pidNumbers,
  cgroupPaths,
];

function headers({ host }: Examined): Finding {
  const { files, release } = host;
  if (files.exists(`/lib/modules/${release}/build`))
    return found("headers", "yes", `the kernel's headers are in /lib/modules/${release}/build`);
  if (files.exists("/sys/kernel/kheaders.tar.xz")) return found("headers", "yes", "the kernel brings its headers along"); // prettier-ignore
  return found(
    "headers",
    "warning",
    "the kernel's headers are not installed; only programs for BCC need them",
    `${howToInstall("headers", release, (name) => PROGRAMS.some((place) => files.exists(`${place}/${name}`)))}, or modprobe kheaders`,
  );
}

/** The directory of debug files by build ID, where packages of debug symbols install them. */
const DEBUG_FILES = "/usr/lib/debug/.build-id";

function userSymbols({ host }: Examined): Finding {
  if (host.files.namesIn(DEBUG_FILES).length > 0)
    return found("symbols", "yes", `debug symbols of programs are in ${DEBUG_FILES}`);
  return found(
    "symbols",
    "warning",
    "no debug symbols are installed: functions of stripped programs have no names in user stacks, and stacks of what was built without frame pointers end early",
    "install the -dbgsym (or -debuginfo) packages of what you trace; build your own with -g -fno-omit-frame-pointer",
  );
}

function swap({ host }: Examined): Finding {
  const devices = lines(host, "/proc/swaps").length - 1;
  return devices > 0
    ? found("swap", "yes", `swap is on (${devices} ${devices === 1 ? "device" : "devices"})`)
    : found("swap", "warning", "there is no swap: swapin, swap_out and swap_residency will have no event", "for a try: modprobe zram, then zramctl, mkswap and swapon"); // prettier-ignore
}

function cgroups({ host }: Examined): Finding {
  const controllers = lines(host, "/sys/fs/cgroup/cgroup.controllers").join(" ").split(" ");
  return controllers.includes("memory")
    ? found("cgroup2", "yes", "memory cgroups (version 2) are there")
    : found("cgroup2", "warning", "there is no memory controller of cgroup version 2 here: memcg_reclaim may have no event", "mount -t cgroup2 none /sys/fs/cgroup"); // prettier-ignore
}

/** What numbers of processes mean here. */
function pidNumbers({ host, evidence }: Examined): Finding {
  const namespace = pidNamespace(host.files);
  if (!namespace) return found("pidns", "yes", "processes have the numbers of the whole machine: this is the initial PID namespace, and /proc is of it"); // prettier-ignore
  const what = `this is inside the PID namespace ${namespace.inode}: -p, -c and \`pid\` take and show the numbers in it, processes outside have those of the host below zero, and their files and stacks cannot be seen from here`;
  return evidence.btf
    ? found("pidns", "warning", what, "to see the whole machine: run in the host's namespace (`docker run --pid=host`, `nsenter --target 1 --pid --mount`)") // prettier-ignore
    : found("pidns", "no", `this is inside the PID namespace ${namespace.inode}, and the kernel's types, by which numbers are translated, are not known: queries cannot run`, "a kernel built with CONFIG_DEBUG_INFO_BTF; or run in the host's namespace (`docker run --pid=host`)"); // prettier-ignore
}

/** Which paths control groups have here. */
function cgroupPaths({ host }: Examined): Finding {
  const { files } = host;
  const mount = cgroupMount(files);
  if (!mount)
    return found("cgroups", "warning", "version 2 of cgroups is not mounted: `cgroup` is shown as a number, and `container` and `pod` are not known", "mount -t cgroup2 none DIRECTORY"); // prettier-ignore
  const old = /^\S+ \S+ \S+ \S+ \S+ .* - cgroup \S+ \S*\bmemory\b/m.test(
    files.textOf("/proc/self/mountinfo") ?? "",
  );
  const only = old
    ? "; memory is controlled by version 1 here, whose groups events cannot be told apart by (`faultline memory --cgroup` reads them)"
    : "";
  if (inCgroupNamespace(files))
    return found("cgroups", "warning", `this is inside a cgroup namespace: paths begin at its own group, others are shown as numbers, and groups that come while a trace runs are not followed${only}`, "to see all: `docker run --cgroupns=host`, or `nsenter --target 1 --cgroup --mount`"); // prettier-ignore
  return found("cgroups", old ? "warning" : "yes", `control groups have the paths that ${mount.place} shows${only}`); // prettier-ignore
}

function lines(host: Host, path: string): readonly string[] {
  return (host.files.textOf(path) ?? "").split("\n").filter((line) => line !== "");
}
