/** Checks for what only some queries need, and for debug symbols. */
import { howToInstall } from "../files/packages.js";
import { found, type Finding } from "./finding.js";
import type { Examined, Host } from "./host.js";

/** Where package managers are. */
const PROGRAMS = ["/usr/bin", "/usr/sbin", "/sbin", "/bin"];

export const TOOL_CHECKS: readonly ((examined: Examined) => Finding)[] = [
  headers,
  userSymbols,
  swap,
  cgroups,
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

function lines(host: Host, path: string): readonly string[] {
  return (host.files.textOf(path) ?? "").split("\n").filter((line) => line !== "");
}
